/** What was said, as the lines that a client gets. */

import type { Cap } from "../caps.ts";
import { type IrcLine, roomFor } from "../lines/write.ts";
import { type LinePart, linesOf } from "../lines/text.ts";

/** Something that was said. */
export interface SaidIn {
  readonly source: string;
  readonly command: "PRIVMSG" | "NOTICE";
  /** The channel or nick that it was said to. */
  readonly target: string;
  readonly text: string;
  readonly action?: boolean | undefined;
  readonly at: string;
  readonly msgid?: string | undefined;
  /** The id of the message that it answers. */
  readonly reply?: string | undefined;
  /** The batch that it is part of. */
  readonly batch?: string | undefined;
}

type Tag = readonly [key: string, value: string];

/** References of batches of lines; one server's are all different. */
let batches = 0;

/** The lines of what was said, for a client with these capabilities. */
export function saidLines(caps: ReadonlySet<Cap>, said: SaidIn): readonly IrcLine[] {
  const { source, command, target, text, action } = said;
  const marks = action ? "\x01ACTION \x01".length : 0;
  const room = Math.max(64, roomFor(source, command, target) - marks);
  const isMulti = !action && caps.has("batch") && caps.has("draft/multiline");
  const pieces = linesOf(text, room, isMulti);
  const head = headTags(caps, said);
  const line = ({ text }: LinePart, tags: readonly Tag[]): IrcLine => ({
    tags,
    source,
    command,
    params: [target, text],
    action,
  });
  const [first, ...others] = pieces;
  if (first === undefined) return [];
  if (isMulti && others.length > 0) return inBatch(said, pieces, head, line);
  const rest = restTags(caps, said);
  return [line(first, head), ...others.map((piece) => line(piece, rest))];
}

function inBatch(
  { source, target }: SaidIn,
  pieces: readonly LinePart[],
  head: readonly Tag[],
  line: (piece: LinePart, tags: readonly Tag[]) => IrcLine,
): readonly IrcLine[] {
  const ref = `m${++batches}`;
  const batch: Tag = ["batch", ref];
  return [
    { tags: head, source, command: "BATCH", params: [`+${ref}`, "draft/multiline", target] },
    ...pieces.map((piece) =>
      line(piece, piece.goesOn ? [batch, ["draft/multiline-concat", ""]] : [batch])
    ),
    { source, command: "BATCH", params: [`-${ref}`] },
  ];
}

/** What holds for each line of a message. */
function restTags(caps: ReadonlySet<Cap>, { at, batch }: SaidIn): readonly Tag[] {
  const tags: Tag[] = [];
  if (batch !== undefined) tags.push(["batch", batch]);
  if (caps.has("server-time")) tags.push(["time", at]);
  return tags;
}

/** What holds for the message as a whole, too: it stands on its first line. */
function headTags(caps: ReadonlySet<Cap>, said: SaidIn): readonly Tag[] {
  const { msgid, reply } = said;
  const tags = [...restTags(caps, said)];
  if (!caps.has("message-tags")) return tags;
  if (msgid !== undefined) tags.push(["msgid", msgid]);
  if (reply !== undefined) tags.push(["+draft/reply", reply]);
  return tags;
}
