/** Lets connections through to a server, and records each frame. */

import type { Line, Step } from "../fixtures/recorded.ts";

/** For so long nothing must come before all counts as said, in ms. */
const QUIET_MS = 400;

/** A door for each client, behind which is the one server. */
export class Recorder implements AsyncDisposable {
  readonly lines: Line[] = [];
  #target: Deno.NetAddr;
  readonly #listeners: Deno.TcpListener[] = [];
  readonly #cuts = new Map<string, () => void>();
  readonly #tasks: Promise<void>[] = [];
  #lastAt = performance.now();

  constructor(target: Deno.NetAddr) {
    this.#target = target;
  }

  /** Where the client that is called `who` connects to, once or again. */
  door(who: string): Deno.NetAddr {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#listeners.push(listener);
    this.#tasks.push(this.#accept(who, listener));
    return listener.addr;
  }

  /** Cuts the client's connection. */
  cut(who: string): void {
    this.#note(who, "cut");
    this.#cuts.get(who)?.();
  }

  /** From now on the server is another one. */
  restart(target: Deno.NetAddr): void {
    this.#target = target;
    this.#note("server", "restart");
  }

  /** Settles when nothing has come for a while. */
  async quiet(): Promise<void> {
    this.#lastAt = performance.now();
    for (let restMs; (restMs = this.#lastAt + QUIET_MS - performance.now()) > 0;) {
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    for (const cut of this.#cuts.values()) cut();
    await Promise.all(this.#tasks);
  }

  async #accept(who: string, listener: Deno.TcpListener): Promise<void> {
    try {
      for await (const near of listener) {
        const { hostname, port } = this.#target;
        const far = await Deno.connect({ hostname, port });
        near.setNoDelay(true);
        far.setNoDelay(true);
        this.#note(who, "open");
        let isCut = false;
        this.#cuts.set(who, () => {
          isCut = true;
          for (const conn of [near, far]) close(conn);
        });
        const note = (step: Step, frame?: string): void => {
          if (!isCut) this.#note(who, step, frame);
        };
        this.#tasks.push(
          pass(near, far, (frame) => note(frame === undefined ? "end" : "sent", frame)),
          pass(far, near, (frame) => note(frame === undefined ? "closed" : "got", frame)),
        );
      }
    } catch {
      // The door was shut.
    }
  }

  #note(who: string, step: Step, frame?: string): void {
    this.#lastAt = performance.now();
    this.lines.push(frame === undefined ? [who, step] : [who, step, frame]);
  }
}

/** Passes bytes on, and tells each whole frame before it goes on; `undefined` at the end. */
async function pass(
  from: Deno.TcpConn,
  to: Deno.TcpConn,
  tell: (frame?: string) => void,
): Promise<void> {
  let pending = new Uint8Array();
  const buffer = new Uint8Array(65_536);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      pending = new Uint8Array([...pending, ...buffer.subarray(0, count)]);
      for (let frame; (frame = frameIn(pending)) !== undefined;) {
        pending = pending.slice(frame.length);
        tell(new TextDecoder().decode(frame));
        await writeAll(to, frame);
      }
    }
    tell();
    await to.closeWrite();
  } catch {
    // Cut.
  }
}

/** The first whole frame of these bytes. */
function frameIn(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  if (bytes.length < 10) return undefined;
  const length = 10 + Number(new TextDecoder().decode(bytes.subarray(0, 10)));
  return bytes.length < length ? undefined : bytes.subarray(0, length);
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}
