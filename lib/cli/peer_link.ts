/** Opens the link for the subcommands that talk to a server. */

import { Link } from "../client/link.ts";
import type { LinkOptions } from "../client/link_options.ts";
import type { PatienceOptions } from "../client/patience.ts";
import { RefusedError } from "../client/refusal.ts";
import type { ByteStream } from "../client/wire.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import { reasonOf } from "../wire/text.ts";
import type { Invocation } from "./flags.ts";
import { checkClassic, givenInvite, givenRooms, givenSecrets } from "./peer.ts";
import { inertLine } from "../words/inert.js";
import { complain } from "./output.ts";
import { sendingAtOnce } from "./open_conn.ts";
import { type TlsWish, tlsWish } from "./tls_peer.ts";
import type { Addresses } from "./addresses.ts";
import { type Address, formatAddress, parseAddress } from "./values.ts";

/** How long it may take to connect, in ms; and where others could be tried meanwhile. */
const CONNECT_MS = 10_000;
const CONNECT_AMONG_OTHERS_MS = 5_000;

/** Options of {@linkcode openLink}. */
export interface OpenLinkOptions extends
  Pick<
    LinkOptions,
    "giveUpMs" | "wasReached" | "secrets" | "label" | "earlier" | "since" | keyof PatienceOptions
  > {
  /** There is a person, who can read a warning, and whose coming the others are told. */
  readonly person?: boolean;
  /** How to speak TLS; by default as the flags say. */
  readonly wish?: TlsWish | undefined;
  /** It needs no room: it is for what is said to one person. */
  readonly roomless?: boolean;
  /** A connection with the first server that is open already. */
  readonly stream?: ByteStream | undefined;
}

/**
 * Opens a link by the flags, to the first of the servers and then to whichever is there. `giveUpMs`: how long to try after the connection was lost. With a person
 * it may fall back to the classic protocol by itself. Without one it is a visitor, and gets no earlier
 * messages: a program would take them for new ones.
 */
export function openLink(
  invocation: Invocation,
  addresses: Addresses,
  name: string,
  {
    wish = tlsWish(invocation, addresses[0]),
    stream,
    person = false,
    roomless = false,
    ...options
  }: OpenLinkOptions = {},
): Link {
  checkClassic(invocation);
  let first = stream;
  const invite = givenInvite(invocation);
  const given = givenRooms(invocation);
  // An account has no default room: a person is where they were last, a script in this one.
  const isElsewhere = person || roomless || invite !== undefined || given.length > 0;
  const rooms = isElsewhere ? given : [DEFAULT_ROOM];
  return new Link({
    secrets: givenSecrets(invocation),
    servers: addresses.map(formatAddress),
    connect: async (signal, { server, isOnly }) => {
      const made = first;
      first = undefined;
      // What a server tells of others changes nothing in how each is asked who it is.
      const connectMs = isOnly ? CONNECT_MS : CONNECT_AMONG_OTHERS_MS;
      return made ?? await connectTo(parseAddress(server), wish, signal, connectMs);
    },
    name,
    rooms,
    ...(invite === undefined ? {} : { invite }),
    classic: invocation.has("classic"),
    // Nodes of a cluster know events: one that says nothing is taken for one that hangs.
    fallBack: person && addresses.length === 1,
    ...person
      ? {}
      : { scrollback: 0, visitor: invocation.has("exact-name") ? "exact" : "numbered" },
    ...options,
  });
}

/** For a program that sends what it is given: for so many ms it sends again what is refused for now, and says so. */
export function persistent(persistMs: number): Required<PatienceOptions> {
  const onWaiting = (text: string): void =>
    complain(`Not taken yet, trying again: ${inertLine(text)}`);
  return { persistMs, onWaiting };
}

/**
 * Connects, over TLS if `wish` is given. Rejects with a sentence that says what has failed.
 * `connectMs`: how long it may take.
 */
export async function connectTo(
  address: Address,
  wish: TlsWish | undefined,
  closing: AbortSignal,
  connectMs = CONNECT_MS,
): Promise<ByteStream> {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(connectMs)]);
  let unanswered = "no answer";
  try {
    const { hostname, port } = address;
    const conn = sendingAtOnce(await Deno.connect({ hostname, port, signal }));
    if (wish === undefined) return conn;
    unanswered = "it may not speak TLS there: no answer";
    // A client without TLS does not load this.
    const { secured } = await import("./tls_trust.ts");
    return await secured(conn, address, wish, signal);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    const why = explain(error as Error, `${unanswered} within ${connectMs / 1_000} s`);
    throw new Error(`Can't connect to ${formatAddress(address)}: ${why}`, { cause: error });
  }
}

function explain(error: Error, unanswered: string): string {
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "nothing listens there; is the server running?";
  }
  if (error.name === "TimeoutError") return unanswered;
  if (error instanceof Deno.errors.NotCapable) {
    return "the permission is missing; run with --allow-net or -A";
  }
  return reasonOf(error);
}
