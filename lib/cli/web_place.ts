/** Where the page is that `chatroom serve` serves, and why it can't be there. */

import type { WebListener, WebOptions } from "../web/serve_web.ts";
import { reachedAt } from "./announce.ts";
import { type Address, formatAddress } from "./values.ts";

/** The URL of the page for people; where it is everywhere, for those on other machines, too. */
export function webUrl({ addr }: WebListener, { base = "" }: WebOptions, secure: boolean): string {
  const { hostname, port } = addr;
  const place = formatAddress({ hostname: reachedAt(hostname), port });
  return `${secure ? "https" : "http"}://${place}${base}/`;
}

/** Why the page can't be served, and what to do. */
export function explainWeb(error: Error, place: Address): string {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: "the port is in use; choose another with --web, or --web 0 to get a free one",
    EACCES: "this port is not allowed; ports from 1024 up are free for everybody",
  };
  const code = (error as Error & { readonly code?: string }).code ?? "";
  const told = why[code] ?? `${error.message}; --web takes an address or a name of this machine`;
  return `Can't serve the web page on ${formatAddress(place)}: ${told}`;
}
