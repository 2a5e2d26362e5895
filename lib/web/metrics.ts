/**
 * The metrics in the format of Prometheus. Between two readings they cost nothing, except for the few
 * times that are measured.
 */

import process from "node:process";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { NO_TRANSFERS, type TransferFigures } from "../chat/files/transfers.ts";
import type { ListenerHost } from "../server/host.ts";
import { add, type Figures, none, type Timing } from "../server/metrics.ts";

/** How often the delay of the event loop is measured, in ms. */
const LOOP_MS = 100;

const COMMIT_SECONDS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5];
const DELIVERY_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15];
const LOOP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** The value of a metric, or one for each value of its label. */
type Reading = number | ReadonlyMap<unknown, number>;

/** Reads the metrics of one server. */
export class MetricsReader implements Disposable {
  readonly #registry = new Registry();
  readonly #host: ListenerHost;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Settles when those of a node of a cluster are described, whose code other servers don't load. */
  readonly #node: Promise<void> | undefined;
  /** How many HTTP requests were answered, by status. */
  readonly #responses = new Map<number, number>();
  /** Files that are being sent over HTTP, and bytes of files that were. */
  downloads = 0;
  fileBytes = 0;

  /** `notReady` returns why the server should not be sent clients; `undefined`: it is ready. */
  constructor(host: ListenerHost, notReady: () => string | undefined) {
    this.#host = host;
    this.#describeDoors();
    this.#describeHouse(notReady);
    this.#describeFiles();
    this.#describeLog();
    this.#describeProcess();
    this.#timer = this.#describeTimes();
    const { node } = host.shared.metrics;
    this.#node = node &&
      import("./node_metrics.ts").then(({ describeNode }) => describeNode(this, node));
  }

  /** The content type of what {@linkcode read} resolves with. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Resolves with all metrics as text. */
  async read(): Promise<string> {
    await this.#node;
    return await this.#registry.metrics();
  }

  /** Counts an HTTP request that was answered. */
  responded(status: number): void {
    add(this.#responses, status, 1);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    const { metrics } = this.#host.shared;
    metrics.commit = metrics.delivery = undefined;
    if (metrics.node !== undefined) metrics.node.append = undefined;
  }

  #describeDoors(): void {
    const { shared: { metrics } } = this.#host;
    const open = (): Map<string, number> => this.#sum(none(metrics.connections.keys()), () => 1);
    this.gauge("chatroom_connections", "Connections that are open.", open, "door");
    this.counter(
      "chatroom_connections_total",
      "Connections.",
      () => this.#sum(metrics.connections, () => 1),
      "door",
    );
    this.counter(
      "chatroom_received_bytes_total",
      "Bytes read from clients.",
      () => this.#sum(metrics.receivedBytes, ({ receivedBytes }) => receivedBytes),
      "door",
    );
    this.counter(
      "chatroom_sent_bytes_total",
      "Bytes written to clients.",
      () => this.#sum(metrics.sentBytes, ({ sentBytes }) => sentBytes),
      "door",
    );
    this.gauge(
      "chatroom_outbox_bytes",
      "Bytes that wait for clients to read.",
      () => this.#outboxes().reduce((sum, bytes) => sum + bytes, 0),
    );
    this.gauge(
      "chatroom_outbox_largest_bytes",
      "Bytes that wait for the slowest client.",
      () => Math.max(0, ...this.#outboxes()),
    );
    this.counter(
      "chatroom_disconnects_total",
      "Connections that have ended, by the reason of the bye; left: the client went by itself.",
      () => metrics.disconnects,
      "reason",
    );
    this.#describeHttp();
  }

  #describeHttp(): void {
    this.counter(
      "chatroom_http_responses_total",
      "Answers to HTTP requests, but for what is no proper HTTP; 101 is a WebSocket.",
      () => this.#responses,
      "status",
    );
    this.gauge(
      "chatroom_http_downloads",
      "Files that are being sent over HTTP.",
      () => this.downloads,
    );
    this.counter(
      "chatroom_http_file_bytes_total",
      "Bytes of files that were sent over HTTP.",
      () => this.fileBytes,
    );
  }

