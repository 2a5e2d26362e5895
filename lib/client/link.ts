/**
 * The client's link to a server: connects, reconnects when the connection breaks, resumes the session,
 * and keeps messages until they are acked. It knows about rooms only what a server tells it.
 */

import { closeQuietly } from "../wire/close_quietly.ts";
import type { Event, EventOf } from "../wire/events.ts";
import type { Request, RequestOf } from "../wire/requests.ts";
import { MAX_PAYLOAD_BYTES } from "../wire/frame.ts";
import { LinkAttempts } from "./link_attempts.ts";
import {
  classicStatus,
  excessOf,
  hasClassicForm,
  isKept,
  Requests,
  type Sent,
  unsent,
} from "./requests.ts";
import type {
  Conversation,
  EndCause,
  LinkEvent,
  LinkStatus,
  RequestError,
} from "./conversation.ts";
import type { LinkOptions } from "./link_options.ts";
import { type ByteStream, openWire, sayFarewell, type Wire } from "./wire.ts";
import { Heart } from "./heart.ts";
import { ResumeState } from "./resume_state.ts";
import { Queue } from "./queue.ts";
import { isCut, otherCluster, RefusedError } from "./refusal.ts";

/** How many events may wait for their reader before the link stops reading. */
const MAX_WAITING = 1_000;
/** Events by which a connection was of use, besides `ack`. */
const SERVING: ReadonlySet<string> = new Set(["message", "direct", "taken", "data"]);
/** Where there are other servers to go to, one may be silent for so long, in ms. */
const DEAD_AMONG_OTHERS_MS = 20_000;

