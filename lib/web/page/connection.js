// @ts-check
/**
 * The link to the server: connects, comes back when the connection breaks, and answers what keeps
 * it alive. It knows no rooms and no page; sockets, time and chance are handed in.
 */

import { FINAL_REASONS, LASTING_CODES, Waited } from "./refusals.js";
import { RequestFault } from "./request_fault.js";

/** @import { Event, EventOf } from "../../wire/events.ts" */
/** @import { Request, RequestOf } from "../../wire/requests.ts" */
/** @typedef {EventOf<"welcome">} Welcome */
/** @typedef {RequestOf<"hello">} Hello */
/**
 * How the link is. `waiting`: another attempt begins at `retryAt`. `ended`: none will, and `cause`
 * says why.
 * @typedef {{ readonly kind: "connecting" | "online" | "waiting" | "ended", readonly text: string,
 *   readonly retryAt?: number, readonly cause?: "unreachable" | "refused" | "dismissed" | "left",
 *   readonly code?: string }} Status
 */
/**
 * @typedef {object} ConnectionOptions
 * @property {(live?: WebSocket) => WebSocket} open makes a socket, for each attempt; `live` is the one that there is
 * @property {(welcome: Welcome) => Hello | undefined} hello nothing: that server is not to be told who we are
 * @property {() => readonly Request[]} unsent messages that have no ack, in their order
 * @property {(event: Event) => void} take
 * @property {(status: Status) => void} status
 * @property {boolean} [known] a server has let us in before: go on trying from the first attempt
 * @property {number} [probeMs] how long a connection that may be dead has for an answer
 * @property {() => number} [random]
 */

const FIRST_MS = 250;
const LONGEST_MS = 30_000;
const OPENING_MS = 15_000;
const HEARTBEAT_MS = 5_000;
const PING_AFTER_MS = 30_000;
const DEAD_AFTER_MS = 45_000;
/** After the network came back or went, or the page came to the front, silence is not borne that long. */
const PROBE_MS = 5_000;
/** How long a server has to say goodbye. */
const FAREWELL_MS = 1_000;
/** A connection that held so long begins the backoff anew. */
const PROVEN_MS = 1_000;

export class PageConnection {
  /** Where else one may come in, as the server told. @type {readonly string[] | undefined} */
  servers;
  #options;
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {Map<string, { resolve: (event: Event) => void, reject: (error: Error) => void }>} */
  #asked = new Map();
  #waited = new Waited(() => this.#options.unsent(), (request) => this.#transmit(request));
  // A page that came without TLS has no randomUUID.
  #prefix = crypto.getRandomValues(new Uint32Array(2)).join("");
  #ids = 0;
  #attempt = 0;
  #online = false;
  #onlineAt = 0;
  #heardAt = 0;
  #deadline = Infinity;
  #known;
  #closed = false;
  /** While somebody comes in anew. @type {PromiseWithResolvers<void> | undefined} */
  #renewing;
  #payload = 65_536;
  /** @type {EventOf<"bye" | "error"> | undefined} */
  #told;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #heart;

  /** @param {ConnectionOptions} options */
  constructor(options) {
    this.#options = options;
    this.#known = options.known ?? false;
  }

  get online() {
    return this.#online;
  }

  /** An id that no other request has, in this page or one before it. */
  nextId() {
    return `${this.#prefix}-${++this.#ids}`;
  }

