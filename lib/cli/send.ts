/** `chatroom send`: delivers one message, or files, and exits. */

import { isMeantFor, type Shape, shown, whyEnded } from "../client/shown.ts";
import {
  CAUSE_CODES,
  type Conversation,
  type EndCause,
  type LinkEvent,
  NO_REPLY_CODE,
  RequestError,
} from "../client/conversation.ts";
import { inertLine } from "../words/inert.js";
import { sameName } from "../words/names.js";
import { firstBadLine, MAX_INPUT_LINE_BYTES, readAtMost } from "../client/lines.ts";
import type { FileTransfers } from "../client/files/file_transfers.ts";
import type { Link } from "../client/link.ts";
import { within } from "../wire/within.ts";
import type { Event } from "../wire/events.ts";
import { fileProgress } from "./file_progress.ts";
import {
  flagOf,
  type Invocation,
  parseFrom,
  strictText,
  type Subcommand,
  UsageError,
} from "./flags.ts";
import { complain, printResult } from "./output.ts";
import {
  PEER_FLAGS,
  PEER_NOTES,
  requiredName,
  serverAddress,
  SHAPE_FLAGS,
  SHAPE_NOTES,
  shapeFrom,
} from "./peer.ts";
import { openLink } from "./peer_link.ts";
import { endBySignal, filesFrom, sendFiles } from "./send_files.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS } from "./tls_peer.ts";
import { type Address, parseAddress, parseDuration } from "./values.ts";

/** How long to try after the connection was lost, in ms. */
const GIVE_UP_MS = 30_000;
/** How long to wait for a reply by default. */
const TIMEOUT = "30s";

/** `chatroom send`. */
export const sendCommand: Subcommand = {
  ...TITLES.send,
  positionals: "[HOST:PORT | tls://HOST] TEXT …",
  notes: [
    ...PEER_NOTES,
    "If the first word looks like HOST:PORT or tls://HOST, it is the server; after --server or -- all",
    "words are text. Words that could be either are refused: localhost or an IP address at the",
    "beginning, an address at the end, and where $CHATROOM_SERVER is set, a first word like HOST:PORT.",
    "Without TEXT and --file the message is what comes on stdin.",
    "",
    "With --file the first words that are files are sent too, as a shell makes them of *.pdf, and the",
    "rest is said with the first file; -- before TEXT keeps it a text, and a word without a dot or a",
    "slash that may be either is refused. - is what comes on stdin. If the connection breaks, what has",
    "arrived is not sent again.",
    "",
    "A reply is a direct message, or a message in the room that begins with our name and : or , or",
    "has @name in it; after --to, what that person sends us alone. To somebody with a reserved name who",
    "is away, a message waits. The classic protocol has no direct messages.",
    "",
    ...SHAPE_NOTES,
  ],
  flags: [
    ...Object.values(PEER_FLAGS),
    ...TLS_PEER_FLAGS,
    flagOf("-s, --server HOST[:PORT]", "the server, for a text that begins like one", {
      env: "CHATROOM_SERVER",
    }),
    flagOf("--to NAME", "send it to one person only, instead of to a room"),
    flagOf("-f, --file FILE", "send this file; - is stdin", { many: true }),
    flagOf("--as NAME", "what the file is called for the others", { default: "its own name" }),
    flagOf("--wait-reply", "print the first reply; exit code 3 when none comes in time"),
    flagOf("--timeout TIME", "how long to wait for a reply", { default: TIMEOUT }),
    { ...SHAPE_FLAGS.json, summary: "print the reply as a line of JSON" },
    {
      ...SHAPE_FLAGS.raw,
      summary: "print the reply's text alone, byte for byte; not on a terminal",
    },
  ],
  run: runSend,
};

