/**
 * An export of Slack: `users.json`, `channels.json`, and a directory for each channel with a file for each day,
 * in which messages are in order. Private channels and direct messages are left out, since rooms that are
 * imported are open.
 */

import { fieldsOf, listIn, textIn } from "./fields.ts";
import {
  type ForeignMessage,
  type ForeignReaction,
  type ForeignReading,
  inShort,
  messageTime,
  textParts,
} from "./foreign.ts";
import { emojiNamed, reactionNamed } from "./emoji_names.ts";
import { PeopleNamed, roomNamed } from "./names.ts";
import { type SlackNames, slackText } from "./slack_text.ts";

/** A directory of an export. Both throw what they can't read as sentences. */
export interface ExportFolder {
  /** The text of a file; `undefined` if there is none. */
  read(path: string): Promise<string | undefined>;
  /** The names in a directory, in order; none if there is no such directory. */
  list(path: string): Promise<readonly string[]>;
}

/** News of the channel and the like, which nobody said. */
const SAID: ReadonlySet<string> = new Set([
  ...["", "bot_message", "me_message", "thread_broadcast", "file_share", "file_comment"],
  ...["file_mention", "slackbot_response", "sh_room_created"],
]);

/** A day's file is of a directory, and of nothing else. */
const DAY = /^\d{4}-\d\d-\d\d\.json$/;

interface SlackChannel {
  readonly folder: string;
  readonly room: string;
}

/** Reads an export; `max`: how long a text may be, in UTF-16 code units. */
export async function* slackLines(
  folder: ExportFolder,
  reading: ForeignReading,
  max: number,
): AsyncGenerator<ForeignMessage | ForeignReaction> {
  const people = new PeopleNamed();
  for (const user of await readList(folder, reading, "users.json") ?? []) {
    const { id, name, real_name, profile } = fieldsOf(user);
    const { display_name, real_name: real } = fieldsOf(profile);
    people.add(textIn(id), ...[display_name, name, real, real_name].map(textIn));
  }
  const channels = new Map<string, SlackChannel>();
  const listed = await readList(folder, reading, "channels.json");
  if (listed === undefined) {
    reading.place = "channels.json";
    throw reading.error(
      "there is none; give the directory that an export of Slack was unzipped to",
    );
  }
  for (const channel of listed) {
    const { id, name } = fieldsOf(channel);
    channels.set(textIn(id), {
      folder: textIn(name),
      room: roomNamed(textIn(name), textIn(id)),
    });
  }
  for (const [file, what] of PRIVATE) {
    reading.leaveOut(what, (await readList(folder, reading, file) ?? []).length);
  }
  const names: SlackNames = {
    person: (id) => people.of(id, ""),
    room: (id) => channels.get(id)?.room,
  };
  for (const channel of channels.values()) {
    yield* channelLines(folder, channel, { reading, people, names, max });
  }
}

const PRIVATE = [
  ["groups.json", "private channels"],
  ["mpims.json", "conversations of several people"],
  ["dms.json", "conversations of two people"],
] as const;

interface SlackParts {
  readonly reading: ForeignReading;
  readonly people: PeopleNamed;
  readonly names: SlackNames;
  readonly max: number;
}