  connect() {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#told = undefined;
    this.#options.status({ kind: "connecting", text: "Connecting…" });
    const socket = this.#socket = this.#options.open(this.#socket);
    this.#deadline = performance.now() + OPENING_MS;
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#hear(String(data));
    };
    socket.onclose = () => this.#lost(socket);
    this.#heart ??= setInterval(() => this.#beat(), HEARTBEAT_MS);
  }

  /** Comes in anew, because the server has more to say to who we are now. */
  renew() {
    if (!this.#online) return;
    const socket = this.#socket;
    this.#online = false;
    this.#renewing = Promise.withResolvers();
    this.#forget();
    this.connect();
    socket?.close();
  }

  /** Leaves for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    if (socket === undefined) return this.#end("left", "You have left.");
    // The server need not keep the session for somebody who does not come back.
    if (!this.#online) return this.#drop(socket);
    this.#transmit({ type: "quit" });
    // It has something to say to that, and then closes.
    setTimeout(() => socket.close(), FAREWELL_MS);
    this.#lost(socket);
  }

  /** Something may have changed: tries at once if there is no connection, and looks if there is. */
  wake() {
    return this.#retry === undefined ? this.probe() : this.connect();
  }

  /** Looks whether the connection still holds; one without an answer is given up. */
  probe() {
    if (!this.#online) return;
    const { probeMs = PROBE_MS } = this.#options;
    this.#transmit({ type: "ping" });
    this.#deadline = Math.min(this.#deadline, performance.now() + probeMs);
    setTimeout(() => this.#beat(), probeMs + 10);
  }

  /**
   * Sends a request and resolves with its answer. Rejects with a {@link RequestFault}. One that has an
   * id may have been sent before. `encode` is for one that is not sent as JSON, and is not too long.
   * @template {Request} R
   * @param {R} request
   * @param {(request: R) => string | Uint8Array<ArrayBuffer>} [encode]
   * @returns {Promise<Event>}
   */
  async ask(request, encode) {
    if (this.#renewing !== undefined) await this.#renewing.promise;
    if (!this.#online) {
      const text = "There is no connection at the moment; try again when it is back";
      throw new RequestFault("offline", text);
    }
    const asked = { ...request, id: request.id ?? this.nextId() };
    const excess = encode === undefined ? this.excess(asked) : undefined;
    if (excess !== undefined) throw new RequestFault("too-long", excess);
    return await new Promise((resolve, reject) => {
      this.#asked.set(asked.id, { resolve, reject });
      this.#transmit(asked, encode);
    });
  }

  /** Sends a message that its owner keeps until it is acked. @param {Request} request */
  post(request) {
    if (this.#online) this.#transmit(request);
  }

  /**
   * Says in a sentence that a request is larger than the server takes; `undefined` if it is not.
   * @type {(request: Request) => string | undefined}
   */
  excess(request) {
    const bytes = new TextEncoder().encode(JSON.stringify(request)).length;
    if (bytes <= this.#payload) return undefined;
    return `The message takes ${bytes.toLocaleString("en")} bytes, and the server takes ` +
      `${this.#payload.toLocaleString("en")}; say it in parts.`;
  }

  /** @param {string} data */
  #hear(data) {
    this.#heardAt = performance.now();
    this.#deadline = this.#heardAt + (this.#online ? DEAD_AFTER_MS : OPENING_MS);
    /** @type {Event} */
    const event = JSON.parse(data);
    switch (event.type) {
      case "welcome": {
        const hello = this.#options.hello(event);
        if (hello === undefined) return this.#drop(this.#socket);
        this.#payload = event.limits.payload;
        this.#options.take(event);
        return this.#transmit(hello);
      }
      case "ready":
        return this.#ready(event);
      case "ping":
        return this.#transmit({ type: "pong" });
      case "pong":
        return;
      case "bye":
        this.#told = event;
        return;
      case "error":
        if (this.#online && this.#waited.asksAgain(event)) return;
        if (this.#online) break;
        this.#told = event;
        return this.#drop(this.#socket);
    }
    const asked = event.id === undefined ? undefined : this.#asked.get(event.id);
    if (asked === undefined) return this.#options.take(event);
    this.#asked.delete(event.id ?? "");
    if (event.type === "error") asked.reject(new RequestFault(event.code, event.text, event));
    else asked.resolve(event);
  }

  /** @param {EventOf<"ready">} event */
  #ready(event) {
    this.servers = event.servers;
    this.#online = this.#known = true;
    this.#onlineAt = performance.now();
    this.#options.take(event);
    this.#renewing?.resolve();
    this.#renewing = undefined;
    this.#waited.begin();
    this.#options.status({ kind: "online", text: "" });
  }

  /**
   * @template {Request} R
   * @param {R} request
   * @param {(request: R) => string | Uint8Array<ArrayBuffer>} [encode]
   */
  #transmit(request, encode = JSON.stringify) {
    // One that is closing says so by itself, soon.
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(encode(request));
  }

  #beat() {
    const now = performance.now();
    if (this.#socket !== undefined && now > this.#deadline) return this.#drop(this.#socket);
    if (this.#online && now - this.#heardAt > PING_AFTER_MS) this.#transmit({ type: "ping" });
  }

  /** Does without a socket now: the close of one takes its time. @param {WebSocket | undefined} socket */
  #drop(socket) {
    socket?.close();
    if (socket !== undefined) this.#lost(socket);
  }

  /** @param {WebSocket} socket */
  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    const proven = this.#online && performance.now() - this.#onlineAt >= PROVEN_MS;
    this.#online = false;
    this.#renewing?.resolve();
    this.#forget();
    const told = this.#told;
    if (this.#closed) return this.#end("left", "You have left.");
    const reason = told?.type === "bye" ? told.reason : told?.code ?? "";
    // Our address has to wait, and is let in later.
    if (!this.#known && reason !== "try-later") {
      if (told !== undefined) return this.#end("refused", told.text, reason);
      const why = "The server can't be reached. Is it running, and are you online?";
      return this.#end("unreachable", why);
    }
    const text = told?.text ?? "The connection was lost.";
    if (FINAL_REASONS.has(reason)) return this.#end("dismissed", text, reason);
    if (LASTING_CODES.has(reason)) return this.#end("refused", text, reason);
    if (proven) this.#attempt = 0;
    const wait = Math.min(told?.retryAfterMs ?? 0, LONGEST_MS) + this.#backoff();
    this.#retry = setTimeout(() => this.connect(), wait);
    this.#options.status({ kind: "waiting", text, code: reason, retryAt: Date.now() + wait });
  }

  /** Nothing that was asked will be answered. */
  #forget() {
    for (const { reject } of this.#asked.values()) {
      reject(new RequestFault("offline", "The connection was lost before the answer came"));
    }
    this.#asked.clear();
  }

  /** Exponential with jitter, so that a crowd that lost its server does not come back in step. */
  #backoff() {
    const span = Math.min(FIRST_MS * 2 ** Math.min(this.#attempt++, 20), LONGEST_MS);
    return Math.round(span * (0.1 + 0.9 * (this.#options.random ?? Math.random)()));
  }

  /** @param {NonNullable<Status["cause"]>} cause @param {string} text @param {string} [code] */
  #end(cause, text, code = "") {
    clearInterval(this.#heart);
    this.#heart = undefined;
    this.#options.status({ kind: "ended", text, cause, code });
  }
}
