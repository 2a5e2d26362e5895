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
import { noLife } from "../client/life_feature.ts";
import { unheardText } from "../words/unheard.js";
import { inertLine } from "../words/inert.js";
import { sameName } from "../words/names.js";
import { firstBadLine, MAX_INPUT_LINE_BYTES, readAtMost } from "../client/lines.ts";
import type { FileTransfers } from "../client/files/file_transfers.ts";
import type { Link } from "../client/link.ts";
import { within } from "../wire/within.ts";
import type { Event } from "../wire/events.ts";
import type { RequestOf } from "../wire/requests.ts";
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
  SHAPE_FLAGS,
  SHAPE_NOTES,
  shapeFrom,
} from "./peer.ts";
import { openLink, persistent } from "./peer_link.ts";
import { splitWords } from "./send_words.ts";
import { endBySignal, filesFrom, sendFiles } from "./send_files.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS } from "./tls_peer.ts";
import { parseCount, parseDuration } from "./values.ts";

/** How long to try after the connection was lost, or while the message is refused for now; in ms. */
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
    "has @name in it, or answers ours; after --to, what that person sends us alone. To somebody with a",
    "reserved name who is away, a message waits. The classic protocol has no direct messages.",
    "Anybody can reply: for what must not be answered by anybody there is chatroom ask.",
    "",
    "--re answers the message with this number in the room, or in the conversation with --to: the seq",
    "that --json prints, and that the client on a terminal shows before each message.",
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
    flagOf("--re NUMBER", "answer the message with this number"),
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
  const [addresses, words] = splitWords(invocation);
  const name = requiredName(invocation);
  const to = recipient(invocation);
  const re = answeredFrom(invocation);
  const files = await filesFrom(invocation, words);
  const text = files?.text ?? (words.length > 0 ? words.join(" ") : await textFromStdin());
  if (text === undefined) return 1;
  if (text === "" && files === undefined) {
    throw new UsageError("There is nothing to send: give a TEXT, use stdin, or name a --file");
  }
  const link = openLink(invocation, addresses, name, {
    giveUpMs: GIVE_UP_MS,
    ...persistent(GIVE_UP_MS),
    roomless: to !== undefined,
  });
  const transfers = files === undefined ? undefined : await transfersOver(link);
  using signalled = transfers === undefined ? undefined : endBySignal(transfers, link);
  const ending = watch(transfers?.conversation ?? link, to);
  let code: number | undefined;
  const room = await ending.room;
  if (room !== undefined) {
    const sent = files === undefined || transfers === undefined
      ? sendText(link, {
        ...to === undefined ? { type: "say", room, text } : { type: "direct", to, text },
        ...re === undefined ? {} : { re },
      })
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
  request: RequestOf<"say" | "direct">,
): Promise<number | undefined> {
  try {
    const lacking = link.welcome && noLife(request, link.welcome);
    if (lacking !== undefined) throw new RequestError("no-life", lacking);
    const ack = await link.send(request);
    if (ack.type === "ack" && ack.away) {
      const to = request.type === "direct" ? request.to ?? "" : "";
      complain(unheardText(inertLine(to), ack.guest === true));
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

/** The number that `--re` names. Throws a {@linkcode UsageError}. */
function answeredFrom(invocation: Invocation): number | undefined {
  const number = invocation.get("re");
  if (number === undefined) return undefined;
  if (invocation.has("classic")) {
    throw new UsageError("--classic has no numbers of messages; leave out --re");
  }
  if (invocation.all("file").length > 0) {
    throw new UsageError("--re and --file exclude each other: a file answers no message");
  }
  return parseFrom("--re", number, (text) => parseCount(text, 1));
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
    let seq: number | undefined;
    for await (const event of events) {
      if (event.type === "ready") room.resolve(place = event.room);
      if (event.type === "ack") [isSent, seq] = [true, event.seq];
      if (event.type !== "status") {
        const isReply = to === undefined
          ? isMeantFor(event, link.name, place) || answers(event, place, seq)
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

/** Whether an event is a message of somebody in `room` that answers the one with this number. */
function answers(event: Event, room: string, seq: number | undefined): boolean {
  return event.type === "message" && event.re !== undefined && event.re === seq &&
    sameName(event.room, room);
}
