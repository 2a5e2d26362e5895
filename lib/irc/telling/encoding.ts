/** Encodes what happens in rooms once for all clients with the same capabilities. */

import type { Event } from "../../wire/events.ts";
import type { Cap, ClientCaps } from "../caps.ts";
import type { IrcServer } from "../irc_server.ts";
import type { LineWriter } from "../lines/carrier.ts";
import { renderLine } from "../lines/write.ts";
import { newsLines } from "./news.ts";
import { areApart, type Note, noteOf } from "./notes.ts";
import { withAccount } from "./prefix.ts";

/** Events as lines. */
export interface EncodedNews {
  /** The lines of each event; `undefined`: they differ from client to client. */
  readonly texts: ReadonlyArray<string | undefined>;
  /** All of them, where none differs: for clients that are told of all {@linkcode notes} alike. */
  readonly bytes: Uint8Array | undefined;
  /** Who has come and gone. */
  readonly notes: readonly Note[];
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
      const notes = events.flatMap((event) => noteOf(server, event) ?? []);
      const isWhole = texts.every((text) => text !== undefined) && areApart(notes);
      return { texts, bytes: isWhole ? write(texts.join("")) : undefined, notes };
    };
    known.set(key, encode);
  }
  return encode;
}

function textOf(server: IrcServer, caps: ReadonlySet<Cap>, event: Event): string | undefined {
  // An answer is for one client alone, and so is where it has come or gone itself.
  if (event.id !== undefined) return undefined;
  if ((event.type === "joined" || event.type === "left") && event.own) return undefined;
  return newsLines(server, caps, event)
    ?.map((line) => renderLine(withAccount(caps, line))).join("");
}
