/**
 * A bulk export of Mattermost: a file of JSON lines, of users, channels and posts, whose replies are within them.
 * Private channels and direct messages are left out, since rooms that are imported are open.
 */

import { fieldsOf, listIn, textIn } from "./fields.ts";
import {
  type ForeignMessage,
  type ForeignReaction,
  type ForeignReading,
  inShort,
  messageTime,
  textParts,
  type UnreadLine,
} from "./foreign.ts";
import { emojiNamed, reactionNamed } from "./emoji_names.ts";
import { personName, roomNamed } from "./names.ts";

/** A post as it is kept until all are there: they are not in the order of their times. */
interface Post {
  readonly place: string;
  readonly ms: number;
  readonly from: string;
  readonly text: string;
  readonly isAction: boolean;
  readonly reactions: ReadonlyArray<readonly [user: string, key: string, at: string]>;
  readonly parent: Post | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads an export; `max`: how long a text may be, in UTF-16 code units. All of it is in memory meanwhile. */
export async function* mattermostLines(
  lines: AsyncIterable<string | UnreadLine>,
  reading: ForeignReading,
  max: number,
): AsyncGenerator<ForeignMessage | ForeignReaction> {
  const channels = new Channels(reading);
  const posts = new Map<string, Post[]>();
  let number = 0;
  for await (const line of lines) {
    reading.place = `Line ${++number}`;
    if (typeof line === "string" && line.trim() === "") continue;
    const entry = entryOf(line, reading);
    if (entry === undefined) continue;
    switch (entry["type"]) {
      case "channel":
        channels.add(fieldsOf(entry["channel"]));
        break;
      case "post": {
        const post = fieldsOf(entry["post"]);
        const room = channels.roomOf(post);
        if (room === undefined) break;
        let said = posts.get(room);
        if (said === undefined) posts.set(room, said = []);
        gather(post, { reading, said });
        break;
      }
      case "direct_post":
        reading.leaveOut("direct messages");
    }
  }
  for (const [room, said] of posts) yield* roomLines(room, said, reading, max);
}

/** What a line is; `undefined`: it can't be read. */
function entryOf(line: string | UnreadLine, reading: ForeignReading): Fields | undefined {
  if (typeof line !== "string") return void reading.skip(`it ${line.problem}`);
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && "type" in value) {
      // A post counts when it is gathered.
      if (value.type !== "post") reading.understood();
      return fieldsOf(value);
    }
  } catch {
    // Said below.
  }
  reading.skip("it is no JSON object with a type, as in a bulk export of Mattermost");
  return undefined;
}

/** The channels of all teams, and the rooms that they become. */
class Channels {
  readonly #rooms = new Map<string, string | undefined>();
  readonly #taken = new Set<string>();
  readonly #reading: ForeignReading;

  constructor(reading: ForeignReading) {
    this.#reading = reading;
  }

  add({ team, name, type }: Fields): void {
    const isOpen = type === "O";
    if (!isOpen) this.#reading.leaveOut("private channels");
    this.#rooms.set(
      idOf(team, name),
      isOpen ? this.#free(textIn(team), textIn(name)) : undefined,
    );
  }

  /** The room of a post; `undefined`: it is left out. */
  roomOf({ team, channel }: Fields): string | undefined {
    const id = idOf(team, channel);
    if (!this.#rooms.has(id)) {
      this.#reading.skip(`there is no channel ${inShort(channel)} before this post`);
      return undefined;
    }
    const room = this.#rooms.get(id);
    if (room === undefined) this.#reading.leaveOut("messages of private channels");
    return room;
  }

  /** Teams may have channels of the same name. */
  #free(team: string, name: string): string {
    const plain = roomNamed(name);
    const room = this.#taken.has(plain.toLowerCase()) ? roomNamed(`${name}-${team}`, team) : plain;
    this.#taken.add(room.toLowerCase());
    return room;
  }
}

function idOf(team: unknown, channel: unknown): string {
  return `${textIn(team)}/${textIn(channel)}`;
}

/** Takes in a post, and its replies. */
function gather(
  fields: Fields,
  { reading, said, parent }: {
    readonly reading: ForeignReading;
    readonly said: Post[];
    readonly parent?: Post;
  },
): void {
  const { user, message, create_at, type } = fields;
  const kind = textIn(type);
  if (kind.startsWith("system_")) {
    return reading.leaveOut("notices of who came, of topics and the like");
  }
  const ms = Number(create_at);
  if (messageTime(ms) === undefined) {
    reading.skip(`its create_at is no time in ms: ${inShort(create_at)}`);
    if (parent === undefined) gatherReplies(fields, reading, said);
    return;
  }
  reading.understood();
  const files = listIn(fields["attachments"]).map((file) =>
    textIn(fieldsOf(file)["path"]).split("/").at(-1) ?? ""
  ).filter(Boolean);
  reading.leaveOut("files, of which the name is kept", files.length);
  const isAction = kind === "me";
  const words = emojiNamed(textIn(message));
  const written = isAction ? words.replace(/^\*([^]*)\*$/, "$1") : words;
  const text = [written, ...files.map((name) => `[file: ${name}]`)]
    .filter((part) => part.trim() !== "").join("\n");
  if (text === "") reading.leaveOut("messages without a text");
  const reactions = text === "" ? [] : reactionsIn(fields, reading);
  const post = { place: reading.place, ms, from: personName(textIn(user)), text, isAction };
  const whole = { ...post, reactions, parent };
  if (text !== "") said.push(whole);
  if (parent === undefined) gatherReplies(fields, reading, said, whole);
}

/** Takes in the replies to a post; those to one that can't be read answer nothing. */
function gatherReplies(
  fields: Fields,
  reading: ForeignReading,
  said: Post[],
  parent?: Post,
): void {
  for (const reply of listIn(fields["replies"])) {
    gather({ ...fieldsOf(reply), replies: [] }, { reading, said, ...parent && { parent } });
  }
}

function reactionsIn(fields: Fields, reading: ForeignReading): Post["reactions"] {
  return listIn(fields["reactions"]).flatMap((value) => {
    const { user, emoji_name, create_at } = fieldsOf(value);
    const key = reactionNamed(textIn(emoji_name));
    const at = messageTime(Number(create_at));
    if (key !== undefined && at !== undefined) return [[textIn(user), key, at] as const];
    reading.leaveOut("reactions that are no emoji here");
    return [];
  });
}

function* roomLines(
  room: string,
  said: Post[],
  reading: ForeignReading,
  max: number,
): Generator<ForeignMessage | ForeignReaction> {
  const seqs = new Map<Post, number>();
  let seq = 0;
  for (const post of said.sort((one, other) => one.ms - other.ms)) {
    reading.place = post.place;
    const at = messageTime(post.ms) as string;
    const re = post.parent && seqs.get(post.parent);
    const first = seq + 1;
    seqs.set(post, first);
    for (const text of textParts(post.text, max)) {
      const action = post.isAction ? { action: true as const } : {};
      yield { room, seq: ++seq, from: post.from, at, text, ...action, ...re && { re } };
    }
    for (const [user, key, when] of post.reactions) {
      yield { type: "reacted", room, re: first, from: personName(user), who: user, at: when, key };
    }
  }
}
