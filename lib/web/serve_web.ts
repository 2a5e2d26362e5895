/**
 * The web door: one HTTP server for the page, WebSockets and the metrics. This folder does not know
 * flags, the environment, rooms or messages.
 */

import type { ListenerHost } from "../server/host.ts";
import { webDefaults, type WebLimits } from "./limits.ts";
import { createHttp, listen, type Listening, setDeadlines } from "./listener.ts";
import { readPage } from "./page.ts";
import { Site, type SiteChangeable, type SiteOptions } from "./site.ts";

/** Options of {@linkcode serveWeb}. */
export interface WebOptions extends Omit<SiteOptions, "limits"> {
  readonly hostname: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly limits?: Partial<WebLimits>;
}

/** An open web door. */
export interface WebListener extends AsyncDisposable {
  readonly addr: { readonly hostname: string; readonly port: number };
  /** How many HTTP connections are open, including WebSockets. */
  readonly connections: number;
  /** Goes by this from now on, in the place of all that it had; connections stay. */
  change(to: WebChangeable): void;
}

/** What may change while the door is open. */
export type WebChangeable = SiteChangeable & Pick<WebOptions, "limits">;

/**
 * Opens the web door of a server. Close it after the server has stopped: until then it answers that
 * the server is stopping. Rejects if the address can't be used.
 */
export async function serveWeb(host: ListenerHost, options: WebOptions): Promise<WebListener> {
  const limits = webDefaults(options.limits);
  const site = new Site(host, { ...options, limits }, await readPage());
  const server = createHttp(limits);
  server.on("request", (request, response) => {
    site.guard(request.socket, () => site.request(request, response));
  });
  server.on("upgrade", (request, socket, head) => {
    site.guard(socket, () => site.upgrade(request, socket, head));
  });
  let listening: Listening;
  try {
    listening = listen(server, options, {
      onConnection: (socket) => site.connections.enter(socket),
      onInsecure: (error, socket) => site.insecure(error, socket),
      onTrouble: (error) => site.trouble(error),
    });
  } catch (error) {
    site[Symbol.dispose]();
    throw error;
  }
  site.files.open(listening.addr);
  return {
    addr: listening.addr,
    get connections(): number {
      return site.connections.size;
    },
    change(to): void {
      Object.assign(limits, webDefaults(to.limits));
      setDeadlines(server, limits);
      site.change(to);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      const closed = listening.close();
      server.closeAllConnections();
      // Also closes connections that have not spoken HTTP yet, and those that have left the HTTP server.
      site.connections[Symbol.dispose]();
      await Promise.all([closed, site.files.ended()]);
      site[Symbol.dispose]();
    },
  };
}
