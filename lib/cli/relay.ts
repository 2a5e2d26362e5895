/** `chatroom relay`: posts what is said in rooms to a URL. A process of its own: the server calls nobody. */

import { CAUSE_CODES, INTERRUPT_CODE, SIGNAL_CODES } from "../client/conversation.ts";
import { runRelay } from "../client/relaying.ts";
import type { CameSoFar } from "../client/resume_options.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import { type NamedFile, readNamed } from "../named/named_file.ts";
import { reasonOf } from "../wire/text.ts";
import { nameKey } from "../words/names.js";
import { flagOf, type Invocation, strictText, type Subcommand, UsageError } from "./flags.ts";
import { complain } from "./output.ts";
import { READ_ONCE } from "./plain_file.ts";
import { givenRooms, PEER_FLAGS, PEER_NOTES, serverAddresses } from "./peer.ts";
import { openLink } from "./peer_link.ts";
import { hasTerminal, onSignals } from "./signals.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS } from "./tls_peer.ts";

/** What a secret has at least, in bytes: a shorter one can be guessed. */
const MIN_SECRET_BYTES = 16;
/** The largest file with a secret, or with how far it has come, in bytes. */
const MAX_BYTES = 1_048_576;

const { classic: _, name: __, ...FLAGS } = PEER_FLAGS;

/** `chatroom relay`. */
export const relayCommand: Subcommand = {
  ...TITLES.relay,
  positionals: "[HOST:PORT | tls://HOST]",
  notes: [
    ...PEER_NOTES,
    "Each message, and what becomes of it, is posted as the JSON of its event, one after the other.",
    "What is not taken (no answer, a status of 5xx, 408, 425 or 429) is posted again, after 1 s at",
    "first and 5 minutes at most, or when Retry-After says (an hour at most); another 4xx is told and left out.",
    "",
    "FILE of --state remembers how far it has come, so that after a restart it goes on there: nothing",
    "is missing, and only the last one may come twice, under the same Idempotency-Key.",
    "",
    "With --hmac each request has X-Chatroom-Signature: t=TIME,v1=HEX, which is the HMAC-SHA256 of",
    "TIME.BODY with the secret in the first line of FILE.",
  ],
  flags: [
    flagOf("--name NAME", "the name that others see", { default: "relay" }),
    { ...FLAGS.room, many: true },
    FLAGS.exactName,
    flagOf("--post URL", "where to post it; needed"),
    flagOf("--state FILE", "remembers how far it has come; needed"),
    flagOf("--hmac FILE", "file whose first line is the secret that signs each request"),
    FLAGS.password,
    ...TLS_PEER_FLAGS,
  ],
  run: runRelayCommand,
};

async function runRelayCommand(invocation: Invocation): Promise<number> {
  const addresses = serverAddresses(invocation.positionals[0]);
  const url = urlFrom(invocation.get("post"));
  const state = invocation.get("state");
  if (state === undefined) {
    throw new UsageError("--state FILE is missing: it remembers what was posted over a restart");
  }
  const secret = secretFrom(invocation.get("hmac"));
  const since = ofRooms(stateFrom(state), givenRooms(invocation));
  const link = openLink(invocation, addresses, invocation.get("name") ?? "relay", {
    ...since === undefined ? {} : { since },
  });
  const ending = new AbortController();
  let signalled: number | undefined;
  using _listening = onSignals((signal) => {
    signalled = signal === "SIGTERM" || signal === "SIGHUP" ? SIGNAL_CODES[signal] : INTERRUPT_CODE;
    ending.abort();
    link.close();
  }, hasTerminal() ? undefined : ["SIGINT", "SIGTERM"]);
  const cause = await runRelay({
    ...{ link, url, secret, since, complain, signal: ending.signal },
    save: (so) => keepState(state, so),
  });
  return signalled ?? CAUSE_CODES[cause];
}

/** Where to post. Throws a {@linkcode UsageError}. */
function urlFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError("--post URL is missing: where is it to be posted?");
  const url = URL.parse(text);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (url !== null && isWeb && url.username === "" && url.password === "") return url.href;
  throw new UsageError(
    `--post must be a URL such as https://example.org/hook without a name and a password, not ${
      JSON.stringify(text)
    }`,
  );
}

/** The secret that signs. Throws a {@linkcode UsageError}. */
function secretFrom(file: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (file === undefined) return undefined;
  const text = read(file, "--hmac", { ...READ_ONCE, most: MAX_BYTES });
  const secret = new TextEncoder().encode(text?.split(/\r?\n/)[0] ?? "");
  if (secret.length >= MIN_SECRET_BYTES) return secret;
  throw new UsageError(
    `--hmac ${file} must be there and begin with a line of at least ${MIN_SECRET_BYTES} bytes`,
  );
}

/** How far an earlier run has come; `undefined`: there was none. Throws a {@linkcode UsageError}. */
function stateFrom(file: string): CameSoFar | undefined {
  const text = read(file, "--state", { most: MAX_BYTES });
  if (text === undefined) return undefined;
  try {
    const { epoch, seq } = JSON.parse(text) as Partial<CameSoFar>;
    const isState = typeof epoch === "string" && typeof seq === "object" && seq !== null &&
      Object.values(seq).every((each) => Number.isSafeInteger(each) && each >= 0);
    if (isState) return { epoch, seq };
  } catch {
    // The error below says so.
  }
  throw new UsageError(`--state ${file} holds something else; name another file, or remove it`);
}

/** What of it is about the rooms that are wanted now. */
function ofRooms(
  since: CameSoFar | undefined,
  given: readonly string[],
): CameSoFar | undefined {
  if (since === undefined) return undefined;
  const wanted = new Set((given.length === 0 ? [DEFAULT_ROOM] : given).map(nameKey));
  const seq = Object.entries(since.seq).filter(([room]) => wanted.has(nameKey(room)));
  return { ...since, seq: Object.fromEntries(seq) };
}

/** The text of a file; `undefined` if there is none. Throws a {@linkcode UsageError}. */
function read(file: string, flag: string, how: NamedFile): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readNamed(file, how);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UsageError(`${flag} ${file} can't be read: ${reasonOf(error)}`);
  }
  return strictText(bytes, `${flag} ${file}`);
}

/** Keeps how far it has come, whole or not at all. */
async function keepState(file: string, so: CameSoFar): Promise<void> {
  const part = `${file}.part`;
  try {
    await Deno.writeTextFile(part, `${JSON.stringify(so)}\n`, { mode: 0o600 });
    await Deno.rename(part, file);
  } catch (error) {
    throw new UsageError(`--state ${file} can't be written: ${reasonOf(error)}`);
  }
}
