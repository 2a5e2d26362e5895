/** Whether a server is to be trusted: what it has shown, against what is known of it. Pure. */

import type { KnownServer } from "./known_servers.ts";

/** What a server has shown. */
export interface Credentials {
  readonly fingerprint: string;
  /** What is wrong with its certificate; `undefined` for one that is in order. */
  readonly flaw:
    | "unknown-issuer"
    | "expired"
    | "not-yet-valid"
    | "wrong-host"
    | { readonly text: string }
    | undefined;
  readonly validFrom: string;
  readonly validTo: string;
  readonly names: string;
}

/** What is known of it. */
export interface Grounds {
  /** `HOST:PORT`, for messages. */
  readonly server: string;
  /** The one fingerprint that it may have. */
  readonly pinned?: string | undefined;
  readonly known?: KnownServer | undefined;
  /** The file that `known` is from. */
  readonly path?: string | undefined;
  /** It was said whose certificates are good, so nobody is asked. */
  readonly strict: boolean;
}

/** What follows: go on, ask the person who sits there, or let it be, for a reason. */
export type Judgement =
  | { readonly kind: "trusted" }
  | { readonly kind: "unknown"; readonly text: string }
  | { readonly kind: "refused"; readonly text: string };

/**
 * Judges. A pinned fingerprint outweighs everything; one that is known must stay as it is, whoever
 * vouches for another; and only then counts what an authority says.
 */
export function judge(shown: Credentials, grounds: Grounds): Judgement {
  const { fingerprint, flaw } = shown;
  const { server, pinned, known, path, strict } = grounds;
  const certificate = `The certificate of ${server}`;
  if (pinned !== undefined) {
    if (fingerprint === pinned) return { kind: "trusted" };
    return refused(
      `${certificate} is not the one that was asked for: its fingerprint is ${fingerprint}, ` +
        `not ${pinned}. Somebody may be listening in, or the server has got a new one`,
    );
  }
  if (known !== undefined && known.fingerprint !== fingerprint) {
    return refused(
      `THE CERTIFICATE OF ${server} HAS CHANGED. Somebody may be listening in, or the server has ` +
        `got a new one: it was ${known.fingerprint}, now it is ${fingerprint}. Ask whoever runs the ` +
        `server; if the new one is right, ${forget(known, path)}connect again`,
    );
  }
  if (flaw === "expired") return refused(`${certificate} has expired on ${shown.validTo}`);
  if (flaw === "not-yet-valid") {
    return refused(`${certificate} is valid from ${shown.validFrom} on; is the clock here right?`);
  }
  if (known !== undefined || flaw === undefined) return { kind: "trusted" };
  if (flaw === "wrong-host") {
    const names = shown.names === "" ? "none at all" : shown.names;
    return refused(`${certificate} is for another server; the names in it: ${names}`);
  }
  if (flaw !== "unknown-issuer") return refused(`${certificate} can't be trusted: ${flaw.text}`);
  if (strict) return refused(`${certificate} is signed by nobody in the file of --tls-ca`);
  return {
    kind: "unknown",
    text: `${certificate} is signed by nobody known here. Its fingerprint is ${fingerprint}; if ` +
      "that is what the server printed at its start, say --tls-fingerprint with it, or connect " +
      "once on a terminal",
  };
}

/** How to have a server forgotten, where it is written down. */
function forget({ line }: KnownServer, path: string | undefined): string {
  return line === undefined || path === undefined ? "" : `remove line ${line} of ${path} and `;
}

function refused(text: string): Judgement {
  return { kind: "refused", text };
}
