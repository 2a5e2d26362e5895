/** `chatroom serve`: runs a server until it is told to stop. */

import { type Limit, LIMITS, type Limits, withDefaults } from "../server/limits.ts";
import { serve, type Server } from "../server/serve.ts";
import type { DurableHistory } from "../store/durable_history.ts";
import { StoreError } from "../store/schema.ts";
import type { Flag, Invocation, Subcommand } from "./flags.ts";
import { complain, print } from "./output.ts";
import { selfCommand } from "./self.ts";
import { describeStore, openStore, STORE_FLAGS, storePlace } from "./store_flags.ts";
import { TITLES } from "./titles.ts";
import {
  DEFAULT_ADDRESS,
  formatAddress,
  formatQuantity,
  parseBytes,
  parseCount,
  parseDuration,
  parsePort,
} from "./values.ts";
import { VERSION } from "./version.ts";

type LimitName = keyof typeof LIMITS;

const VALUE_OF = { bytes: "BYTES", ms: "TIME", count: "COUNT" } as const;

const limitNames = Object.keys(LIMITS) as LimitName[];

/** `chatroom serve`. */
export const serveCommand: Subcommand = {
  ...TITLES.serve,
  positionals: "",
  maxPositionals: 0,
  notes: [
    "On 127.0.0.1 only this machine can join; --host 0.0.0.0 lets the whole network in.",
    "Ctrl-C or SIGTERM tells everybody, sends what is waiting, and stops.",
  ],
  flags: [
    {
      name: "host",
      value: "HOST",
      default: DEFAULT_ADDRESS.hostname,
      summary: "address to listen on; 0.0.0.0 or :: for every network",
    },
    {
      name: "port",
      short: "p",
      value: "PORT",
      default: String(DEFAULT_ADDRESS.port),
      summary: "port to listen on; 0 picks a free one",
    },
    ...STORE_FLAGS,
    ...limitNames.map(limitFlag),
  ],
  run: runServe,
};

function limitFlag(name: LimitName): Flag {
  const { flag, unit, default: preset, summary } = LIMITS[name];
  return { name: flag, value: VALUE_OF[unit], default: formatQuantity(preset, unit), summary };
}

function limitsFrom(invocation: Invocation): Partial<Limits> {
  const given: Partial<Record<LimitName, number>> = {};
  for (const name of limitNames) {
    const text = invocation.get(LIMITS[name].flag);
    if (text !== undefined) given[name] = parseLimit(LIMITS[name], text);
  }
  return given;
}

function parseLimit({ unit, least }: Limit, text: string): number {
  if (unit === "bytes") return parseBytes(text);
  return unit === "ms" ? parseDuration(text) : parseCount(text, least);
}

async function runServe(invocation: Invocation): Promise<number> {
  const hostname = (invocation.get("host") ?? DEFAULT_ADDRESS.hostname).replace(/^\[|\]$/g, "");
  const port = parsePort(invocation.get("port") ?? String(DEFAULT_ADDRESS.port));
  const limits = limitsFrom(invocation);
  const place = storePlace(invocation);
  let history: DurableHistory | undefined;
  try {
    history = place && await openStore(place, withDefaults(limits));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    complain(`Can't keep messages: ${error.message}`);
    return 1;
  }
  await using _closing = history;
  let server: Server;
  try {
    server = serve({
      hostname,
      port,
      limits,
      version: `chatroom/${VERSION}`,
      onProblem: complain,
      ...(history === undefined ? {} : { history }),
    });
  } catch (error) {
    complain(`Can't listen on ${formatAddress({ hostname, port })}: ${explain(error as Error)}`);
    return 1;
  }
  const stopped = untilStopped(server);
  announce(server.addr);
  print(describeStore(place, history));
  await stopped;
  return 0;
}

function announce({ hostname, port }: Deno.NetAddr): void {
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  const reached = everywhere ? lanAddress(hostname) ?? "127.0.0.1" : hostname;
  print(`chatroom ${VERSION} is listening on ${formatAddress({ hostname, port })}`);
  print("Join from another terminal:");
  print(`  ${selfCommand()} connect ${formatAddress({ hostname: reached, port })}`);
}

/**
 * The address by which the rest of the network reaches this machine. On Windows `::` takes in no
 * IPv4 clients.
 */
function lanAddress(wildcard: string): string | undefined {
  const wanted = wildcard === "::" && Deno.build.os === "windows" ? "IPv6" : "IPv4";
  try {
    return Deno.networkInterfaces().find(({ family, address }) =>
      family === wanted && !/^(127\.|169\.254\.|::1$|fe80:)/.test(address)
    )?.address;
  } catch {
    return undefined;
  }
}

async function untilStopped(server: Server): Promise<void> {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  const stop = (): void => {
    const { connections } = server;
    server.shutdown();
    if (connections > 0) print(`Stopping; telling ${connections} connected clients.`);
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  await server.finished;
  for (const signal of signals) Deno.removeSignalListener(signal, stop);
}

/** Why an address could not be had, and what to do. */
function explain(error: Error): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "the port is in use; choose another with --port, or --port 0 to get a free one";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "this machine has no such address; --host takes one of its own, or 0.0.0.0";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "this port is not allowed; ports from 1024 up are free for everybody";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "the permission is missing; run with --allow-net or -A";
  }
  return `${error.message}; --host takes an address or a name of this machine`;
}
