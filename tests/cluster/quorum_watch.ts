/**
 * Does for NATS servers what OPERATING.md tells whoever runs them: of those that begin in the same moment two
 * may not hear each other, which shows when there is no quorum though they run; then one is restarted.
 */

import { delay } from "@std/async/delay";
import type { NatsServer, NatsServers } from "../fixtures/nats_servers.ts";

/** Elections take up to 9 s, and more where two machines' cores are many tests'. In ms. */
const PATIENCE_MS = 45_000;
const LOOK_MS = 1_000;

/** Looks after the servers of a log. */
export class QuorumWatch {
  readonly #servers: NatsServers;
  readonly #hasLeader: (among: readonly NatsServer[]) => Promise<boolean>;
  /** How often a server was restarted since there was no quorum. */
  restarts = 0;

  /** `hasLeader` asks these servers alone whether the log has a leader. */
  constructor(
    servers: NatsServers,
    hasLeader: (among: readonly NatsServer[]) => Promise<boolean>,
  ) {
    this.#servers = servers;
    this.#hasLeader = hasLeader;
  }

  /** Looks now and then until it is over. */
  async run(over: AbortSignal): Promise<void> {
    let since = performance.now();
    while (!over.aborted) {
      await delay(LOOK_MS);
      const { healthy, all } = this.#servers;
      const canLead = healthy.length > all.length / 2;
      if (!canLead || await this.#hasLeader(healthy)) since = performance.now();
      if (over.aborted || performance.now() - since < PATIENCE_MS) continue;
      await this.#restart(healthy[this.restarts % healthy.length]?.name ?? "");
      since = performance.now();
    }
  }

  async #restart(name: string): Promise<void> {
    this.restarts++;
    const text =
      `The NATS servers have found no quorum in ${PATIENCE_MS} ms; ${name} is restarted\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(text));
    const server = this.#servers.named(name);
    await server.kill("SIGTERM");
    await server.start();
  }
}
