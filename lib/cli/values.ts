/** Values on the command line: addresses, durations, sizes and counts. */

import { UsageError } from "./flags.ts";

/** The address of a server. */
export interface Address {
  /** A name or an address, IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The person wrote `tls://` before it. */
  readonly tls?: true;
}

/** The address of the original server, which we keep. */
export const DEFAULT_ADDRESS: Address = { hostname: "127.0.0.1", port: 1234 };

type Units = Readonly<Record<string, number>>;
const UNITS_MS: Units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** As GNU's tools read sizes, and people the sizes of files: only what ends in B alone goes by thousands. */
const UNITS_BYTES: Units = {
  ...{ "": 1, b: 1, kb: 1_000, mb: 1_000_000, gb: 1_000_000_000 },
  ...{ k: 1_024, m: 1_048_576, g: 1_073_741_824, kib: 1_024, mib: 1_048_576, gib: 1_073_741_824 },
};

/**
 * Parses `HOST`, `HOST:PORT`, `:PORT` or `PORT`. An IPv6 address with a port needs brackets, as in
 * `[::1]:1234`. The missing part comes from {@linkcode DEFAULT_ADDRESS}. `tls://` before it asks for
 * TLS.
 */
export function parseAddress(text: string): Address {
  if (text.includes(",")) {
    throw new UsageError(`${JSON.stringify(text)} names several servers, and here goes one`);
  }
  const [, name, rest] = /^([^@]*)@([^@]+)$/.exec(text) ?? [];
  if (rest !== undefined) {
    throw new UsageError(
      `${JSON.stringify(text)} names somebody at a server: say --name ${name} ${rest}`,
    );
  }
  const page = /^(https?|wss?):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (page !== undefined) throw pageAddress(text, page);
  const secure = /^tls:\/\/(.+)$/i.exec(text)?.[1];
  return secure === undefined ? parsePlain(text) : { ...parsePlain(secure), tls: true };
}

function parsePlain(text: string): Address {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  if (bracketed !== null) return address(text, bracketed[1], bracketed[2]);
  if (/^\d+$/.test(text)) return address(text, undefined, text);
  if (/^[\da-f]*:[\da-f:.]*:[\da-f.]*(%[^\s\]/]+)?$/i.test(text)) {
    return address(text, text, undefined);
  }
  const plain = /^([^\s:/]*)(?::(\d+))?$/.exec(text);
  if (plain === null) throw badAddress(text);
  return address(text, plain[1], plain[2]);
}

/** Formats an address the way {@linkcode parseAddress} parses it. */
export function formatAddress({ hostname, port }: Address): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Parses a port, 0 to 65535. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > 65_535) throw new UsageError(`A port is a number from 0 to 65535, not ${text}`);
  return port;
}

/**
 * Parses `500ms`, `10s`, `5m`, `2h` or `7d` to ms. Refuses a number without a unit: someone who writes
 * `--keep 30` and thinks of days would lose messages.
 */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (unit === undefined && Number(digits) > 0) {
    const written = Object.keys(UNITS_MS).map((each) => `${text}${each}`);
    throw new UsageError(
      `${text} is a time without its unit; write ${written.slice(0, -1).join(", ")} or ` +
        `${written.at(-1)}`,
    );
  }
  const scale = UNITS_MS[unit ?? ""];
  const ms = digits === undefined || scale === undefined ? NaN : Number(digits) * scale;
  if (ms > 0 && ms <= Number.MAX_SAFE_INTEGER) return ms;
  throw new UsageError(`A time is written like 500ms, 10s, 5m, 2h or 7d, not ${text}`);
}

/** Parses `65536`, `64k`, `64KiB`, `1M` or `1MB` to bytes. */
export function parseBytes(text: string): number {
  const [, digits, unit = ""] = /^(\d{1,12})\s?([kmg]?(?:i?b)?)$/i.exec(text) ?? [];
  const scale = UNITS_BYTES[unit.toLowerCase()];
  if (digits !== undefined && scale !== undefined && Number(digits) > 0) {
    return Number(digits) * scale;
  }
  throw new UsageError(`A size is written like 65536, 64KiB, 1MiB or 1MB, not ${text}`);
}

/** Parses a whole number of at least `least`. */
export function parseCount(text: string, least = 1): number {
  if (/^\d{1,12}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(`A whole number from ${least} up is needed, not ${text}`);
}

/** A count with its noun: `1 room`, `2 rooms`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** Formats a number of bytes or ms as a person would write it. */
export function formatQuantity(value: number, unit: "bytes" | "ms" | "count"): string {
  if (unit === "count") return String(value);
  const scales = unit === "bytes"
    ? [["GiB", 1_073_741_824], ["MiB", 1_048_576], ["KiB", 1_024], ["B", 1]] as const
    : [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1_000], ["ms", 1]] as const;
  const [name, scale] = scales.find(([, size]) => value % size === 0 && value >= size) ?? ["", 1];
  return `${value / scale}${name}`;
}

function address(text: string, hostname: string | undefined, port: string | undefined): Address {
  if (port !== undefined && Number(port) > 65_535) {
    throw new UsageError(
      `A port is a number from 0 to 65535, not ${port}` +
        (port === text ? "" : `, in ${JSON.stringify(text)}`),
    );
  }
  return {
    hostname: asciiHost(text, hostname || DEFAULT_ADDRESS.hostname),
    port: port === undefined ? DEFAULT_ADDRESS.port : Number(port),
  };
}

/**
 * A host name in the ASCII form of the DNS: `xn--bcher-kva.test` for `bücher.test`. `text` is what the
 * person wrote, for the {@linkcode UsageError} if there is no such form.
 */
export function asciiHost(text: string, hostname: string): string {
  if (/^[\x20-\x7e]*$/.test(hostname)) return hostname;
  // A URL would end the host at one of these.
  if (/[:/\\?#@]/.test(hostname)) throw badAddress(text);
  const url = URL.parse(`http://${hostname}/`);
  if (url === null || url.hostname === "") throw badAddress(text);
  return url.hostname;
}

/** The error for the address of a web page: says how to connect instead. */
function pageAddress(text: string, scheme: string): UsageError {
  const host = URL.parse(text)?.hostname || "HOST";
  const isSecure = scheme === "https" || scheme === "wss";
  return new UsageError(
    `${JSON.stringify(text)} is the address of the web page, which a browser opens; write ` +
      `${isSecure ? "tls://" : ""}${host}, with :PORT behind it where serve was told --port`,
  );
}

function badAddress(text: string): UsageError {
  return new UsageError(
    `${JSON.stringify(text)} is no address; write HOST, HOST:PORT, or [IPV6]:PORT`,
  );
}
