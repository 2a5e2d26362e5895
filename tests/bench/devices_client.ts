/** A device of the load of `deno task bench:devices`: comes in by its session, and tells when it is told what. */

import { connect, type Socket } from "node:net";
import { eventFrame, type Json } from "../helpers.ts";
import { DEVICES, nameOf, secretOf } from "./devices_store.ts";

const HEADER_LENGTH = 10;
/** How long anything may take, in ms. */
const PATIENCE_MS = 30_000;
const decoder = new TextDecoder();

/** Somebody who waits for an event. */
interface Waiting {
  wanted(event: Json): boolean;
  resolve(event: Json): void;
  reject(error: Error): void;
}

/** One connection, which reads all that it is told. */
export class Device {
  readonly #socket: Socket;
  #received = new Uint8Array();
  readonly #waiting = new Set<Waiting>();
  #asked = 0;

  private constructor(port: number, localAddress: string) {
    this.#socket = connect({ host: "127.0.0.1", port, localAddress, noDelay: true });
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("The server has closed a connection")));
  }

  /** Comes in by the session of an account's device. Rejects if the server does not know that. */
  static async come(port: number, account: number, nth: number): Promise<Device> {
    const device = new Device(port, addressOf(account));
    const session = secretOf(account, nth);
    device.#socket.write(eventFrame(nameOf(account)));
    const hello = { type: "hello", session, features: ["people"], label: DEVICES[nth] };
    const ready = await device.ask(hello);
    if (ready.session === session && ready.name === nameOf(account)) return device;
    throw new Error(`A session of ${nameOf(account)} is not known: ${JSON.stringify(ready)}`);
  }

  /** Asks for something; resolves with the answer, rejects if that is an error. */
  async ask(request: Json): Promise<Json> {
    const id = String(++this.#asked);
    const answer = this.#next(`An answer to ${request.type}`, (event) => event.id === id);
    this.#socket.write(eventFrame({ ...request, id }));
    const event = await answer;
    if (event.type !== "error") return event;
    throw new Error(`${JSON.stringify(request)} was refused: ${event.text}`);
  }

  /** Resolves with when it has been told something that is wanted. */
  async told(what: string, wanted: (event: Json) => boolean): Promise<number> {
    let at = NaN;
    await this.#next(what, (event) => {
      if (!wanted(event)) return false;
      at = performance.now();
      return true;
    });
    return at;
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  async #next(what: string, wanted: (event: Json) => boolean): Promise<Json> {
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    const waiting = { wanted, resolve, reject };
    this.#waiting.add(waiting);
    const late = (): void => reject(new Error(`${what} has not come`));
    const timer = setTimeout(late, PATIENCE_MS);
    return await promise.finally(() => clearTimeout(timer));
  }

  #take(chunk: Uint8Array): void {
    const bytes = new Uint8Array(this.#received.length + chunk.length);
    bytes.set(this.#received);
    bytes.set(chunk, this.#received.length);
    let at = 0;
    for (;;) {
      const begin = at + HEADER_LENGTH;
      const end = begin + Number(decoder.decode(bytes.subarray(at, begin)));
      if (begin > bytes.length || end > bytes.length) break;
      this.#hear(JSON.parse(decoder.decode(bytes.subarray(begin, end))));
      at = end;
    }
    this.#received = bytes.subarray(at);
  }

  #hear(event: Json): void {
    if (event.type === "ping") this.#socket.write(eventFrame({ type: "pong" }));
    for (const waiting of this.#waiting) {
      if (!waiting.wanted(event)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve(event);
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
  }
}

/** Each person has an address of its own, so that the limits of an address stay as they are. */
function addressOf(account: number): string {
  return `127.${1 + (account >> 16)}.${account >> 8 & 255}.${account & 255}`;
}
