/** Decides whether to trust a server, by its certificate and what we know about it. Pure. */

import type { KnownServer } from "./known_servers.ts";

/** The certificate that the server has shown. */
export interface Credentials {
  readonly fingerprint: string;
  /** What is wrong with it; `undefined`: nothing. */
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

/** What we know about the server. */
export interface Grounds {
  /** `HOST:PORT`, for messages. */
  readonly server: string;
  /** The only fingerprint that it may have. */
  readonly pinned?: string | undefined;
  readonly known?: KnownServer | undefined;
  /** The file that `known` is from. */
  readonly path?: string | undefined;
  /** The flags say which certificates are good, so don't ask the person. */
  readonly strict: boolean;
}

/** The decision: trust it, ask the person, or refuse it for a reason. */
export type Judgement =
  | { readonly kind: "trusted" }
  | { readonly kind: "unknown"; readonly text: string }
  | { readonly kind: "refused"; readonly text: string };

/**
 * Decides. A pinned fingerprint outweighs all else. A known fingerprint must not change, even if an
 * authority has signed the new one. Only then the authorities count.
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

/** How to make the client forget a server; empty if it is not in the file. */
function forget({ line }: KnownServer, path: string | undefined): string {
  return line === undefined || path === undefined ? "" : `remove line ${line} of ${path} and `;
}

function refused(text: string): Judgement {
  return { kind: "refused", text };
}
