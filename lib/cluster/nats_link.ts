/** One connection to NATS that comes back by itself, and that knows when it is gone. */

import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  type Msg,
  type NatsConnection,
  type Status,
  type Subscription,
  type SubscriptionOptions,
  type TlsOptions,
} from "@nats-io/transport-node";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { NotSent } from "./stream.ts";
import { type NatsNames, natsNames, type NatsPlace } from "./nats_place.ts";
import { isFitNats, LEAST_NATS } from "./nats_version.ts";

/** A connection is given up when it has not answered for two to three of these, in ms. */
const PING_MS = 2_000;
const MAX_PINGS = 2;
/** How long a server may take from the connection to its greeting, in ms. */
const DIAL_MS = 4_000;
/** How long to wait before a server is tried again, in ms, and up to how much more by chance. */
const RETRY_MS = 500;
const RETRY_JITTER_MS = 500;

/** What is asked of the servers. */
export interface NatsWants {
  /** The largest message, in bytes. */
  readonly needsBytes: number;
  /** How the connection is called in NATS. */
  readonly label: string;
  /** Told what is wrong while the connection lasts, in a sentence. */
  readonly onTrouble: (text: string) => void;
}

/** Thrown where the servers can't be used. The message says why, and what to do. */
export class NatsUnfit extends Error {
  override readonly name = "NatsUnfit";
}

/** A connection to one of the servers of a place. */
export class NatsLink {
  readonly names: NatsNames;
  readonly #wants: NatsWants;
  readonly #connection: NatsConnection;
  /** How many servers there are to choose from. */
  readonly #servers: number;
  /** Rejects each of the requests that are under way. */
  readonly #waiting = new Set<(reason: Error) => void>();
  #isConnected = true;
  #maxBytes: number;
  /** What was told since the connection was made: the same would come again and again. */
  readonly #told = new Set<string>();
  /** Called when the connection is lost or is back. */
  readonly onChange = new Set<(isConnected: boolean) => void>();

  private constructor(place: NatsPlace, wants: NatsWants, connection: NatsConnection) {
    this.names = natsNames(place.name);
    this.#wants = wants;
    this.#connection = connection;
    this.#servers = place.servers.length;
    this.#maxBytes = connection.info?.max_payload ?? 0;
    this.#watch();
  }

