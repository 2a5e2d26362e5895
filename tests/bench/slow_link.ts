/** A TCP proxy that is a slow line: it passes on at most so many bytes a second, in each direction. */

import { delay } from "@std/async/delay";

/** What is passed on at once, in bytes: at 1 MB/s this takes 4 ms. */
const PIECE_BYTES = 4_096;

/** A slow line to a port of this machine. */
export class SlowLink implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #bytesPerSecond: number;
  readonly #target: number;
  readonly #conns = new Set<Deno.TcpConn>();
  readonly #accepting: Promise<void>;

  constructor(target: number, bytesPerSecond: number) {
    this.#target = target;
    this.#bytesPerSecond = bytesPerSecond;
    this.#accepting = this.#accept();
  }

  get addr(): Deno.NetAddr {
    return this.#listener.addr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) close(conn);
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    const joined: Promise<void>[] = [];
    try {
      for await (const near of this.#listener) joined.push(this.#join(near));
    } catch {
      // Closed.
    }
    await Promise.all(joined);
  }

  async #join(near: Deno.TcpConn): Promise<void> {
    const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    for (const conn of [near, far]) {
      conn.setNoDelay(true);
      this.#conns.add(conn);
    }
    await Promise.all([this.#pass(near, far), this.#pass(far, near)]);
    for (const conn of [near, far]) {
      close(conn);
      this.#conns.delete(conn);
    }
  }

  /** Passes on what comes at the pace of the line; what it can't take waits in the kernel, as in a modem. */
  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const piece = new Uint8Array(PIECE_BYTES);
    let free = performance.now();
    try {
      for (let count; (count = await from.read(piece)) !== null;) {
        free = Math.max(free, performance.now()) + count / this.#bytesPerSecond * 1_000;
        const wait = free - performance.now();
        if (wait >= 1) await delay(wait);
        for (let at = 0; at < count;) at += await to.write(piece.subarray(at, count));
      }
      await to.closeWrite();
    } catch {
      close(from);
      close(to);
    }
  }
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}