async function* channelLines(
  folder: ExportFolder,
  { folder: path, room }: SlackChannel,
  { reading, people, names, max }: SlackParts,
): AsyncGenerator<ForeignMessage | ForeignReaction> {
  // A name is a name of a directory here, and no way out of the export.
  if (path === "" || path.startsWith(".") || /[/\\]/.test(path)) return;
  const seqs = new Map<string, number>();
  let seq = 0;
  for (const day of await folder.list(path)) {
    if (!DAY.test(day)) continue;
    const messages = await tryList(folder, reading, `${path}/${day}`) ?? [];
    if (messages === "no list") {
      reading.skip(NO_LIST);
      continue;
    }
    for (const [index, value] of messages.entries()) {
      reading.place = `${path}/${day}, message ${index + 1}`;
      const message = fieldsOf(value);
      const subtype = textIn(message["subtype"]);
      if (!SAID.has(subtype)) {
        reading.understood();
        reading.leaveOut("notices of who came, of topics and the like");
        continue;
      }
      const ts = textIn(message["ts"]);
      const at = messageTime(Math.floor(Number(ts) * 1_000));
      if (ts === "" || at === undefined) {
        reading.skip(`its ts is no time: ${inShort(message["ts"])}`);
        continue;
      }
      reading.understood();
      const from = speaker(message, people);
      const text = saidIn(message, names, reading);
      if (text === "") {
        reading.leaveOut("messages without a text");
        continue;
      }
      const first = seq + 1;
      const parent = seqs.get(textIn(message["thread_ts"]));
      for (const part of textParts(text, max)) {
        const action = subtype === "me_message" ? { action: true as const } : {};
        yield { room, seq: ++seq, from, at, text: part, ...action, ...parent && { re: parent } };
      }
      seqs.set(ts, first);
      yield* reactions(message, { room, re: first, at }, people, reading);
    }
  }
}

function speaker(message: Readonly<Record<string, unknown>>, people: PeopleNamed): string {
  const { name, real_name, display_name } = fieldsOf(message["user_profile"]);
  const bot = fieldsOf(message["bot_profile"]);
  const user = textIn(message["user"]) || textIn(fieldsOf(message["comment"])["user"]);
  const told = [message["username"], display_name, name, real_name, bot["name"]].map(textIn);
  return people.of(user, ...told, textIn(message["bot_id"]));
}

/** What a message says, with the names of its files, or what an attachment says where it has no text. */
function saidIn(
  message: Readonly<Record<string, unknown>>,
  names: SlackNames,
  reading: ForeignReading,
): string {
  const written = emojiNamed(slackText(textIn(message["text"]), names));
  const files = listIn(message["files"]).map((file) => textIn(fieldsOf(file)["name"])).filter(
    Boolean,
  );
  reading.leaveOut("files, of which the name is kept", files.length);
  const attached = written.trim() === ""
    ? listIn(message["attachments"]).map((each) => attachmentText(fieldsOf(each), names))
    : [];
  return [written, ...attached, ...files.map((name) => `[file: ${name}]`)]
    .filter((part) => part.trim() !== "").join("\n");
}

function attachmentText(fields: Readonly<Record<string, unknown>>, names: SlackNames): string {
  const { pretext, title, title_link, text, fallback } = fields;
  const link = textIn(title_link);
  const heading = [textIn(title), link === "" ? "" : `(${link})`].filter(Boolean).join(" ");
  const said = [textIn(pretext), heading, textIn(text)].filter(Boolean).join("\n");
  return emojiNamed(slackText(said === "" ? textIn(fallback) : said, names));
}

function* reactions(
  message: Readonly<Record<string, unknown>>,
  to: { readonly room: string; readonly re: number; readonly at: string },
  people: PeopleNamed,
  reading: ForeignReading,
): Generator<ForeignReaction> {
  for (const reaction of listIn(message["reactions"])) {
    const { name, users } = fieldsOf(reaction);
    const key = reactionNamed(textIn(name));
    const who = [...new Set(listIn(users).map(textIn).filter(Boolean))];
    if (key === undefined) reading.leaveOut("reactions that are no emoji here", who.length);
    else for (const id of who) yield { type: "reacted", ...to, from: people.of(id), who: id, key };
  }
}

const NO_LIST = "it is no list as JSON, as in an export of Slack";

/** A file that is a list; `undefined` if there is none. Throws if it is anything else. */
async function readList(
  folder: ExportFolder,
  reading: ForeignReading,
  path: string,
): Promise<readonly unknown[] | undefined> {
  const list = await tryList(folder, reading, path);
  if (list === "no list") throw reading.error(NO_LIST);
  return list;
}

/** A file that is a list; `undefined` if there is none. */
async function tryList(
  folder: ExportFolder,
  reading: ForeignReading,
  path: string,
): Promise<readonly unknown[] | "no list" | undefined> {
  reading.place = path;
  const text = await folder.read(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : "no list";
  } catch {
    return "no list";
  }
}
