/** MARKREAD: up to when somebody has read a channel or a conversation, on all their devices. */

import { seqAt } from "../../chat/answers/seq_at.ts";
import { after, type Later } from "../../chat/later.ts";
import { Refusal } from "../../chat/refusal.ts";
import { nameKey } from "../../words/names.js";
import type { IrcClient } from "../client.ts";
import { clientOf } from "../clients.ts";
import { isChannel, nameOfNick, nickOf, roomOfChannel } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";
import type { Reply } from "../reply.ts";
import { refusedIn } from "../telling/advice.ts";
import { keptIn, type Marked, markedAs, markOf, tellMark } from "../telling/marks.ts";
import { readTime, rememberReadTime } from "../telling/read_times.ts";
import { timeIn } from "../telling/times.ts";
import type { Command, Commands } from "./command.ts";

const markread: Command = {
  run(client, { params: [target, time] }, reply): Later<void> {
    const fail = (code: string, text: string, ...context: readonly string[]): void =>
      reply.fail("MARKREAD", code, text, ...context);
    if (target === undefined) return fail("NEED_MORE_PARAMS", "Where it is read is missing");
    const place = markedIn(client, target);
    const add = (line: IrcLine): void => reply.add(line);
    if (place === undefined) {
      if (time !== undefined) return fail("INVALID_PARAMS", "There is nothing to mark", target);
      // Nothing was read where nothing is, and none learns more of it.
      return add({ source: client.server.name, command: "MARKREAD", params: [target, "*"] });
    }
    if (time === undefined) return tellMark(client, place, add);
    const at = timeIn(time);
    if (at === undefined) return fail("INVALID_PARAMS", "That is no time", target, time);
    return mark(client, place, at, reply).then(() => after(tellMark(client, place, add), () => {}));
  },
};

/** A room or a conversation, be it one that has not begun; `undefined`: none that the client may know of. */
function markedIn(client: IrcClient, target: string): Marked | undefined {
  const { view } = client;
  if (isChannel(target)) {
    const room = view?.room(roomOfChannel(target) ?? "");
    return room?.isIn ? { room: room.name } : undefined;
  }
  const name = nameOfNick(target);
  const chat = view?.chats().find((each) => nameKey(each.with) === nameKey(name));
  if (chat !== undefined) return { chat: chat.chat, target: nickOf(chat.with) };
  const person = view?.person(name) ?? view?.account(name);
  return person && { target: nickOf(person.name) };
}

/** Marks all as read that was said by a time, and remembers the time; it only ever goes on. */
async function mark(client: IrcClient, place: Marked, wanted: number, reply: Reply): Promise<void> {
  try {
    await client.peer.costly("history");
    const before = await markOf(client, place);
    const known = readTime(client, markedAs(place), before);
    if (known >= wanted) return;
    if (before < wanted) await markInHouse(client, place, wanted);
    const read = await markOf(client, place);
    // Nothing is read that is said later, by the clock that gives messages their times.
    const at = Math.min(wanted, Math.max(client.house.state.people.now, read));
    if (known >= at) return;
    rememberReadTime(client, markedAs(place), { at, read });
    // Of another message the house tells the other devices itself.
    if (read === before) tellOthers(client, place);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reply.refuse("MARKREAD", refusedIn(error));
  }
}

/** Has the house mark the last message that was said by a time, where it keeps how far the client has read. */
async function markInHouse(client: IrcClient, place: Marked, at: number): Promise<void> {
  const { house, peer } = client;
  const where = keptIn(place);
  if (where === undefined) return;
  const seq = await house.read(peer, (parts, session) => seqAt(parts, session, where, at)) ?? 0;
  let refusal: Refusal | undefined;
  const reply = { hold: (): void => {}, release: (): void => {} };
  await client.ask(reply, { type: "read", ...where, seq }, () => {}, ({ code, message }) => {
    refusal = new Refusal(code, message);
  });
  // Guests have no list, and neither is there a room in one that was joined on a connection alone.
  if (refusal !== undefined && !UNLISTED.has(refusal.code)) throw refusal;
}

/** What the house says of a place that somebody has not listed. */
const UNLISTED: ReadonlySet<string> = new Set(["not-in-room", "no-such-chat"]);

/** Tells the other clients of the same person. */
function tellOthers(client: IrcClient, place: Marked): void {
  for (const peer of client.view?.self.peers ?? []) {
    const other = clientOf(peer);
    if (other === undefined || other === client) continue;
    other.background(tellMark(other, place, (line) => other.write(line)));
  }
}

/** The command for what was read. */
export const MARK_READ: Commands = { MARKREAD: markread };