async function runSend(invocation: Invocation): Promise<number> {
  const waiting = waitingFrom(invocation);
  const [address, words] = splitWords(invocation);
  const name = requiredName(invocation);
  const to = recipient(invocation);
  const files = await filesFrom(invocation, words);
  const text = files?.text ?? (words.length > 0 ? words.join(" ") : await textFromStdin());
  if (text === undefined) return 1;
  if (text === "" && files === undefined) {
    throw new UsageError("There is nothing to send: give a TEXT, use stdin, or name a --file");
  }
  const link = openLink(invocation, address, name, {
    giveUpMs: GIVE_UP_MS,
    roomless: to !== undefined,
  });
  const transfers = files === undefined ? undefined : await transfersOver(link);
  using signalled = transfers === undefined ? undefined : endBySignal(transfers, link);
  const ending = watch(transfers?.conversation ?? link, to);
  let code: number | undefined;
  const room = await ending.room;
  if (room !== undefined) {
    const sent = files === undefined || transfers === undefined
      ? sendText(link, to, room, text)
      : sendFiles(transfers, files, to === undefined ? { room } : { to });
    // A pipe that gives nothing would keep us when the link has ended.
    code = await Promise.race([sent, ending.cause.then(() => undefined)]);
    if (code === 0 && waiting !== undefined) code = await printReply(ending.reply, waiting);
  }
  await link.close();
  return signalled?.code ?? code ?? CAUSE_CODES[await ending.cause];
}

/** What carries files over a link. Who sends a text does not load it. */
async function transfersOver(link: Link): Promise<FileTransfers> {
  const { FileTransfers } = await import("../client/files/file_transfers.ts");
  return new FileTransfers(link, { onProgress: fileProgress().show });
}

