/** What the web door answers: the page, files, the metrics, and who asks for a WebSocket. */

import type { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { HOOK_PATH } from "../server/hook_token.ts";
import type { ListenerHost, LiveConnection } from "../server/host.ts";
import { Connections } from "./connections.ts";
import { refusesBodyOfUpgrade } from "./framing.ts";
import {
  Gatekeeper,
  type GateRules,
  type NamedRules,
  originOf,
  plainAddress,
  type Visit,
} from "./gatekeeper.ts";
import { FileDoor } from "./file_door.ts";
import { hasBody, PART_HEADERS, securityHeaders, setHeaders } from "./headers.ts";
import type { HttpRefusal } from "./http_refusal.ts";
import { HookDoor } from "./hooks/hook_door.ts";
import type { WebLimits } from "./limits.ts";
import type { Secure } from "./listener.ts";
import { type PageFiles, sendFile } from "./page.ts";
import { sendReport } from "./send_report.ts";
import { FILE_PATH } from "./signed_links.ts";
import type { SocketProtocol } from "./socket_protocol.ts";
import {
  type OpenedProtocol,
  openProtocols,
  refuseUpgrade,
  secondsText,
  wrongUpgrade,
} from "./upgrade.ts";
import { type Report, Watch } from "./watch.ts";
import { webProtocol } from "./web_door.ts";

/** What a {@linkcode Site} is made with. */
export interface SiteOptions extends Omit<GateRules, "isSecure"> {
  /** The path of the page, such as `/chat`; by default the root. */
  readonly base?: string;
  /** Looked at each time, since they may change. */
  readonly limits: WebLimits;
  /** Whether everybody may see the metrics, and not only clients on this machine. */
  readonly openMetrics?: boolean;
  /** Wraps each connection in TLS; by default plain HTTP. */
  readonly secure?: Secure;
  /** What is spoken over WebSockets besides what the page does, under the same rules. */
  readonly protocols?: readonly SocketProtocol[];
  /** What links to files are signed with, if they outlive the process. */
  readonly linkSecret?: Uint8Array;
}

/** What of that may change by itself. */
export type SiteChangeable = NamedRules & Pick<SiteOptions, "openMetrics">;

const NOTHING_HERE: HttpRefusal = { status: 404, text: "There is nothing here." };

/** Answers HTTP requests. */
export class Site implements Disposable {
  readonly #host: ListenerHost;
  readonly #gatekeeper: Gatekeeper;
  readonly #page: PageFiles;
  readonly #base: string;
  /** What is spoken over WebSockets, by its path. */
  readonly #protocols: ReadonlyMap<string | undefined, OpenedProtocol>;
  readonly connections: Connections;
  readonly files: FileDoor;
  readonly #hooks: HookDoor;
  readonly #watch: Watch;
  /** Of which the names may change. */
  readonly #rules: GateRules;
  #openMetrics: boolean;

  constructor(host: ListenerHost, options: SiteOptions, page: PageFiles) {
    this.#host = host;
    const pages = (): readonly string[] => host.shared.nodes?.latePages ?? [];
    const { limits, linkSecret } = options;
    const rules: GateRules = { ...options, isSecure: options.secure !== undefined, pages };
    this.#rules = rules;
    this.#gatekeeper = new Gatekeeper(rules);
    this.connections = new Connections({
      most: () => limits.webConnections,
      mostPerAddress: () => host.shared.limits.connectionsPerAddress,
      isProxy: (address) => this.#gatekeeper.isProxy(address),
    });
    this.#page = page;
    const base = this.#base = options.base ?? "";
    this.#hooks = new HookDoor(host, limits);
    this.#watch = new Watch(host);
    this.#openMetrics = options.openMetrics ?? false;
    const { metrics } = this.#watch;
    const onRead = (socket: Socket): void => this.connections.reads(socket);
    this.files = new FileDoor({ host, limits, base, rules, metrics, onRead, linkSecret });
    const all = [webProtocol(host.shared), ...options.protocols ?? []];
    const wrong = (socket: Duplex, text: string): void =>
      this.#refuseUpgrade(socket, { status: 400, text });
    this.#protocols = openProtocols(all, wrong);
  }

  [Symbol.dispose](): void {
    this.files[Symbol.dispose]();
    this.#watch[Symbol.dispose]();
  }

  change(
    { hosts = [], origins = [], trustedProxies = [], openMetrics = false }: SiteChangeable,
  ): void {
    // The links to files go by the same object.
    Object.assign(this.#rules, { hosts, origins, trustedProxies });
    this.#gatekeeper.change(this.#rules);
    this.#openMetrics = openMetrics;
  }

  /** Logs a problem of ours. */
  trouble({ message }: Error): void {
    const fields = { error: message };
    const text = "Trouble at the web door";
    this.#host.shared.log({ level: "warning", kind: "problem", text, fields });
  }

  /** Does `work`. If it throws, which is a bug, closes the socket: nothing else would. */
  guard(socket: Duplex, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(socket, error as Error);
    }
  }

  /** A TLS handshake failed, or the peer did not speak TLS. */
  insecure({ message }: Error, { remoteAddress = "" }: Socket): void {
    const fields = { address: plainAddress(remoteAddress), error: message };
    const text = "A TLS handshake failed at the web door";
    this.#host.shared.log({ level: "info", kind: "tls-failed", text, fields });
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    response.once("close", () => this.#watch.metrics.responded(response.statusCode));
    const visit = this.#gatekeeper.visit(request);
    if ("status" in visit) return this.#refuse(visit, response);
    if (!this.connections.asks(request.socket, visit.address)) {
      return this.#refuse(
        { status: 503, text: "Your address has too many connections." },
        response,
      );
    }
    const path = this.#pathOf(request);
    const file = path === undefined ? undefined : this.#page.get(path);
    const isPart = file !== undefined && !file.isDocument;
    const isFile = path?.startsWith(FILE_PATH) ?? false;
    // A file that somebody has sent has headers of its own.
    if (!isFile) {
      setHeaders(response, isPart ? PART_HEADERS : securityHeaders(visit, this.#gatekeeper.pages));
    }
    if (path?.startsWith(HOOK_PATH)) {
      return this.#answered(this.#hooks.answer({ request, response, path }), response);
    }
    // We don't read the body of a request, so the connection can't be used for another.
    if (hasBody(request)) response.shouldKeepAlive = false;
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return this.#refuse({ status: 405, text: "Only GET and HEAD are answered." }, response);
    }
    if (path === "" && this.#base !== "") {
      response.writeHead(308, { "Location": `${this.#base}/`, "Content-Length": 0 }).end();
      return;
    }
    if (file !== undefined) return sendFile(file, request, response);
    if (isFile) {
      const asked = { request, response, address: visit.address, path: path ?? "" };
      return this.#answered(this.files.answer(asked), response);
    }
    if (this.#protocols.has(path)) {
      response.setHeader("Upgrade", "websocket");
      return this.#refuse({ status: 426, text: "This is a WebSocket." }, response);
    }
    const report = path === undefined ? undefined : this.#reportFor(path, visit);
    if (report === undefined) {
      return this.#refuse(NOTHING_HERE, response);
    }
    Promise.resolve(report).then((told) => sendReport(told, response)).catch((error) =>
      this.#fail(request.socket, error)
    );
  }

  /** Refuses what another part of the door does not answer. */
  #answered(answer: Promise<HttpRefusal | undefined>, response: ServerResponse): void {
    answer.then((refused) => {
      if (refused !== undefined) this.#refuse(refused, response);
    }).catch((error) => this.#fail(response.req.socket, error));
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // The socket has left the HTTP server, and with it the listener for its errors.
    socket.on("error", () => socket.destroy());
    const visit = this.#gatekeeper.visit(request);
    if ("status" in visit) return this.#refuseUpgrade(socket, visit);
    const opening = this.#protocols.get(this.#pathOf(request));
    if (opening === undefined) return this.#refuseUpgrade(socket, NOTHING_HERE);
    const refused = this.#refusesUpgrade(request, visit);
    if (refused !== undefined) return this.#refuseUpgrade(socket, refused);
    const { address, scheme, isLocal } = visit;
    const origin = originOf(visit);
    const isPrivate = scheme === "https" || isLocal;
    const bye = this.#host.admit(address, () => {
      let connection: LiveConnection | undefined;
      opening.webSockets.options.maxPayload = opening.protocol.maxPayload;
      opening.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.connections.upgraded(socket as Socket);
        this.#watch.metrics.responded(101);
        const opened = { webSocket, socket: socket as Socket, address, origin, isPrivate };
        connection = opening.protocol.connect(opened, this.#host);
      });
      return connection;
    });
    if (bye === undefined) return;
    const { reason, text, retryAfterMs } = bye;
    this.#refuseUpgrade(socket, { status: 503, text: `${reason}: ${text}`, retryAfterMs });
  }

  #fail(socket: Duplex, error: Error): void {
    this.trouble(error);
    socket.destroy();
  }

  #refuseUpgrade(socket: Duplex, refused: HttpRefusal): void {
    this.#watch.metrics.responded(refused.status);
    refuseUpgrade(socket, refused);
  }

  #refusesUpgrade(request: IncomingMessage, visit: Visit): HttpRefusal | undefined {
    const wrong = wrongUpgrade(request) ?? refusesBodyOfUpgrade(hasBody(request));
    if (wrong !== undefined) return wrong;
    if (this.#host.stopping) return { status: 503, text: "The server is shutting down." };
    return this.#gatekeeper.refusesOrigin(visit, request.headers.origin);
  }

  /** The path below the base, as it was sent. No path of ours has escapes. */
  #pathOf({ url = "" }: IncomingMessage): string | undefined {
    const path = url.split("?", 1)[0] ?? "";
    if (this.#base === "") return path;
    return path === this.#base || path.startsWith(`${this.#base}/`)
      ? path.slice(this.#base.length)
      : undefined;
  }

  /** The report at a path; `undefined` if there is none, or for clients that may not see it. */
  #reportFor(path: string, { isLocal }: Visit): Report | Promise<Report> | undefined {
    return isLocal || this.#openMetrics ? this.#watch.report(path) : undefined;
  }

  #refuse({ status, text, retryAfterMs }: HttpRefusal, response: ServerResponse): void {
    if (retryAfterMs !== undefined) response.setHeader("Retry-After", secondsText(retryAfterMs));
    if (!response.hasHeader("Content-Security-Policy")) setHeaders(response, securityHeaders());
    response.shouldKeepAlive = false;
    sendReport({ status, type: "text/plain; charset=utf-8", body: `${text}\n` }, response);
  }
}
