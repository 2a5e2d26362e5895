/** Asks once whether a server whose certificate no authority has signed is the right one. */

import { RefusedError } from "../client/refusal.ts";
import { askLine } from "../client/terminal/ask.ts";
import { inertLine } from "../words/inert.js";
import type { TerminalIo } from "../client/terminal/tty.ts";
import type { ByteStream } from "../client/wire.ts";
import { CAUSE_CODES } from "../client/conversation.ts";
import { parseFingerprint } from "../tls/fingerprint.ts";
import { wrapWords } from "./help.ts";
import { complain, print } from "./output.ts";
import { connectTo } from "./peer_link.ts";
import type { TlsWish } from "./tls_peer.ts";
import type { Addresses } from "./addresses.ts";
import { accept, isKnown, UnknownServer } from "./tls_trust.ts";
import { type Address, formatAddress } from "./values.ts";

/** How long a server may be silent before we print that we wait for it, in ms. */
const GRACE_MS = 1_000;
/** How long one of several servers may take to answer, in ms: the next may be there. */
const AMONG_OTHERS_MS = 3_000;

/** What came of it: the servers, beginning with the one to which there is a connection. */
interface Met {
  readonly addresses?: Addresses;
  readonly stream?: ByteStream;
}

/**
 * Connects to a server before the chat takes the terminal, and asks the person if need be. Resolves with
 * the connection, if it can be used, or with an exit code. Other problems are left to the link, which meets
 * them again. Where a server is known because the person has accepted it, so must the others be, or there
 * would be nowhere to go when it is lost: they are asked for now, since the chat asks nothing of that kind.
 */
export async function firstContact(
  io: TerminalIo,
  named: Addresses,
  wish: TlsWish,
  plain: boolean,
): Promise<Met | number> {
  const waitMs = named.length === 1 ? undefined : AMONG_OTHERS_MS;
  let met: Met = {};
  for (const address of named) {
    const isFirst = met.addresses === undefined;
    if (!isFirst && isKnown(address, wish)) continue;
    const found = await meet(io, address, wish, plain, waitMs);
    // Another that is not trusted is not gone to, and those before it are no worse for that.
    if (found === undefined || !isFirst && found === CAUSE_CODES.refused) continue;
    if (typeof found === "number") return found;
    if (!isFirst) found.stream?.close();
    else {
      met = { ...found, addresses: [address, ...named.filter((each) => each !== address)] };
      // Where an authority vouches for one it does for the others.
      if (!isKnown(address, wish)) break;
    }
  }
  return met;
}

/** Meets one server. `undefined`: it can't be reached. */
async function meet(
  io: TerminalIo,
  address: Address,
  wish: TlsWish,
  plain: boolean,
  waitMs: number | undefined,
): Promise<Pick<Met, "stream"> | number | undefined> {
  try {
    return { stream: await connectPatiently(address, wish, waitMs) };
  } catch (error) {
    if (error instanceof UnknownServer) return await ask(io, address, wish, plain, error);
    if (!(error instanceof RefusedError)) return undefined;
    complain(inertLine(error.message));
    return CAUSE_CODES.refused;
  }
}

/** Connects; prints that it waits if that takes a while. */
async function connectPatiently(
  address: Address,
  wish: TlsWish,
  waitMs: number | undefined,
): Promise<ByteStream> {
  const waiting = setTimeout(
    () => print(`Waiting for ${formatAddress(address)} to answer with TLS`),
    GRACE_MS,
  );
  try {
    return await connectTo(address, wish, new AbortController().signal, waitMs);
  } finally {
    clearTimeout(waiting);
  }
}

async function ask(
  io: TerminalIo,
  address: Address,
  wish: TlsWish,
  plain: boolean,
  { fingerprint }: UnknownServer,
): Promise<Pick<Met, "stream"> | number> {
  const tell = (line: string): void => print(wrapWords(line, io.size().columns - 1).join("\n"));
  tell(`${formatAddress(address)} is not known here, and nobody vouches for it. Its fingerprint:`);
  print(`  ${fingerprint}`);
  tell("The server printed its own at its start. If they differ, somebody listens in.");
  for (let fresh = true;; fresh = false) {
    const answer = await askLine(io, "Same? (yes, no, or paste the other): ", {
      plain,
      fresh,
    });
    if (typeof answer === "number") return answer;
    const word = answer.trim().toLowerCase();
    const other = parseFingerprint(answer);
    if (word === "no" || (other !== undefined && other !== fingerprint)) {
      complain("The server is not trusted; nothing was sent to it.");
      return CAUSE_CODES.refused;
    }
    if (word !== "yes" && other === undefined) {
      tell("Type yes or no in full, or paste the fingerprint that the server printed.");
      continue;
    }
    const problem = accept(address, fingerprint, wish);
    if (problem !== undefined) complain(problem);
    return {};
  }
}