/** Sends a message; resolves with the exit code, or `undefined` if the link has ended. */
async function sendText(
  link: Link,
  to: string | undefined,
  room: string,
  text: string,
): Promise<number | undefined> {
  try {
    const ack = await link.send(
      to === undefined ? { type: "say", room, text } : { type: "direct", to, text },
    );
    if (ack.type === "ack" && ack.away) {
      complain(`${inertLine(to ?? "")} is away and will find it`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.code === "ended") return undefined;
    complain(`The message was not sent: ${inertLine(error.message)}`);
    return 1;
  }
}

/** Whom `--to` names; `undefined`: it is for a room. Throws a {@linkcode UsageError}. */
function recipient(invocation: Invocation): string | undefined {
  const to = invocation.get("to");
  if (to === undefined) return undefined;
  if (invocation.all("room").length > 0) {
    throw new UsageError("--to and --room exclude each other: a message has one address");
  }
  if (!invocation.has("classic")) return to;
  throw new UsageError("--classic has no messages to one person; leave out --to");
}

/** The text on stdin without its last newline; `undefined` if it can't be a message. */
async function textFromStdin(): Promise<string | undefined> {
  const bytes = await readAtMost(Deno.stdin.readable);
  const bad = bytes && firstBadLine(bytes);
  if (bytes !== undefined && bad === undefined) {
    return strictText(bytes, "stdin").replace(/\r?\n$/, "");
  }
  complain(
    bytes === undefined
      ? `What comes on stdin has more than ${MAX_INPUT_LINE_BYTES} bytes; nothing was sent`
      : `Line ${bad} is not UTF-8 text; nothing was sent`,
  );
  return undefined;
}

/** How long to wait for a reply, and how to print it. */
interface Waiting {
  readonly ms: number;
  readonly time: string;
  readonly shape: Shape;
}

function waitingFrom(invocation: Invocation): Waiting | undefined {
  const time = invocation.get("timeout") ?? TIMEOUT;
  if (invocation.has("wait-reply")) {
    return { ms: parseFrom("--timeout", time, parseDuration), time, shape: shapeFrom(invocation) };
  }
  for (const flag of ["json", "raw", "timeout"]) {
    if (!invocation.has(flag) && invocation.get(flag) === undefined) continue;
    throw new UsageError(`--${flag} is about the reply; it needs --wait-reply`);
  }
  return undefined;
}

/** Prints the reply; resolves with 3 if none came in time, `undefined` if the link ended. */
async function printReply(
  reply: Promise<Event | undefined>,
  { ms, time, shape }: Waiting,
): Promise<number | undefined> {
  const event = await within(ms, reply.then((event) => ({ event })));
  if (event === undefined) {
    complain(`No reply came within ${time}`);
    return NO_REPLY_CODE;
  }
  if (event.event === undefined) return undefined;
  printResult(shown(event.event, { shape }).slice(0, -1));
  return 0;
}

/**
 * The server and the words of the message. Throws a {@linkcode UsageError} if a word may be either:
 * otherwise a text might go to the wrong server, or an address be sent as a text.
 */
function splitWords(invocation: Invocation): [Address, readonly string[]] {
  const { positionals, beforeDashes } = invocation;
  const words = positionals.slice(0, beforeDashes);
  const [first = ""] = words;
  const given = invocation.get("server");
  if (invocation.isSaid("server") && given !== undefined) {
    return [parseFrom("--server", given, parseAddress), positionals];
  }
  if (/^tls:\/\//i.test(first)) return [parseAddress(first), positionals.slice(1)];
  const isPlace = PLACE.test(first);
  if (isPlace && given !== undefined) {
    throw eitherWord(first, ", since $CHATROOM_SERVER names a server too");
  }
  if (isPlace) return [parseAddress(first), positionals.slice(1)];
  const last = words.at(-1) ?? "";
  if (isHost(first)) throw eitherWord(first);
  if (isHost(last) || isPlaceAtEnd(words)) throw eitherWord(last);
  return [serverAddress(undefined), positionals];
}

const PLACE = /^(\[[^\]]+\]|[\p{L}\p{M}\p{N}_.-]*):\d{1,5}$/u;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/;
const IPV6 = /^(?:\[[\da-f:.]+\](?::\d{1,5})?|[\da-f]*:[\da-f:.]*:[\da-f.]*)$/i;

/** Whether a word is a host, with or without a port, and hardly a message of its own. */
function isHost(word: string): boolean {
  if (/^(?:tls:\/\/.+|localhost(?::\d{1,5})?)$/i.test(word) || IPV4.test(word)) return true;
  // A time of the day has colons too.
  return IPV6.test(word) && (word.includes("::") || word.split(":").length >= 8);
}

/** Whether an address follows a quoted text, where `connect` would take it. A time of the day is none. */
function isPlaceAtEnd(words: readonly string[]): boolean {
  const [text = "", last = ""] = words;
  return words.length === 2 && /\s/.test(text) && PLACE.test(last) && /\p{L}/u.test(last);
}

function eitherWord(word: string, why = ""): UsageError {
  return new UsageError(
    `${JSON.stringify(word)} may be the server or the text${why}; nothing was sent. ` +
      `Write --server ${word} for the server, or -- before the text`,
  );
}

/** What we learn from the events of a link. */
interface Ending {
  /** The room that we are in; `undefined` if the link ended before. */
  readonly room: Promise<string | undefined>;
  /** The first message to us after ours was acknowledged. */
  readonly reply: Promise<Event | undefined>;
  readonly cause: Promise<EndCause>;
}

function watch(link: Conversation, to: string | undefined): Ending {
  const room = Promise.withResolvers<string | undefined>();
  const reply = Promise.withResolvers<Event | undefined>();
  const read = async (events: AsyncIterable<LinkEvent>): Promise<EndCause> => {
    let cause: EndCause = "left";
    let [place, isSent] = ["", false];
    for await (const event of events) {
      if (event.type === "ready") room.resolve(place = event.room);
      if (event.type === "ack") isSent = true;
      if (event.type !== "status") {
        const isReply = to === undefined
          ? isMeantFor(event, link.name, place)
          : event.type === "direct" && event.own !== true && sameName(event.from, to);
        if (isSent && isReply) reply.resolve(event);
        continue;
      }
      const isEnd = event.status === "ended" && event.cause !== "left";
      if (isEnd || event.fellBack) complain(whyEnded(event));
      cause = event.cause ?? cause;
    }
    room.resolve(undefined);
    reply.resolve(undefined);
    return cause;
  };
  return { room: room.promise, reply: reply.promise, cause: read(link.events) };
}