/** A link, which connects at once and reconnects by itself. */
export class Link implements Conversation {
  readonly #options: LinkOptions;
  readonly #state: ResumeState;
  readonly #attempts: LinkAttempts;
  readonly #queue = new Queue<LinkEvent>();
  readonly events: AsyncIterable<LinkEvent> = this.#queue;
  readonly #requests: Requests;
  readonly #closing = new AbortController();
  readonly #finished: Promise<void>;
  #stream: ByteStream | undefined;
  #wire: Wire | undefined;
  /** When the current connection came up; `undefined` while offline. */
  #onlineAt: number | undefined;
  /** Whether the connection has brought a message, a part of a file or an ack. */
  #served = false;
  #protocol: Conversation["protocol"];
  #payloadLimit = MAX_PAYLOAD_BYTES;
  /** The name that the connection was opened with. */
  #askedName = "";
  #bye: EventOf<"bye"> | undefined;
  readonly tryNow = (): void => this.#attempts.hurry();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#requests = new Requests((sent) => this.#transmit(sent), options);
    this.#attempts = new LinkAttempts(options);
    this.#state = options.state ?? new ResumeState(options);
    this.#finished = this.#run();
  }

  get name(): string {
    return this.#state.name;
  }

  get protocol(): Conversation["protocol"] {
    return this.#protocol;
  }

  get welcome(): Conversation["welcome"] {
    return this.#wire?.welcome;
  }

  get #online(): boolean {
    return this.#onlineAt !== undefined;
  }

  send(request: Request, isOurs = false): Promise<Event> {
    if (this.#closing.signal.aborted) return unsent("ended", "The connection has ended");
    const isLogin = request.type === "login" && this.#wire?.takesLogin === true;
    if (this.#protocol === "classic" && request.type !== "say" && !isLogin) {
      return unsent("classic", "This server speaks the classic protocol, which has messages only");
    }
    if (request.type === "rename" && !this.#online) return this.#renameLater(request);
    if (!isKept(request) && !this.#online) {
      return unsent("offline", "There is no connection at the moment");
    }
    const sent = this.#requests.named(request);
    const excess = excessOf(sent, this.#payloadLimit, this.#protocol === "classic");
    if (excess !== undefined) return Promise.reject(excess);
    const answer = this.#requests.answerTo(sent, isOurs);
    if (this.#online && this.#requests.mayGo(sent)) this.#transmit(sent);
    return answer;
  }

  withdraw(id: string): boolean {
    return this.#requests.withdraw(id);
  }

  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort();
      this.#queue.release();
      if (this.#wire === undefined) closeQuietly(this.#stream);
      else await sayFarewell(this.#wire, this.#online, this.#finished);
    }
    await this.#finished;
  }

  async #run(): Promise<void> {
    for (;;) {
      this.#status("connecting", "Connecting …");
      const error = await this.#attempt();
      const ended = { error, onlineAt: this.#onlineAt, bye: this.#bye, served: this.#served };
      this.#onlineAt = this.#bye = undefined;
      this.#requests.lose();
      if (this.#closing.signal.aborted) return this.#end("left", "You have left.");
      const { cause, text, code, waitMs } = this.#attempts.after(ended);
      if (cause !== undefined) return this.#end(cause, text, code);
      this.#status("offline", text, { retryInMs: waitMs, ...(code && { code }) });
      await this.#attempts.pause(waitMs, this.#closing.signal);
    }
  }

  /** Opens the next connection under another name: ours may be taken by now. */
  #renameLater({ id, name }: RequestOf<"rename">): Promise<Event> {
    this.#state.rename(name);
    this.tryNow();
    const text = `You ask for the name ${name} when the connection is made again.`;
    return Promise.resolve({ ...id === undefined ? {} : { id }, type: "notice", text });
  }

  /** Runs one connection from its beginning to its end; resolves with what went wrong. */
  async #attempt(): Promise<Error | undefined> {
    try {
      const { current: server, isOnly } = this.#attempts.servers;
      this.#stream = await this.#options.connect(this.#closing.signal, { server, isOnly });
      const wire = this.#wire = await openWire(this.#stream, {
        ...this.#options,
        name: this.#state.name,
        known: this.#protocol === "event",
        beyondClassic: this.#state.beyondClassic,
      });
      this.#protocol = wire.protocol;
      await this.#converse(wire);
      return undefined;
    } catch (error) {
      // Which way the system calls it tells nobody more.
      return isCut(error) && (this.#online || (error as Error).name === "Interrupted")
        ? undefined
        : error as Error;
    } finally {
      this.#wire = undefined;
      closeQuietly(this.#stream);
      this.#stream = undefined;
    }
  }

  async #converse(wire: Wire): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#served = false;
    const { servers } = this.#attempts;
    const { deadAfterMs = servers.isOnly ? undefined : DEAD_AMONG_OTHERS_MS } = this.#options;
    using heart = new Heart(wire, deadAfterMs);
    if (wire.protocol === "classic") {
      this.#goOnline(this.#state.classicReady(), classicStatus(this.#options.classic));
    } else if (wire.welcome !== undefined) {
      this.#payloadLimit = wire.welcome.limits.payload;
      this.#askedName = this.#state.name;
      const { epoch } = this.#state;
      // Whoever was named by another is shown our session only where it is of the same cluster.
      if (servers.isTold && epoch !== wire.welcome.epoch) throw otherCluster(servers.current);
      await wire.send(this.#state.hello(wire.welcome));
    }
    try {
      for await (const event of wire.events()) {
        heart.heard();
        if (event.type === "ping") heart.pong();
        else this.#take(wire, event);
        await this.#queue.below(MAX_WAITING);
      }
    } catch (error) {
      heart.check();
      throw error;
    }
  }

  #goOnline(ready: EventOf<"ready">, status: Pick<LinkStatus, "text" | "fellBack">): void {
    this.#onlineAt = performance.now();
    this.#status("online", status.text, { ...status, ...this.#attempts.servers.shown });
    this.#queue.push(ready);
    if (ready.lost) this.#requests.dropDoubtful();
    this.#requests.dropExcess(this.#payloadLimit, this.#protocol === "classic");
    for (const request of this.#requests.unacked) this.#transmit(request);
  }

  #take(wire: Wire, event: Event): void {
    if (!this.#online && event.type === "error") {
      throw new RefusedError(event.code, event.text, event.retryAfterMs);
    }
    switch (event.type) {
      case "pong":
        return;
      case "bye":
        this.#bye = event;
        if (!this.#online) return wire.close();
        // It answers our own goodbye, which is no news.
        if (this.#closing.signal.aborted) return;
        break;
      case "ready":
        if (!this.#online) this.#letIn(event);
        return;
      case "servers":
        return this.#attempts.told(event.servers);
      case "ack":
        this.#state.take(event);
        // A second ack, for a message that was sent again, is no news.
        if (!this.#requests.awaits(event)) return;
        this.#served = true;
        this.#queue.push(event);
        return void this.#answer(event);
    }
    // An answer that nothing waits for is no news either.
    if (event.id !== undefined && !this.#requests.awaits(event)) return;
    if (!this.#state.take(event)) return;
    this.#served ||= SERVING.has(event.type);
    if (!this.#answer(event)) this.#queue.push(event);
  }

  #letIn(ready: EventOf<"ready">): void {
    const { name, epoch } = this.#state;
    this.#attempts.told(ready.servers);
    this.#state.take(ready);
    if (epoch !== undefined && epoch !== this.#state.epoch) this.#requests.dropNumbered();
    this.#goOnline(ready, { text: "Online." });
    // The user asked for another name while this connection was being opened.
    if (name !== this.#askedName) this.#demand({ type: "rename", name });
    const { scrollback } = this.#options;
    for (const room of this.#state.missingRooms()) {
      const how = scrollback === undefined ? {} : { scrollback };
      this.#demand({ type: "join", room, ...how }, ({ code }) => {
        if (code !== "offline") this.#state.forgo(room);
      });
    }
  }

  /** Sends a request of the link's own; its answer becomes an event. */
  #demand(request: Request, failed: (error: RequestError) => void = () => {}): void {
    this.send(request, true).then((event) => this.#queue.push(event), (error: RequestError) => {
      failed(error);
      this.#queue.push({ type: "error", code: error.code, text: error.message });
    });
  }

  /** Settles the request that the event answers; false if it answers none. */
  #answer(event: Event): boolean {
    const request = this.#requests.answer(event);
    if (request === undefined) return false;
    if (event.type === "account") this.#state.proved(request, event);
    return true;
  }

  /** Writes a request. If that fails, the request is lost with the connection, or kept if it is a message. */
  #transmit(request: Sent): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    if (wire.protocol === "classic" && !hasClassicForm(request)) {
      const text = "This server speaks the classic protocol, which has messages to lobby only";
      return void this.#answer({ type: "error", id: request.id, code: "classic", text });
    }
    this.#requests.written(request.id);
    wire.send(request).then(() => {
      if (wire.protocol !== "classic") return;
      const ack: Event = { type: "ack", id: request.id, at: new Date().toISOString() };
      if (request.type === "say") this.#queue.push(ack);
      this.#answer(ack);
    }, () => wire.close());
  }

  #status(status: LinkStatus["status"], text: string, more: Partial<LinkStatus> = {}): void {
    this.#queue.push({ ...more, type: "status", status, text });
  }

  #end(cause: EndCause, text: string, code?: string): void {
    this.#closing.abort();
    this.#requests.end(text);
    this.#status("ended", text, { cause, ...(code && { code }) });
    this.#queue.end();
  }
}
