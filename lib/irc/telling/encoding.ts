/** Encodes what happens in rooms once for all clients with the same capabilities. */

import type { Event, EventOf } from "../../wire/events.ts";
import type { Cap, ClientCaps } from "../caps.ts";
import type { IrcServer } from "../irc_server.ts";
import type { LineWriter } from "../lines/carrier.ts";
import { renderLine } from "../lines/write.ts";
import { newsLines } from "./news.ts";
import { withAccount } from "./prefix.ts";
import { isRanked } from "./ranks.ts";

/** Somebody who has come into a room. */
export interface Came {
  readonly name: string;
  readonly room: string;
  readonly isRanked: boolean;
}

/** Events as lines. */
export interface EncodedNews {
  /** The lines of each event; `undefined`: they differ from client to client. */
  readonly texts: ReadonlyArray<string | undefined>;
  /** All of them, where none differs. */
  readonly bytes: Uint8Array | undefined;
  /** Who has come, as far as it is told, where, and whether as an operator. */
  readonly came: readonly Came[];
}

/** Encodes events; the clients for which that comes out the same share one. */
export type EncodeNews = (events: readonly Event[]) => EncodedNews;

const ofServers = new WeakMap<IrcServer, Map<LineWriter, Map<string, EncodeNews>>>();

/** The encoding for clients with these capabilities, whose lines become bytes in this way. */
export function encodingFor(
  server: IrcServer,
  caps: ClientCaps,
  write: LineWriter,
): EncodeNews {
  let ways = ofServers.get(server);
  if (ways === undefined) ofServers.set(server, ways = new Map());
  let known = ways.get(write);
  if (known === undefined) ways.set(write, known = new Map());
  const key = caps.telling;
  let encode = known.get(key);
  if (encode === undefined) {
    // The client's own set may change.
    const fixed = new Set(caps);
    encode = (events) => {
      const texts = events.map((event) => textOf(server, fixed, event));
      const isWhole = texts.every((text) => text !== undefined);
      const came = events.flatMap((event) => event.type === "joined" ? cameBy(server, event) : []);
      return { texts, bytes: isWhole ? write(texts.join("")) : undefined, came };
    };
    known.set(key, encode);
  }
  return encode;
}

/** What is to be noted of somebody who has come. */
export function cameBy(server: IrcServer, { room, name }: EventOf<"joined">): Came {
  return { name, room, isRanked: isRanked(server, room, name) };
}

function textOf(server: IrcServer, caps: ReadonlySet<Cap>, event: Event): string | undefined {
  // An answer is for one client alone, and so is where it has come itself.
  if (event.id !== undefined || event.type === "joined" && event.own) return undefined;
  return newsLines(server, caps, event)
    ?.map((line) => renderLine(withAccount(caps, line))).join("");
}
