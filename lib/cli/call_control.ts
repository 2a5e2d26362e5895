/** Sends a request to the control port of a server on this machine. */

import type { ConsoleAnswer } from "../chat/judge/judge_console.ts";
import type { ConsoleRequest } from "../chat/people/console_request.ts";
import { Refusal } from "../chat/refusal.ts";
import type { ControlPlace } from "../store/control_file.ts";
import { StoreError } from "../store/faults.ts";
import {
  CONTROL_VERSION,
  ControlLines,
  greetingFrom,
  isProof,
  MAX_ANSWER_BYTES,
  type Nonces,
  proofOf,
  randomSecret,
  writeLine,
} from "../wire/control.ts";
import { isObject } from "../wire/fields.ts";

/** How long a server may take to prove that it is the right one, in ms. */
const MEET_MS = 10_000;
/** How long it may then take to answer, in ms. */
const ANSWER_MS = 30_000;

/** Thrown if the server with that token has ended; another program may have its port. */
export class NoServerError extends Error {
  override readonly name = "NoServerError";
}

/**
 * Sends a request to the server at `place`. Rejects with the server's `Refusal`, with a
 * {@linkcode NoServerError} if there is no such server (then nothing was sent), or with a
 * {@linkcode StoreError} if it is not known whether the request was carried out.
 */
export async function callControl(
  { port, token }: ControlPlace,
  request: ConsoleRequest,
): Promise<ConsoleAnswer> {
  using conn = await connect(port);
  const lines = new ControlLines(conn, MAX_ANSWER_BYTES);
  const proof = await inTime(conn, MEET_MS, () => meet(conn, lines, token)).catch(noServer);
  const line = await inTime(conn, ANSWER_MS, async () => {
    await writeLine(conn, { proof, request });
    return await lines.next();
  }).catch(() => undefined);
  const { answer, refused, failed } = line ?? {};
  if (isObject(answer)) return answer;
  if (isObject(refused)) throw new Refusal(String(refused["code"]), String(refused["text"]));
  if (typeof failed === "string") throw new StoreError(failed);
  throw new StoreError(
    "The server has not answered; it may have done it nevertheless, so look before you try again",
  );
}

async function connect(port: number): Promise<Deno.TcpConn> {
  try {
    return await Deno.connect({ hostname: "127.0.0.1", port });
  } catch (error) {
    return noServer(error);
  }
}

/** Checks the server's proof that it knows the token, and resolves with ours. */
async function meet(conn: Deno.TcpConn, lines: ControlLines, token: string): Promise<string> {
  const nonce = randomSecret();
  await writeLine(conn, { control: CONTROL_VERSION, nonce });
  const line = await lines.next() ?? {};
  const greeting = greetingFrom(line);
  const nonces: Nonces = { command: nonce, server: greeting.nonce };
  if (!await isProof(line["proof"], token, "server", nonces)) {
    throw new NoServerError("What answers does not know the token");
  }
  if (greeting.control === CONTROL_VERSION) return await proofOf(token, "command", nonces);
  throw new StoreError(
    "The server that runs here is another version of chatroom; use the command of that version, or " +
      "stop the server first",
  );
}

/** Does `work`, but closes the connection after `ms`, which makes the work fail. */
async function inTime<T>(conn: Deno.TcpConn, ms: number, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => conn.close(), ms);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** Nothing listens there, or the connection broke before the server proved itself. */
function noServer(error: unknown): never {
  if (error instanceof StoreError || error instanceof NoServerError) throw error;
  throw new NoServerError((error as Error).message);
}
