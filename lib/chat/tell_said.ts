/** Tells a room what was said in it, and what was done about that; and the one who asked, that it is stored. */

import type { Event, EventOf, SentFile } from "../wire/events.ts";
import { type Asked, refuse } from "./asked.ts";
import type { HouseParts } from "./house_parts.ts";
import { lifeEvent } from "./life_event.ts";
import { asEntry } from "./log/as_entry.ts";
import type { Entry, SayFact } from "./log/fact.ts";
import type { LifeFact } from "./log/life_facts.ts";
import type { StoredNow } from "./log/receipt.ts";
import { isoTime } from "./log/times.ts";
import { questionTold } from "./messages/question.ts";
import { isRoomLog, type RoomLog } from "./messages/log_key.ts";
import { tellAboutDirect } from "./tell_direct.ts";

/** The parts of the house that this needs. */
type TellParts = Pick<HouseParts, "registry" | "audiences">;

/** Everybody in the room gets the message; its sender gets an ack in its place. */
export function tellSaid(
  house: TellParts,
  fact: SayFact,
  entry: Entry,
  asked: Asked | undefined,
): void {
  const { log, title, file } = fact;
  const now = storedNow(entry);
  const event = now && messageOf(fact, now, entry.at);
  tellRoom(house, { log, title, entry, event, file: now && file }, asked);
}

/** Everybody who may read the message is told what was done about it; who did that gets an ack. */
export function tellAbout(
  house: HouseParts,
  fact: LifeFact,
  entry: Entry,
  asked: Asked | undefined,
): void {
  const { log, title } = fact;
  if (fact.kind === "remove" && storedNow(entry)) house.files?.transfers.removed(log, fact.re);
  if (!isRoomLog(log)) return tellAboutDirect(house, fact, entry, asked);
  const now = storedNow(entry);
  const event = now && lifeEvent({ room: title }, asEntry(fact, now, entry.at), false);
  tellRoom(house, { log, title, entry, event }, asked);
}

/** What a room is told of an entry. */
interface ToldRoom {
  readonly log: RoomLog;
  readonly title: string;
  readonly entry: Entry;
  /** None for what was stored before, or is not. */
  readonly event: Event | undefined;
  /** A file that is new, for the ack. */
  readonly file?: SentFile | undefined;
}

function tellRoom(
  { registry, audiences }: TellParts,
  { log, title, entry, event, file }: ToldRoom,
  asked: Asked | undefined,
): void {
  // Storing takes time: the room may have been closed, and opened again, since it was said.
  const room = registry.roomOf(log);
  const audience = room && audiences.of(room.key);
  const stored = ackOf(title, entry, asked?.id);
  if (stored === undefined) {
    audience?.flush();
    return refuseAsked(asked, entry);
  }
  if (asked === undefined) return event && audience?.publish(event);
  const { session } = asked;
  const ack = file === undefined ? stored : { ...stored, file };
  const listening = audience?.hears(session) ?? false;
  if (event !== undefined) audience?.publish(event, session, ack);
  else audience?.flush();
  // A client that has come back since, and still catches up, gets this ack among what it missed. If it
  // came earlier, the client would think that it has seen everything before it.
  if (!asked.isSamePeer && !listening && room?.members.has(session)) return;
  if (event === undefined || !listening) session.deliver(ack);
}

/** Where an entry is stored that is new. */
function storedNow({ receipt }: Entry): StoredNow | undefined {
  return receipt !== undefined && "seq" in receipt ? receipt : undefined;
}

function messageOf(fact: SayFact, { seq, quote }: StoredNow, said: number): Event {
  const { title: room, from, text, action, notice, author: by, file, re, all, ask } = fact;
  const at = isoTime(said);
  const isPlain = file === undefined && re === undefined && all === undefined &&
    notice === undefined && ask === undefined;
  if (!isPlain) {
    return {
      ...{ type: "message", room, seq, from, at, text },
      ...(by === undefined ? {} : { by }),
      ...(action === undefined ? {} : { action }),
      ...(notice === undefined ? {} : { notice }),
      ...(file === undefined ? {} : { file }),
      ...(all === undefined ? {} : { all }),
      ...(re === undefined ? {} : { re }),
      ...(quote === undefined ? {} : { quote }),
      ...(ask === undefined ? {} : { ask: questionTold(ask, said) }),
    };
  }
  const event = { type: "message", room, seq, from, at, text } as const;
  if (by === undefined) return action ? { ...event, action } : event;
  return action ? { ...event, by, action } : { ...event, by };
}

/** The ack of what is stored, now or since before. */
function ackOf(
  title: string,
  { at: stored, receipt }: Entry,
  id: string | undefined,
): EventOf<"ack"> | undefined {
  if (receipt === undefined) return undefined;
  let place: { readonly room: string; readonly seq: number; readonly at: string };
  if ("seq" in receipt) place = { room: title, seq: receipt.seq, at: isoTime(stored) };
  else if ("again" in receipt) place = receipt.again;
  else return undefined;
  const { room, seq, at } = place;
  return id === undefined ? { type: "ack", room, seq, at } : { type: "ack", id, room, seq, at };
}

/** Tells the session that asked that its request is refused, and why. */
export function refuseAsked(asked: Asked | undefined, { receipt }: Entry): void {
  if (asked === undefined || receipt === undefined || !("refused" in receipt)) return;
  refuse(asked.session, asked, receipt.refused);
}
