/** `chatroom send`: delivers one message and exits. */

import { toText } from "@std/streams/to-text";
import { type EndCause, type LinkEvent, RequestError } from "../client/conversation.ts";
import { CAUSE_CODES } from "../client/exit_code.ts";
import type { Link } from "../client/link.ts";
import { type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { complain } from "./output.ts";
import { openLink, PEER_FLAGS, PEER_NOTES, requiredName, serverAddress } from "./peer.ts";
import { type Address, parseAddress } from "./values.ts";

/** How long to go on trying after the server was lost, in ms. */
const GIVE_UP_MS = 30_000;

/** `chatroom send`. */
export const sendCommand: Subcommand = {
  name: "send",
  aliases: [],
  positionals: "[HOST[:PORT]] TEXT …",
  maxPositionals: Infinity,
  summary: "deliver one message, wait until the server has it, and exit",
  notes: [
    ...PEER_NOTES,
    "The first word is the server when it is written HOST:PORT;",
    "--server says it in any case. Without TEXT the message is what comes on stdin.",
  ],
  flags: [
    ...Object.values(PEER_FLAGS),
    {
      name: "server",
      short: "s",
      value: "HOST[:PORT]",
      env: "CHATROOM_SERVER",
      summary: "the server, for a text that begins like one",
    },
  ],
  run: runSend,
};

async function runSend(invocation: Invocation): Promise<number> {
  const name = requiredName(invocation);
  const [address, words] = splitWords(invocation);
  const text = words.length > 0
    ? words.join(" ")
    : (await toText(Deno.stdin.readable)).replace(/\r?\n$/, "");
  if (text === "") throw new UsageError("There is nothing to send: give a TEXT or use stdin");
  const link = openLink(invocation, address, name, GIVE_UP_MS);
  const ending = watch(link);
  try {
    const room = await ending.room;
    if (room !== undefined) await link.send({ type: "say", room, text });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.code !== "ended") {
      complain(`The message was not sent: ${error.message}`);
      await link.close();
      return 1;
    }
  }
  await link.close();
  return CAUSE_CODES[await ending.cause];
}

/** The server and the words of the message. */
function splitWords(invocation: Invocation): [Address, readonly string[]] {
  const { positionals } = invocation;
  const given = invocation.get("server");
  if (given !== undefined) return [parseAddress(given), positionals];
  const [first = ""] = positionals;
  const isServer = /^(\[[^\]]+\]|[\w.-]*):\d{1,5}$/.test(first);
  return isServer
    ? [parseAddress(first), positionals.slice(1)]
    : [serverAddress(undefined), positionals];
}

/** Reads the link's events: the room that we are in, once there is one, and why it ended. */
function watch(link: Link): { room: Promise<string | undefined>; cause: Promise<EndCause> } {
  const room = Promise.withResolvers<string | undefined>();
  const read = async (events: AsyncIterable<LinkEvent>): Promise<EndCause> => {
    let cause: EndCause = "left";
    for await (const event of events) {
      if (event.type === "ready") room.resolve(event.room);
      if (event.type !== "status") continue;
      if (event.status === "ended" && event.cause !== "left") complain(event.text);
      cause = event.cause ?? cause;
    }
    room.resolve(undefined);
    return cause;
  };
  return { room: room.promise, cause: read(link.events) };
}
