/** BATCH: a message in several lines, which comes as many and is one. */

import type { Later } from "../../chat/later.ts";
import { utf8Length } from "../../wire/text.ts";
import { MULTILINE } from "../caps.ts";
import type { IrcClient } from "../client.ts";
import type { IrcRequest } from "../lines/parse.ts";
import { unformatted } from "../lines/text.ts";
import type { OpenLines } from "../open_lines.ts";
import { labelIn, Reply } from "../reply.ts";
import type { Command, Commands } from "./command.ts";
import { sayText, type Speech } from "./talk.ts";

const KIND = "draft/multiline";
const CONCAT = "draft/multiline-concat";

const batch: Command = {
  least: 1,
  isSaid: true,
  run(client, { params: [ref = "", kind, target], tags }, reply): Later<void> {
    if (ref.startsWith("-")) return end(client, ref.slice(1), reply);
    if (!client.caps.has(KIND)) {
      return fail(client, reply, "MULTILINE_INVALID", "Ask for the capability first");
    }
    if (!/^\+./s.test(ref) || kind !== KIND || target === undefined) {
      return fail(client, reply, "MULTILINE_INVALID", "That is no batch of lines");
    }
    if (client.lines !== undefined) {
      return fail(client, reply, "MULTILINE_INVALID", `The batch ${client.lines.ref} is not ended`);
    }
    client.lines = {
      ref: ref.slice(1),
      target,
      answers: tags.get("+draft/reply") ?? tags.get("+reply"),
      label: labelIn(client, { tags }),
      command: undefined,
      text: "",
      count: 0,
      wrong: undefined,
    };
    // What answers it has the label, and comes at its end.
    reply.forget();
  },
};

function fail(
  client: IrcClient,
  reply: Reply,
  code: string,
  text: string,
  ...context: string[]
): void {
  const params = ["BATCH", code, ...context, text];
  reply.add({ source: client.server.name, command: "FAIL", params });
}

/** Takes a line that is part of a batch; false for one that is not, and is to be done. */
export function isInBatch(client: IrcClient, request: IrcRequest, reply: Reply): boolean {
  const { lines } = client;
  const ref = request.tags.get("batch");
  // To a client that has not asked for batches of its own the tag means nothing.
  if (ref === undefined || !client.caps.has(KIND)) return false;
  if (ref === lines?.ref) {
    addLine(lines, request);
    reply.forget();
  } else fail(client, reply, "MULTILINE_INVALID", "There is no such batch");
  return true;
}

/** A line that can't be read was part of a batch, which is nothing without it. */
export function spoilBatch({ lines }: IrcClient, { tags }: Pick<IrcRequest, "tags">): void {
  if (lines === undefined || tags.get("batch") !== lines.ref) return;
  lines.wrong ??= { code: "MULTILINE_INVALID", text: "A line could not be taken", context: [] };
  lines.text = "";
}

function addLine(lines: OpenLines, { tags, command, params }: IrcRequest): void {
  const [target = "", text = ""] = params;
  const isSpeech = command === "PRIVMSG" || command === "NOTICE";
  const isSame = isSpeech && (lines.command ?? command) === command &&
    target.toLowerCase() === lines.target.toLowerCase();
  if (!isSame) {
    lines.wrong ??= {
      code: "MULTILINE_INVALID_TARGET",
      text: "All lines go to one target",
      context: [lines.target, target],
    };
    return;
  }
  lines.command = command;
  const goesOn = tags.has(CONCAT);
  if (goesOn && text === "") {
    lines.wrong ??= {
      code: "MULTILINE_INVALID",
      text: "A line that goes on is not blank",
      context: [],
    };
  }
  lines.text += (lines.count === 0 || goesOn ? "" : "\n") + text;
  lines.count++;
  if (lines.count > MULTILINE.lines) {
    lines.wrong ??= {
      code: "MULTILINE_MAX_LINES",
      text: "Those are too many lines",
      context: [`${MULTILINE.lines}`],
    };
  } else if (utf8Length(lines.text) > MULTILINE.bytes) {
    lines.wrong ??= {
      code: "MULTILINE_MAX_BYTES",
      text: "That is too long",
      context: [`${MULTILINE.bytes}`],
    };
  }
  if (lines.wrong !== undefined) lines.text = "";
}

function end(client: IrcClient, ref: string, ending: Reply): Later<void> {
  const { lines } = client;
  if (lines === undefined || lines.ref !== ref) {
    return fail(client, ending, "MULTILINE_INVALID", "There is no such batch");
  }
  client.lines = undefined;
  ending.forget();
  const reply = new Reply(client, lines.label);
  const { wrong, command = "PRIVMSG", answers, target } = lines;
  const text = lines.text.split("\n").map(unformatted).join("\n");
  if (wrong !== undefined) fail(client, reply, wrong.code, wrong.text, ...wrong.context);
  else if (text.trim() === "") fail(client, reply, "MULTILINE_INVALID", "There is no text");
  else {
    const speech: Speech = { command, text, action: false, answers };
    const waits = sayText(client, target, speech, reply);
    if (waits instanceof Promise) return waits.finally(() => reply.release());
  }
  reply.release();
}

/** The command for several lines. */
export const MULTILINES: Commands = { BATCH: batch };