  /** Connects. Rejects with {@linkcode NatsUnfit} if no server can be reached, or none will do. */
  static async open(place: NatsPlace, wants: NatsWants): Promise<NatsLink> {
    let connection;
    try {
      connection = await connect(optionsFor(place, wants.label));
    } catch (error) {
      throw new NatsUnfit(whyNot(place, error as Error), { cause: error });
    }
    const flaw = flawOf(connection, wants.needsBytes);
    if (flaw === undefined) return new NatsLink(place, wants, connection);
    await connection.close();
    throw new NatsUnfit(flaw);
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** The name of the server that it is connected to, and its version. */
  get server(): { readonly name: string; readonly version: string } {
    const { server_name = "", version = "" } = this.#connection.info ?? {};
    return { name: server_name, version };
  }

  /**
   * Asks for one answer. Rejects when there is none in time, nobody to give one, or the connection is
   * lost meanwhile; with {@linkcode NotSent} when nothing has left this
   * process.
   */
  async request(subject: string, data: Uint8Array | string, withinMs: number): Promise<Msg> {
    if (!this.#isConnected) throw new NotSent("There is no connection to NATS");
    const { promise, resolve, reject } = Promise.withResolvers<Msg>();
    this.#waiting.add(reject);
    try {
      this.#connection.request(subject, data, { timeout: withinMs }).then(resolve, reject);
      return await promise;
    } finally {
      this.#waiting.delete(reject);
    }
  }

  /** The largest message that the server takes to which it is connected, or was last; in bytes. */
  get maxBytes(): number {
    // While the library dials it knows of no server, and then of one that may not do.
    const now = this.#isConnected ? this.#connection.info?.max_payload : undefined;
    return this.#maxBytes = now ?? this.#maxBytes;
  }

  /** Sends something that nobody answers; nothing while there is no connection, and nothing that is too large. */
  publish(subject: string, data?: Uint8Array): void {
    if (!this.#isConnected) return;
    const { length = 0 } = data ?? {};
    if (length <= this.maxBytes) return this.#connection.publish(subject, data);
    this.#tellOnce(
      "too large",
      `${length} bytes for ${subject} were not sent: the NATS server ${this.server.name} takes messages of ` +
        `${this.maxBytes} bytes (max_payload); raise that`,
    );
  }

  /** Listens, also after the connection was lost and is back. What `told` throws ends the process. */
  subscribe(subject: string, told: (message: Msg) => void): Subscription {
    const callback: SubscriptionOptions["callback"] = (error, message) => {
      if (error !== null) {
        this.#wants.onTrouble(`NATS does not let us listen to ${subject}: ${error.message}`);
        return;
      }
      try {
        told(message);
      } catch (error) {
        // Nothing more would be read from a connection that met it.
        queueMicrotask(() => {
          throw error;
        });
      }
    };
    return this.#connection.subscribe(subject, { callback });
  }

  /** Leaves this server for the next in the list: it may be cut off from the others. */
  elsewhere(): void {
    if (this.#isConnected && this.#servers > 1) cut(this.#connection);
  }

  /** Says what is wrong to whoever opened it. */
  complain(text: string): void {
    this.#wants.onTrouble(text);
  }

  get isClosed(): boolean {
    return this.#connection.isClosed();
  }

  async close(): Promise<void> {
    this.#setConnected(false);
    await this.#connection.close();
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) this.#onStatus(status);
    this.#setConnected(false);
  }

  #onStatus(status: Status): void {
    switch (status.type) {
      case "disconnect":
        return this.#setConnected(false);
      case "staleConnection":
        this.#setConnected(false);
        return cut(this.#connection);
      case "reconnect": {
        const flaw = flawOf(this.#connection, this.#wants.needsBytes);
        if (flaw === undefined) return this.#setConnected(true);
        this.#tellOnce(flaw, flaw);
        // The next in the list may do, if this one has not gone by itself before.
        setTimeout(() => this.#isConnected || cut(this.#connection), RETRY_MS);
        return;
      }
      case "error":
        return this.#wants.onTrouble(`NATS refuses: ${status.error.message}`);
    }
  }

  #tellOnce(what: string, text: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#wants.onTrouble(text);
  }

  #setConnected(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (isConnected) this.#told.clear();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    if (!isConnected) {
      for (const reject of waiting) reject(new Error("The connection to NATS was lost"));
    }
    for (const told of this.onChange) told(isConnected);
  }
}

/** What of a connection the library does not tell of. */
interface Inside {
  readonly protocol?: { readonly transport?: { readonly socket?: { destroy(): void } } };
}

/**
 * Ends the way to a server, so that the next one is taken. The library would wait for its last bytes to be
 * written, of which there are none: over TLS Deno never says that nothing was written, and so it would wait for
 * ever, with all that is sent after that.
 */
function cut(connection: NatsConnection): void {
  const { socket } = (connection as NatsConnection & Inside).protocol?.transport ?? {};
  socket?.destroy();
}

function optionsFor(place: NatsPlace, label: string): ConnectionOptions {
  const { servers, isTls, ca, credentials, user, password } = place;
  let dialled = "";
  return {
    servers: [...servers],
    name: label,
    inboxPrefix: natsNames(place.name).inbox,
    pingInterval: PING_MS,
    maxPingOut: MAX_PINGS,
    maxReconnectAttempts: -1,
    timeout: DIAL_MS,
    reconnectTimeWait: RETRY_MS,
    reconnectJitter: RETRY_JITTER_MS,
    reconnectJitterTLS: RETRY_JITTER_MS,
    // The servers that others tell of may have addresses that nobody has looked at.
    ignoreClusterUpdates: true,
    ...({
      // Not for ever refused because a user was changed on the servers one after the other.
      ignoreAuthErrorAbort: true,
      // A stack for each request that is under way would cost more than the request.
      noAsyncTraces: true,
    } as ConnectionOptions),
    reconnectToServer([server]): null {
      dialled = server?.hostname ?? "";
      return null;
    },
    ...(isTls ? { tls: tlsFor(ca, () => dialled) } : {}),
    ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(credentials) }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
  };
}

/**
 * How TLS is spoken. The library would have an address, other than a name, checked as if it were
 * `localhost`: which would refuse a certificate for that address, and take one for `localhost`.
 */
function tlsFor(ca: string | undefined, dialled: () => string): TlsOptions {
  const checked = {
    checkServerIdentity: (_: string, certificate: PeerCertificate) =>
      checkServerIdentity(dialled(), certificate),
  };
  return { ...(ca === undefined ? {} : { ca }), ...checked };
}

/** Why the server that was reached can't be used. */
function flawOf({ info }: NatsConnection, needsBytes: number): string | undefined {
  const { server_name: name = "?", version = "?", max_payload: most = 0, headers } = info ?? {};
  if (!isFitNats(version)) {
    return `The NATS server ${name} is version ${version}, which may lose what it has acknowledged; ` +
      `it takes ${LEAST_NATS} or later`;
  }
  if (most < needsBytes) {
    return `The NATS server ${name} takes messages of ${most} bytes (max_payload), and it takes ` +
      `${needsBytes} for this --max-payload; raise the one or lower the other`;
  }
  return headers === true ? undefined : `The NATS server ${name} has no headers; turn them on`;
}

function whyNot({ servers }: NatsPlace, error: Error): string {
  const [only] = servers;
  const isOne = servers.length === 1;
  if (error.name === "AuthorizationError") {
    return `${
      isOne ? `The NATS server ${only} does not let` : `None of ${servers.join(", ")} lets`
    } ` +
      `us in (${error.message}): look at --cluster-credentials, or the user and password in --cluster`;
  }
  const why = error.message === "" ? "no answer" : error.message;
  return isOne
    ? `The NATS server ${only} can't be reached: ${why}`
    : `None of the NATS servers ${servers.join(", ")} can be reached; of the last: ${why}`;
}
