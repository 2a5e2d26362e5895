/**
 * What WeeChat and irssi log of a channel. Times there are those of the clock on the wall, of which zone is
 * nowhere told: they are taken in the zone of this process.
 */

import {
  type ForeignMessage,
  type ForeignReading,
  inShort,
  messageTime,
  textParts,
  type UnreadLine,
} from "./foreign.ts";
import { personName } from "./names.ts";

/** What a line says; `undefined` fields are those of a line that nobody said. */
interface Said {
  readonly nick: string;
  readonly text: string;
  readonly kind?: "action" | "notice";
}

/** A log that is read line by line. */
interface LogForm {
  /** What a line says, and when, in ms; `"news"`: nobody said it; or else why it can't be read. */
  read(line: string): Said & { readonly ms: number } | "news" | { readonly why: string };
}

/** Bold, colours and the like, which loggers leave out unless they are told not to. */
// deno-lint-ignore no-control-regex
const FORMATS = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6})?|[\x00-\x08\x0b-\x1f\x7f]/gi;
/** What may stand before a nick: what it may do in the channel. */
const RANK = /^[\s~&@%+!]+/;

/** Reads the log of one channel; `max`: how long a text may be, in UTF-16 code units. */
export async function* ircLogLines(
  lines: AsyncIterable<string | UnreadLine>,
  { of, room, reading, max }: {
    readonly of: "weechat" | "irssi";
    readonly room: string;
    readonly reading: ForeignReading;
    readonly max: number;
  },
): AsyncGenerator<ForeignMessage> {
  const form = of === "weechat" ? WEECHAT : irssi();
  let number = 0;
  let seq = 0;
  let last = -Infinity;
  for await (const line of lines) {
    reading.place = `Line ${++number}`;
    if (typeof line === "string" && line.trim() === "") continue;
    const said = typeof line === "string" ? form.read(line) : { why: `it ${line.problem}` };
    if (said !== "news" && "why" in said) {
      reading.skip(said.why);
      continue;
    }
    if (said === "news") {
      reading.understood();
      reading.leaveOut("lines of who came, of topics and the like");
      continue;
    }
    // In the hour that comes twice in autumn the clock on the wall goes back.
    const at = messageTime(Math.max(last, said.ms));
    if (at === undefined) {
      reading.skip("its time is in no year that a message may have");
      continue;
    }
    last = Math.max(last, said.ms);
    reading.understood();
    const text = said.text.replace(FORMATS, "");
    if (text.trim() === "") {
      reading.leaveOut("messages without a text");
      continue;
    }
    const from = personName(said.nick.replace(RANK, ""));
    const kind = said.kind && { [said.kind]: true as const };
    for (const part of textParts(text, max)) {
      yield { room, seq: ++seq, from, at, text: part, ...kind };
    }
  }
}

/** Why a line is none of a log of this program. */
function noLine(of: string, line: string): { readonly why: string } {
  return { why: `it is no line of a log of ${of}: ${inShort(line)}` };
}

/** `2026-11-23 09:12:00`, a tab, who says it, a tab, and what. */
const WEECHAT: LogForm = {
  read: (line) => {
    const [, date, time, prefix, text = ""] =
      /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\t([^\t]*)\t(.*)$/s.exec(line) ?? [];
    const ms = Date.parse(`${date}T${time}`);
    if (prefix === undefined || Number.isNaN(ms)) return noLine("weechat", line);
    const who = prefix.trim();
    if (who === "*") {
      const space = text.indexOf(" ");
      if (space < 0) return "news";
      return { ms, nick: text.slice(0, space), text: text.slice(space + 1), kind: "action" };
    }
    // Arrows and dashes are the program's own; a nick has letters or digits, or signs of IRC.
    return who === "" || /^(?:-->|<--|--|=!=|<->|---)$/.test(who)
      ? "news"
      : { ms, nick: who, text };
  },
};

const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

/** `09:12 <@ann> hello`, below lines that say of which day that is. */
function irssi(): LogForm {
  let day: readonly [year: number, month: number, day: number] | undefined;
  const dayOf = (line: string): typeof day => {
    const [, month = "", date, year] =
      /^--- (?:Log opened|Day changed) \S+ (\S+) +(\d{1,2}) (?:\d\d:\d\d:\d\d )?(\d{4})$/.exec(
        line,
      ) ??
        [];
    const at = MONTHS.indexOf(month.slice(0, 3).toLowerCase());
    if (month.length < 3 || at < 0 || at % 3 !== 0) return undefined;
    return [Number(year), at / 3, Number(date)];
  };
  return {
    read: (line) => {
      if (line.startsWith("---")) {
        if (!/^--- (?:Log opened|Day changed) /.test(line)) return "news";
        // What follows would be of a wrong day, if this one can't be read.
        day = dayOf(line.trimEnd());
        if (day !== undefined) return "news";
        return { why: `its date is not in English, as in "Mon Nov 23 2026": ${inShort(line)}` };
      }
      const [, hour, minute, second = "0", rest = ""] =
        /^(\d\d):(\d\d)(?::(\d\d))? (.*)$/s.exec(line) ?? [];
      if (hour === undefined || minute === undefined) return noLine("irssi", line);
      if (day === undefined) {
        return { why: "a line before it should say of which day the log is; there is none" };
      }
      const ms = new Date(...day, Number(hour), Number(minute), Number(second)).getTime();
      const said = saidIn(rest);
      return said === undefined ? "news" : { ms, ...said };
    },
  };
}

/** What stands after the time; `undefined`: nobody said it. */
function saidIn(rest: string): Said | undefined {
  const [, nick, text = ""] = /^<([^>]{1,64})> ?(.*)$/s.exec(rest) ?? [];
  if (nick !== undefined) return { nick, text };
  const [, actor, does = ""] = /^ \* (\S{1,64}) ?(.*)$/s.exec(rest) ?? [];
  if (actor !== undefined) return { nick: actor, text: does, kind: "action" };
  const [, noticer, told = ""] = /^-([^\s:!-][^\s:]{0,63}):[#&]\S+- (.*)$/s.exec(rest) ?? [];
  return noticer === undefined ? undefined : { nick: noticer, text: told, kind: "notice" };
}
