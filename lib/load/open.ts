/** Opens the clients of a load and waits until they are in their rooms. */

import type { LoadClient } from "./client.ts";
import { micros, sleep } from "./tally.ts";
import { filesFor, type LoadConn, type LoadPlan } from "./plan.ts";
import { Template } from "./stamp.ts";
import { reasonOf } from "../wire/text.ts";

/** How long the first connection may take, in ms. */
const CONNECT_MS = 10_000;
/** How long it may take until all clients are let in, in ms. */
const OPEN_MS = 60_000;
/** How many connections are opened at a time. */
const AT_A_TIME = 64;
const PROBE_MS = 20;
/** How long to wait for a reason after a client was closed without one, in ms. */
const LAST_WORDS_MS = 1_500;
/** How long to wait for the first client to be let in when the server says something else, in ms. */
const OUTSIDE_MS = 3_000;

/** Thrown when the clients can't be opened. The message says why and what to do. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  /**
   * `unreachable`: there is no server; `untrusted`: it is not the right one; `refused`: it does not
   * let the clients in; `failed`: anything else.
   */
  readonly kind: "unreachable" | "untrusted" | "refused" | "failed";

  constructor(kind: LoadError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Connects every client and waits until each is in its room. A classic server says nothing when it
 * lets a client in, so there the first client sends messages until all others have received one. Idle
 * classic clients are only connected, because they must not receive messages.
 *
 * Throws a {@linkcode LoadError}, also when the signal aborts; the caller closes the clients.
 */
export async function openClients(
  plan: LoadPlan,
  clients: readonly LoadClient[],
  tag: string,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  let missing = clients.length;
  let failure: LoadError | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const refused = (why: string): void => {
    failure ??= new LoadError("refused", `The server did not let a client in: ${why}`);
    stop.abort();
  };
  const closed = (): void => refused(wordsOutside(clients) ?? "it closed the connection");
  for (const client of clients) {
    client.onJoined = () => missing--;
    client.onRefused = (why) => {
      // A server that refuses many at once may give a reason to a few of them only.
      if (why !== undefined) refused(why);
      else silence ??= setTimeout(closed, LAST_WORDS_MS);
    };
  }
  const ending = AbortSignal.any([signal, stop.signal]);
  const timer = setTimeout(() => stop.abort(), OPEN_MS);
  const unannounced = plan.protocol === "classic" && plan.rooms === 1;
  try {
    await connectAll(plan, clients, ending);
    if (unannounced && plan.pace.kind === "idle") clients.forEach((client) => client.enter());
    else if (unannounced) await probe(plan, clients, tag, () => missing, ending);
    while (missing > 0 && !ending.aborted) await sleep(2, ending);
  } catch (error) {
    failure ??= error as LoadError;
  } finally {
    clearTimeout(timer);
    clearTimeout(silence);
  }
  if (missing > 0) throw failure ?? tooLate(plan, clients);
}

/** What the server said to a client that is not in. */
function wordsOutside(clients: readonly LoadClient[]): string | undefined {
  const told = clients.find(({ joined, firstWords }) => !joined && firstWords !== undefined);
  return told?.firstWords;
}

function tooLate({ protocol }: LoadPlan, clients: readonly LoadClient[]): LoadError {
  const joined = clients.filter((client) => client.joined).length;
  const words = wordsOutside(clients);
  return new LoadError(
    "failed",
    `Only ${joined} of ${clients.length} clients were let in within ${OPEN_MS / 1_000} s; ` +
      (words === undefined
        ? "the server may be at its limit of open files (ulimit -n), " +
          `or not know the ${protocol} protocol`
        : `the server says: ${words}`),
  );
}

/** Connects the first client alone, to notice at once if there is no server. */
async function connectAll(
  plan: LoadPlan,
  clients: readonly LoadClient[],
  signal: AbortSignal,
): Promise<void> {
  let next = 0;
  const connectNext = async (until: AbortSignal): Promise<void> => {
    const client = clients[next++] as LoadClient;
    client.begin(await connect(plan, until));
  };
  try {
    await connectNext(AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]));
    const failed = new AbortController();
    const until = AbortSignal.any([signal, failed.signal]);
    const errors: unknown[] = [];
    // Wait for all, so that no connection opens after the clients have been closed.
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
      try {
        while (next < clients.length && !until.aborted) await connectNext(until);
      } catch (error) {
        errors.push(error);
        failed.abort();
      }
    }));
    if (errors.length > 0) throw errors[0];
  } catch (error) {
    const open = clients.filter(({ begun }) => begun).length;
    throw explain(error as Error, open, plan);
  }
}

async function connect(
  { hostname, port, secure }: LoadPlan,
  signal: AbortSignal,
): Promise<LoadConn> {
  const conn = await Deno.connect({ hostname, port, signal });
  try {
    conn.setNoDelay(true);
  } catch {
    // macOS refuses this for a socket that was reset; the first read will fail.
  }
  return secure === undefined ? conn : await secure(conn, signal);
}

/** The first client sends messages until all others have received one, and so are in. */
async function probe(
  plan: LoadPlan,
  clients: readonly LoadClient[],
  tag: string,
  missing: () => number,
  signal: AbortSignal,
): Promise<void> {
  const [first] = clients;
  const template = new Template(plan.protocol, plan.size, `P${tag}`);
  const message = new Uint8Array(template.length);
  template.write(message, 0, 0, 0);
  const deadline = micros() + OUTSIDE_MS * 1_000;
  while (missing() > 1 && !signal.aborted) {
    first?.answer(message);
    await sleep(PROBE_MS, signal);
    // The server may ask for a password; then a classic client never gets in.
    if (missing() < clients.length || first?.firstWords === undefined) continue;
    if (micros() > deadline) {
      throw new LoadError("refused", `The server let no client in: ${first.firstWords}`);
    }
  }
  if (missing() === 1) first?.enter();
}

/** Says why clients can't be connected, and what to do. */
function explain(error: Error & { code?: string }, open: number, plan: LoadPlan): LoadError {
  if (error instanceof LoadError) return error;
  const { hostname, port, clients } = plan;
  const place = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  const failed = (why: string): LoadError =>
    new LoadError("failed", `${open} of ${clients} clients are connected, no more: ${why}`);
  if (error.code === "EMFILE" || error.code === "ENFILE") {
    return failed(
      "this process may not open more files; raise the limit in this shell with " +
        `ulimit -n ${filesFor(clients)}, or ask for fewer --clients`,
    );
  }
  if (open > 0 && error instanceof Deno.errors.AddrNotAvailable) {
    return failed("this machine has no port left for another connection; ask for fewer --clients");
  }
  const unreachable = (why: string): LoadError =>
    new LoadError("unreachable", `Can't connect to ${place}: ${why}`);
  if (error instanceof Deno.errors.ConnectionRefused) {
    return unreachable("nothing listens there; is the server running?");
  }
  if (error.name === "AbortError" || error.name === "TimeoutError") {
    if (open > 0) return failed(`the others got no answer within ${OPEN_MS / 1_000} s`);
    return unreachable(`no answer within ${CONNECT_MS / 1_000} s`);
  }
  if (error instanceof Deno.errors.NotCapable) {
    return unreachable("the permission is missing; run with --allow-net or -A");
  }
  const why = reasonOf(error);
  return open > 0 ? failed(why) : unreachable(why);
}
