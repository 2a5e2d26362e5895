/** Asks a server that runs on this machine, at its control port. */

import type { ConsoleAnswer } from "../chat/console.ts";
import type { ConsoleRequest } from "../chat/console_request.ts";
import { Refusal } from "../chat/refusal.ts";
import type { ControlPlace } from "../store/control_file.ts";
import { StoreError } from "../store/schema.ts";
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

/** How long a server may take to show that it is the right one, and then to answer, in ms. */
const MEET_MS = 10_000;
const ANSWER_MS = 30_000;

/** Thrown where no server of that token is: it has ended, and somebody else may have its port. */
export class NoServerError extends Error {
  override readonly name = "NoServerError";
}

/**
 * Asks the server at `place`. Rejects with the `Refusal` of the server, with a
 * {@linkcode NoServerError} where there is no such server, which has been asked nothing then, and with a
 * {@linkcode StoreError} where nobody knows whether it has been done.
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

/** Shows the server that we know the token, once it has shown that to us; resolves with our proof. */
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

/** Closes the connection when the time is over, which ends what waits for it. */
async function inTime<T>(conn: Deno.TcpConn, ms: number, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => conn.close(), ms);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** What the system throws for a port that is nobody's, or what breaks off before it has met us. */
function noServer(error: unknown): never {
  if (error instanceof StoreError || error instanceof NoServerError) throw error;
  throw new NoServerError((error as Error).message);
}
