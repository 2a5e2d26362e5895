/** Reports for the operator: whether the server lives, whether it takes clients, and its metrics. */

import type { ListenerHost } from "../server/host.ts";
import { MetricsReader } from "./metrics.ts";

/** The answer to a request for a report. */
export interface Report {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** How long the store counts as failing after a failure, in ms; the next message tries it again. */
const STORE_PATIENCE_MS = 30_000;

const TEXT = "text/plain; charset=utf-8";

/** Makes the reports. */
export class Watch implements Disposable {
  readonly #host: ListenerHost;
  readonly metrics: MetricsReader;

  constructor(host: ListenerHost) {
    this.#host = host;
    this.metrics = new MetricsReader(host, () => this.#notReady());
  }

  /** The report at a path, if there is one. */
  report(path: string): Report | Promise<Report> | undefined {
    switch (path) {
      case "/healthz":
        return { status: 200, type: TEXT, body: "alive\n" };
      case "/readyz": {
        const why = this.#notReady();
        return { status: why === undefined ? 200 : 503, type: TEXT, body: `${why ?? "ready"}\n` };
      }
      case "/metrics":
        return this.#read();
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    this.metrics[Symbol.dispose]();
  }

  async #read(): Promise<Report> {
    return { status: 200, type: this.metrics.contentType, body: await this.metrics.read() };
  }

  #notReady(): string | undefined {
    const { stopping, shared: { house, metrics: { storeFailedAt, node } } } = this.#host;
    if (stopping) return "The server is shutting down.";
    const unready = node?.now().unready;
    if (unready !== undefined) return `cluster: ${unready}.`;
    if (house.index.trouble !== undefined) {
      return `The stored messages are in trouble: ${house.index.trouble}.`;
    }
    if (storeFailedAt === undefined || performance.now() - storeFailedAt > STORE_PATIENCE_MS) {
      return undefined;
    }
    return "Messages can't be stored.";
  }
}
