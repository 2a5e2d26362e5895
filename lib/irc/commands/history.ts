/** CHATHISTORY: what was said before, by ids or times. */

import { seqAt } from "../../chat/answers/seq_at.ts";
import { Refusal } from "../../chat/refusal.ts";
import type { EventOf } from "../../wire/events.ts";
import type { IrcClient } from "../client.ts";
import { channelOfRoom, isChannel, nameOfNick, nickOf, roomOfChannel } from "../lines/irc_names.ts";
import { messageWithId, msgidOf } from "../lines/msgid.ts";
import type { IrcLine } from "../lines/write.ts";
import type { Reply } from "../reply.ts";
import { refusedIn } from "../telling/advice.ts";
import { lastInPlaces } from "../telling/last_said.ts";
import { messageLines, msgidPlace } from "../telling/news.ts";
import { timeIn } from "../telling/times.ts";
import { nameKey } from "../../words/names.js";
import type { Command, Commands } from "./command.ts";
import { type HistoryPoint, type HistoryRange, rangesOf } from "./history_ranges.ts";

const NAME = "CHATHISTORY";

type Said = EventOf<"page">["messages"][number];

/** A room or a conversation, and what it is shown as. */
interface Place {
  readonly room?: string;
  readonly chat?: string;
  readonly target: string;
  /** How the client has written it: so the batch calls it that answers. */
  readonly asked: string;
}

/** Thrown for a request that is wrong in itself, with its code. */
class WrongRequest extends Error {
  constructor(readonly code: string, text: string, readonly context: readonly string[] = []) {
    super(text);
  }
}

const chathistory: Command = {
  async run(client, { params: [asked = "", ...params] }, reply): Promise<void> {
    const command = asked.toUpperCase();
    try {
      if (!Object.hasOwn(PARAMETERS, command)) {
        throw new WrongRequest("UNKNOWN_COMMAND", `There is no ${NAME} of that kind`);
      }
      if (params.length < (PARAMETERS[command] ?? 0)) {
        throw new WrongRequest("NEED_MORE_PARAMS", "Some parameters are missing");
      }
      if (command === "TARGETS") return await tellTargets(client, params, reply);
      await tellPart(client, command, params, reply);
    } catch (error) {
      if (error instanceof WrongRequest) {
        return reply.fail(NAME, error.code, error.message, command, ...error.context);
      }
      if (!(error instanceof Refusal)) throw error;
      reply.fail(NAME, "INVALID_TARGET", `${refusedIn(error).message}.`, command, params[0] ?? "");
    }
  },
};

/** How many parameters each kind takes at least. */
const PARAMETERS: Readonly<Record<string, number>> = {
  LATEST: 3,
  BEFORE: 3,
  AFTER: 3,
  AROUND: 3,
  BETWEEN: 4,
  TARGETS: 3,
};

async function tellPart(
  client: IrcClient,
  command: string,
  params: readonly string[],
  reply: Reply,
): Promise<void> {
  const [target = "", ...refs] = params;
  const place = placeOf(client, target);
  const limit = limitIn(client, refs.at(-1));
  if (place === undefined) {
    throw new WrongRequest("INVALID_TARGET", "There is nothing to read", [target]);
  }
  // A conversation in which nothing was said yet.
  if (place.room === undefined && place.chat === undefined) return tell(client, place, [], reply);
  const points = await Promise.all(
    refs.slice(0, -1).map((ref) => ref === "*" ? undefined : pointOf(client, place, ref, command)),
  );
  const ranges = rangesOf(command, points, limit);
  const messages: Array<Said> = [];
  let hasMore = false;
  for (const range of ranges) {
    const found = await read(client, place, range, reply);
    messages.push(...found.messages);
    hasMore ||= found.hasMore;
  }
  tell(client, place, messages, reply);
  if (hasMore && READS_BACK.has(command)) tellEarlier(client, { place, limit }, messages, reply);
}

/** These bring the end of what was said before. */
const READS_BACK: ReadonlySet<string> = new Set(["LATEST", "BEFORE"]);

/** Says how one reads on, for those who type it: their clients show no ids. */
function tellEarlier(
  client: IrcClient,
  { place: { room, chat, target }, limit }: { readonly place: Place; readonly limit: number },
  [first]: readonly Said[],
  reply: Reply,
): void {
  const { server, caps } = client;
  if (first === undefined || caps.has("draft/chathistory")) return;
  const at = msgidPlace(room ?? "", chat);
  const id = msgidOf(server.shared.house.index.epoch, at, first.seq);
  const text = `There is more before these: /quote ${NAME} BEFORE ${target} msgid=${id} ${limit}`;
  const to = chat === undefined ? target : nickOf(client.name);
  reply.add({ source: server.name, command: "NOTICE", params: [to, text] });
}

/** Reads a part of a log. */
async function read(
  client: IrcClient,
  { room, chat }: Place,
  range: HistoryRange,
  reply: Reply,
): Promise<{ readonly messages: readonly Said[]; readonly hasMore: boolean }> {
  const { after = 0, before, limit, isEnd } = range;
  if (before !== undefined && before <= after + 1) return { messages: [], hasMore: false };
  let messages: readonly Said[] = [];
  let hasMore = false;
  let refusal: Refusal | undefined;
  const place = chat === undefined ? { room: room ?? "" } : { chat };
  await client.ask(
    reply,
    {
      type: "history",
      ...place,
      limit,
      ...(before === undefined ? {} : { before }),
      ...(isEnd ? {} : { after }),
    },
    (event) => {
      if (event.type === "page") ({ messages, more: hasMore } = event);
    },
    ({ code, message }) => refusal = new Refusal(code, message),
  );
  if (refusal !== undefined) throw refusal;
  const found = messages.filter(({ seq }) => seq > after);
  return { messages: found, hasMore: hasMore && found.length === messages.length };
}

