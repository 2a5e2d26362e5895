/** A TCP proxy that can misbehave: for tests of what a client and a server make of a bad network. */

import type { Server } from "../lib/server/serve.ts";

/** How long bytes are left unread before a reset, in ms, so that there are some. */
const UNREAD_MS = 50;

/** Passes connections on to a server until told to cut, to hold or to slow them. */
export class Proxy implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #conns = new Set<Deno.TcpConn>();
  readonly #tasks = new Set<Promise<void>>();
  #target: Pick<Server, "addr">;
  #held: PromiseWithResolvers<void> | undefined;
  #holdsOnly: "answers" | undefined;
  /** New connections are closed at once. */
  refusing = false;
  /** How long each piece lies here before it is passed on, in ms. */
  delayMs = 0;
  /** Told how many bytes have been passed on in all, both ways: a test can cut or hold in the middle. */
  onPassed: (bytes: number) => void = () => {};
  #passed = 0;
  /** The most that is passed on in one write, in bytes; 1 lets everything through drop by drop. */
  pieceBytes = Infinity;

  /** Where the server is, is asked for each connection: it may be another one each time. */
  constructor(server: Pick<Server, "addr">) {
    this.#target = server;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#track(this.#accept());
  }

  get addr(): Deno.NetAddr {
    return this.#listener.addr;
  }

  /** Passes new connections on to another server. */
  retarget(server: Pick<Server, "addr">): void {
    this.#target = server;
  }

  /** Closes every connection on both sides. */
  cut(): void {
    for (const conn of this.#conns) close(conn);
    this.#conns.clear();
  }

  /**
   * Closes every connection while bytes of both sides lie here unread, which the kernel tells them
   * as a reset; a side that has sent nothing meanwhile sees an end.
   */
  async reset(): Promise<void> {
    this.hold();
    await new Promise((resolve) => setTimeout(resolve, UNREAD_MS));
    this.cut();
    this.release();
  }

  /**
   * Passes nothing on, not even an end, until {@linkcode Proxy.release}: a link that was cut. With
   * `only` nothing that the server sends.
   */
  hold(only?: "answers"): void {
    this.#holdsOnly = only;
    this.#held ??= Promise.withResolvers();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.release();
    this.cut();
    await Promise.all(this.#tasks);
  }

  async #accept(): Promise<void> {
    try {
      for await (const near of this.#listener) {
        if (this.refusing) close(near);
        else this.#track(this.#join(near));
      }
    } catch {
      // Closed by the test.
    }
  }

  async #join(near: Deno.TcpConn): Promise<void> {
    this.#conns.add(near);
    try {
      const { hostname, port } = this.#target.addr;
      const far = await Deno.connect({ hostname, port });
      // A proxy that waits for acknowledgements would be slower than any network.
      for (const conn of [near, far]) conn.setNoDelay(true);
      this.#conns.add(far);
      // Or the kernel keeps small pieces back for 40 ms of its own.
      for (const conn of [near, far]) conn.setNoDelay();
      await Promise.all([this.#pass(near, far), this.#pass(far, near, "answers")]);
    } catch {
      // Cut on one side is cut on both.
    } finally {
      close(near);
    }
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn, what?: "answers"): Promise<void> {
    const buffer = new Uint8Array(16_384);
    try {
      for (let count; (count = await from.read(buffer)) !== null;) {
        if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
        for (let at = 0; at < count;) {
          await this.#unheld(what);
          const written = await to.write(
            buffer.subarray(at, Math.min(count, at + this.pieceBytes)),
          );
          at += written;
          this.onPassed(this.#passed += written);
        }
        await this.#unheld(what);
      }
      await this.#unheld(what);
      await to.closeWrite();
    } catch {
      await this.#unheld(what);
      close(from);
      close(to);
    }
  }

  /** Settles when bytes of this direction may go on. */
  #unheld(what: "answers" | undefined): Promise<void> | undefined {
    const isHeld = this.#holdsOnly === undefined || this.#holdsOnly === what;
    return isHeld ? this.#held?.promise : undefined;
  }

  #track(task: Promise<void>): void {
    const tracked = task.finally(() => this.#tasks.delete(tracked));
    this.#tasks.add(tracked);
  }
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}