  #describeHouse(notReady: () => string | undefined): void {
    const { shared: { metrics, house } } = this.#host;
    this.gauge("chatroom_sessions", "Sessions that have a connection.", () => house.present);
    this.gauge("chatroom_rooms", "Rooms that are open.", () => house.openRooms);
    this.counter("chatroom_messages_total", "Messages stored.", () => metrics.messages);
    this.counter(
      "chatroom_changes_total",
      "Edits, removals, reactions, pins and answers stored, by the type of the request.",
      () => metrics.changes,
      "kind",
    );
    this.counter(
      "chatroom_deliveries_total",
      "Events handed to connections, one for each that is told of it.",
      () => metrics.deliveries,
    );
    this.counter(
      "chatroom_refusals_total",
      "Requests and connections refused, by the code of the error or the reason of the bye.",
      () => metrics.refusals,
      "code",
    );
    this.counter(
      "chatroom_decide_failures_total",
      "Requests that could not be decided because of a bug; the log has each.",
      () => metrics.decideFailures,
    );
    this.counter(
      "chatroom_tell_failures_total",
      "Entries of the log that nobody could be told of because of a bug; the log has each.",
      () => metrics.tellFailures,
    );
    this.gauge("chatroom_ready", "1 where /readyz says yes.", () => notReady() ? 0 : 1);
  }

  #describeFiles(): void {
    const { shared: { house } } = this.#host;
    const figures = (): TransferFigures => house.files?.transfers.figures ?? NO_TRANSFERS;
    this.counter("chatroom_files_total", "Files sent.", () => figures().files);
    this.counter(
      "chatroom_file_bytes_received_total",
      "Bytes of files that came from clients.",
      () => figures().receivedBytes,
    );
    this.counter(
      "chatroom_file_bytes_sent_total",
      "Bytes of files that clients fetched, but for those over HTTP.",
      () => figures().sentBytes,
    );
    this.gauge("chatroom_uploads", "Files on their way in.", () => figures().uploads);
    this.gauge(
      "chatroom_downloads",
      "Files on their way out, but for those over HTTP.",
      () => figures().downloads,
    );
  }

  /** How much waits for the disk, and how much is stored at once. */
  #describeLog(): void {
    const { shared: { house } } = this.#host;
    this.gauge(
      "chatroom_facts_waiting",
      "Messages, topics, bans and the like that wait to be stored.",
      () => house.figures.waiting,
    );
    this.gauge(
      "chatroom_facts_waiting_seconds",
      "For how long the oldest of them has waited.",
      () => house.figures.waitingMs / 1_000,
    );
    this.counter(
      "chatroom_parcels_total",
      "Commits; what waits is stored in one.",
      () => house.figures.parcels,
    );
    this.counter(
      "chatroom_parcel_facts_total",
      "What was stored in them.",
      () => house.figures.parcelFacts,
    );
  }

  #describeTimes(): ReturnType<typeof setInterval> {
    const { shared: { metrics } } = this.#host;
    metrics.commit = this.times(
      "chatroom_commit_seconds",
      "Time to store a message; one at a time is measured.",
      COMMIT_SECONDS,
    );
    metrics.delivery = this.times(
      "chatroom_delivery_seconds",
      "Time from asking to store a message until it is written to its readers; samples.",
      DELIVERY_SECONDS,
    );
    const late = this.times(
      "chatroom_event_loop_delay_seconds",
      "How late a timer of 100 ms is.",
      LOOP_SECONDS,
    );
    let due = performance.now() + LOOP_MS;
    return setInterval(() => {
      const now = performance.now();
      late.observe(Math.max(0, now - due) / 1_000);
      due = now + LOOP_MS;
    }, LOOP_MS);
  }

  /** What we may read without further permissions, under the usual names of Prometheus. */
  #describeProcess(): void {
    const startedAt = Date.now() / 1_000 - process.uptime();
    this.gauge("process_resident_memory_bytes", "Resident memory.", () => Deno.memoryUsage().rss);
    this.gauge(
      "chatroom_heap_used_bytes",
      "Memory in use for objects.",
      () => Deno.memoryUsage().heapUsed,
    );
    this.gauge("process_start_time_seconds", "When it was started (Unix).", () => startedAt);
    this.counter("process_cpu_seconds_total", "Time on processors.", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000_000;
    });
  }

  /** Describes a metric that goes up and down; `read` reads it, by the values of `label` if there is one. */
  gauge(name: string, help: string, read: () => Reading, label?: string): void {
    this.#describe(Gauge, name, help, read, label);
  }

  /** Describes one that goes up. */
  counter(name: string, help: string, read: () => Reading, label?: string): void {
    this.#describe(Counter, name, help, read, label);
  }

  /** Describes times, in seconds, that are told as they are measured. */
  times(name: string, help: string, buckets: number[]): Timing {
    return new Histogram({ name, help, buckets, registers: [this.#registry] });
  }

  #describe(
    Kind: typeof Gauge | typeof Counter,
    name: string,
    help: string,
    read: () => Reading,
    label = "",
  ): void {
    const labelNames = label === "" ? [] : [label];
    const collect = (): void => {
      metric.reset();
      const reading = read();
      if (typeof reading === "number") return metric.inc(reading);
      for (const [key, value] of reading) metric.inc({ [label]: String(key) }, value);
    };
    const metric = new Kind({ name, help, labelNames, registers: [this.#registry], collect });
  }

  /** Adds the figures of the open connections to those of the ended ones. */
  #sum(
    ended: ReadonlyMap<string, number>,
    of: (figures: Figures) => number,
  ): Map<string, number> {
    const sums = new Map(ended);
    for (const { figures } of this.#host.live) add(sums, figures.door, of(figures));
    return sums;
  }

  #outboxes(): number[] {
    return [...this.#host.live].map(({ figures }) => figures.outboxBytes);
  }
}