/** The room or conversation that a target means; `undefined`: none that the client may read. */
function placeOf(client: IrcClient, target: string): Place | undefined {
  const { view } = client;
  if (isChannel(target)) {
    const room = roomOfChannel(target);
    const viewed = room === undefined ? undefined : view?.room(room);
    if (viewed === undefined || !viewed.isIn) return undefined;
    return { room: viewed.name, target: channelOfRoom(viewed.name), asked: target };
  }
  const name = nameOfNick(target);
  const chat = view?.chats().find((each) => nameKey(each.with) === nameKey(name));
  if (chat !== undefined) return { chat: chat.chat, target: nickOf(chat.with), asked: target };
  const person = view?.person(name) ?? view?.account(name);
  return person === undefined ? undefined : { target: nickOf(person.name), asked: target };
}

function limitIn({ server: { shared } }: IrcClient, text: string | undefined): number {
  const limit = /^\d{1,9}$/.test(text ?? "") ? Number(text) : NaN;
  if (Number.isNaN(limit)) throw new WrongRequest("INVALID_PARAMS", "The limit is no number");
  return Math.max(1, Math.min(limit, shared.limits.pageMessages));
}

/** Where in a log something was said that is named by an id or a time. */
async function pointOf(
  client: IrcClient,
  place: Place,
  ref: string,
  command: string,
): Promise<HistoryPoint> {
  const { house, peer } = client;
  const { target: _, asked: __, ...where } = place;
  const id = /^msgid=(.+)$/.exec(ref)?.[1];
  if (id !== undefined) {
    const found = messageWithId(house.index.epoch, id);
    const isThere = found !== undefined &&
      (found.place.chat === undefined
        ? place.room !== undefined && found.place.room === nameKey(place.room)
        : found.place.chat === place.chat);
    if (!isThere) throw new WrongRequest("INVALID_PARAMS", "There is no such message", [ref]);
    // What is said at that place is on neither side; around it, it belongs to the second half.
    return { before: found.seq - 1, after: found.seq + 1 };
  }
  const at = timeIn(ref);
  if (at === undefined) {
    throw new WrongRequest("INVALID_PARAMS", `${command} takes timestamp= or msgid=`, [ref]);
  }
  // Looking for a time reads as much as a page takes, also if nothing is told then.
  await peer.costly("history");
  const seqBy = async (ms: number): Promise<number> =>
    await house.read(peer, (parts, session) => seqAt(parts, session, where, ms)) ?? 0;
  return { before: await seqBy(at - 1), after: await seqBy(at) + 1 };
}

/** Tells messages as a batch, or one by one where the client knows of none. */
function tell(
  client: IrcClient,
  { target, asked, chat }: Place,
  messages: readonly Said[],
  reply: Reply,
): void {
  const { server, caps } = client;
  const ref = caps.has("batch") ? client.nextBatch() : undefined;
  const batch = (sign: string, ...params: readonly string[]): IrcLine => ({
    source: server.name,
    command: "BATCH",
    params: [`${sign}${ref}`, ...params],
  });
  if (ref !== undefined) reply.add(batch("+", "chathistory", asked));
  for (const message of messages) {
    // What was removed is no message any more.
    if (message.removed !== undefined) continue;
    const placed = chat === undefined ? message : { ...message, chat };
    const to = chat === undefined || message.own ? target : nickOf(client.name);
    for (const line of messageLines(server, caps, placed, to, ref)) reply.add(line);
  }
  if (ref !== undefined) reply.add(batch("-"));
}

/** Tells in which rooms and conversations something was said between two times. */
async function tellTargets(
  client: IrcClient,
  [first = "", second = "", most]: readonly string[],
  reply: Reply,
): Promise<void> {
  const limit = limitIn(client, most);
  const times = [first, second].map(timeIn);
  const [from, to] = times;
  if (from === undefined || to === undefined) {
    throw new WrongRequest("INVALID_PARAMS", "TARGETS takes timestamp= twice");
  }
  const [low, high] = from < to ? [from, to] : [to, from];
  const found = (await lastInPlaces(client)).filter(({ at }) => at > low && at < high);
  found.sort((a, b) => a.at - b.at);
  const { server } = client;
  const ref = client.nextBatch();
  const source = server.name;
  reply.add({ source, command: "BATCH", params: [`+${ref}`, "draft/chathistory-targets"] });
  const some = from < to ? found.slice(0, limit) : found.reverse().slice(0, limit);
  for (const { target, at } of some) {
    reply.add({
      tags: [["batch", ref]],
      source,
      command: NAME,
      params: ["TARGETS", target, new Date(at).toISOString()],
    });
  }
  reply.add({ source, command: "BATCH", params: [`-${ref}`] });
}

/** The command for history. */
export const HISTORY: Commands = { [NAME]: chathistory };
