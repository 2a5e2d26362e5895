/**
 * The control port: answers commands of the operator, such as `chatroom user`. It takes connections
 * from this machine only, and from programs that know the token.
 */

import type { ConsoleAnswer } from "../chat/judge/judge_console.ts";
import { consoleRequestFrom } from "../chat/people/console_request.ts";
import { Refusal } from "../chat/refusal.ts";
import { closeQuietly } from "../wire/close_quietly.ts";
import {
  CONTROL_VERSION,
  ControlLines,
  greetingFrom,
  isProof,
  MAX_REQUEST_BYTES,
  type Nonces,
  proofOf,
  randomSecret,
  writeLine,
} from "../wire/control.ts";
import { FieldError } from "../wire/fields.ts";
import { within } from "../wire/within.ts";
import { connections, logProblems } from "./accept.ts";
import type { SharedState } from "./host.ts";

/** The most callers at once. One more replaces the oldest that has not proved to know the token. */
const MAX_CALLERS = 8;
/** How long a caller may take to prove that it knows the token, and then to read its answer, in ms. */
const CALLER_MS = 5_000;
/** How long to wait for the answers to requests when the server ends, in ms. */
const ENDING_MS = 1_000;

/** Options of {@linkcode ControlListener}. */
export interface ControlOptions {
  readonly shared: Pick<SharedState, "house" | "log" | "metrics" | "links">;
  /** The secret that callers have to know. */
  readonly token: string;
  /** How long a caller may take for each of its steps, in ms; 5,000 by default. */
  readonly callerMs?: number;
}

/** A program that has connected. */
interface Caller {
  readonly conn: Deno.TcpConn;
  /** It has proved that it knows the token. */
  isKnown: boolean;
}

/** Listens on a free port of 127.0.0.1 until it is disposed of. */
export class ControlListener implements AsyncDisposable {
  readonly #shared: ControlOptions["shared"];
  readonly #token: string;
  readonly #callerMs: number;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #stopping = new AbortController();
  /** In the order in which they came. */
  readonly #callers = new Set<Caller>();
  readonly #answering = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;

  /** Throws what `Deno.listen` throws. */
  constructor({ shared, token, callerMs = CALLER_MS }: ControlOptions) {
    this.#shared = shared;
    this.#token = token;
    this.#callerMs = callerMs;
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Takes no more requests. Settles when the others are answered, after a second at most. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort();
      this.#listener.close();
    }
    for (const caller of this.#callers) if (!caller.isKnown) closeNow(caller);
    await this.#accepting;
    // A request that waits for a disk that hangs gets no answer.
    await within(ENDING_MS, Promise.all(this.#answering));
    this.#callers.forEach(closeNow);
  }

  async #accept(): Promise<void> {
    const { signal } = this.#stopping;
    const onProblem = logProblems(this.#shared.log);
    for await (const conn of connections(this.#listener, { signal, onProblem })) {
      const caller: Caller = { conn, isKnown: false };
      if (!this.#makeRoom()) {
        closeNow(caller);
        continue;
      }
      this.#callers.add(caller);
      const answering = this.#serve(caller).finally(() => this.#answering.delete(answering));
      this.#answering.add(answering);
    }
  }

  /** Whether one more caller can be taken, if need be in place of one that has proved nothing. */
  #makeRoom(): boolean {
    if (this.#callers.size < MAX_CALLERS) return true;
    const longest = [...this.#callers].find(({ isKnown }) => !isKnown);
    if (longest === undefined) return false;
    this.#callers.delete(longest);
    closeNow(longest);
    return true;
  }

  /** Answers one caller, and closes its connection. Never throws. */
  async #serve(caller: Caller): Promise<void> {
    const { conn } = caller;
    let timer = setTimeout(() => closeNow(caller), this.#callerMs);
    try {
      const lines = new ControlLines(conn, MAX_REQUEST_BYTES);
      const request = await this.#meet(conn, lines);
      caller.isKnown = request !== undefined;
      clearTimeout(timer);
      if (request === undefined) return this.#noteStranger();
      const answer = await this.#answer(request);
      timer = setTimeout(() => closeNow(caller), this.#callerMs);
      await writeLine(conn, answer);
    } catch {
      // The connection broke, or was closed here: it took too long or had to make room.
      if (!caller.isKnown) this.#noteStranger();
    } finally {
      clearTimeout(timer);
      this.#callers.delete(caller);
      closeNow(caller);
    }
  }

  /** The request of a caller that knows the token; `undefined` for any other caller. */
  async #meet(conn: Deno.TcpConn, lines: ControlLines): Promise<{ asked: unknown } | undefined> {
    const first = await lines.next();
    if (first === undefined) return undefined;
    const { nonce } = greetingFrom(first);
    const nonces: Nonces = { command: nonce, server: randomSecret() };
    const proof = await proofOf(this.#token, "server", nonces);
    await writeLine(conn, { control: CONTROL_VERSION, nonce: nonces.server, proof });
    const line = await lines.next();
    const isKnown = await isProof(line?.["proof"], this.#token, "command", nonces);
    return isKnown ? { asked: line?.["request"] } : undefined;
  }

  async #answer({ asked }: { asked: unknown }): Promise<unknown> {
    try {
      const { house, links } = this.#shared;
      const request = consoleRequestFrom(asked);
      const answer: ConsoleAnswer = await house.console(request);
      const page = request.type === "hook" ? links?.page() : undefined;
      return { answer: page === undefined ? answer : { ...answer, page } };
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof Refusal) return { refused: { code: error.code, text: message } };
      if (error instanceof FieldError) return { refused: { code: "bad-field", text: message } };
      const trace = (error as Error).stack ?? message;
      this.#shared.log({
        level: "error",
        kind: "problem",
        text: "A command could not be answered",
        fields: { trace },
      });
      return { failed: "The server failed at it; its log says how" };
    }
  }

  #noteStranger(): void {
    if (this.#stopping.signal.aborted) return;
    const { log, metrics } = this.#shared;
    metrics.refused("no-token");
    log({
      level: "warning",
      kind: "control",
      text: "A program that does not know the token was cut off from the control port",
    });
  }
}

function closeNow({ conn }: Caller): void {
  closeQuietly(conn);
}
