/** Where a server is, as a program writes it. */

import type { ServerPlace, TlsTrust } from "./types.ts";

/** The port of a server that is told no other. */
const DEFAULT_PORT = 1_234;

/** Reads `HOST`, `HOST:PORT` or `[IPV6]:PORT`, with `tls://` before it or not. Throws a `TypeError`. */
export function serverPlace(server: string, trust: TlsTrust | undefined): ServerPlace {
  const [, scheme, six, name, port = String(DEFAULT_PORT)] =
    /^(tls:\/\/)?(?:\[([\da-f:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/i.exec(server) ?? [];
  const hostname = six ?? name;
  if (hostname === undefined || Number(port) > 65_535) {
    throw new TypeError(
      `server is HOST, HOST:PORT or [IPV6]:PORT, with tls:// before it for TLS, not ${
        JSON.stringify(server)
      }`,
    );
  }
  if (scheme === undefined && trust !== undefined) {
    throw new TypeError(`tls says whom to trust; write tls:// before ${server}, or leave it out`);
  }
  return { hostname, port: Number(port), ...scheme === undefined ? {} : { tls: trust ?? {} } };
}
