/**
 * Names of people and rooms as IRC can write them. What stands for something else in IRC becomes its full
 * width form, and a space becomes a no-break space: the house takes both for the same name, so whoever types
 * a nick means the person that it is shown for.
 */

/** From a printable ASCII character to its full width form. */
const TO_WIDE = 0xfee0;
const NO_BREAK_SPACE = "\u00a0";

/** What no nick has in it; by a dot, clients know a server. */
const NOT_IN_NICK = /[!@,*?.]/g;
/** What no nick begins with: it would be a room, a mode or a number. */
const NOT_FIRST = /^[#&~+%:$=\d-]/;
const WIDE_IN_NICK = /[\uff01\uff20\uff0c\uff0a\uff1f\uff0e]/g;
const WIDE_FIRST = /^[\uff03\uff06\uff5e\uff0b\uff05\uff1a\uff04\uff1d\uff10-\uff19\uff0d]/;
/** Nor this: before a mask, it says that those are muted. */
const MUTE_FIRST = /^m:/i;
const WIDE_MUTE_FIRST = /^m\uff1a/i;

/** Names that are nicks as they are, as most are. */
const PLAIN_NICK = /^[A-Za-z_][\w-]*$/;

/** A name of the house as a nick. */
export function nickOf(name: string): string {
  if (PLAIN_NICK.test(name)) return name;
  return wideFirst(name.replaceAll(" ", NO_BREAK_SPACE).replace(NOT_IN_NICK, wide));
}

/** The name that a nick stands for. */
export function nameOfNick(nick: string): string {
  return nick.replaceAll(NO_BREAK_SPACE, " ").replace(WIDE_IN_NICK, narrow)
    .replace(WIDE_FIRST, narrow).replace(WIDE_MUTE_FIRST, ([letter]) => `${letter}:`);
}

/** Whether a client can be called that: `false` for what has signs of IRC in it, whatever the house says. */
export function isNick(text: string): boolean {
  return text !== "" && !/[!@,*?.]|(?!\u00a0)\s/.test(text) && !NOT_FIRST.test(text) &&
    !MUTE_FIRST.test(text);
}

/** A room as a channel. */
export function channelOfRoom(room: string): string {
  return `#${room.replaceAll(" ", NO_BREAK_SPACE).replaceAll(",", wide(","))}`;
}

/** The room that a channel stands for; `undefined`: it is no channel, and there is none of that name. */
export function roomOfChannel(channel: string): string | undefined {
  if (!channel.startsWith("#") || channel.length < 2) return undefined;
  return channel.slice(1).replaceAll(NO_BREAK_SPACE, " ").replaceAll(wide(","), ",");
}

/** Whether a target is a channel of any kind, also of one that there is not here. */
export function isChannel(target: string): boolean {
  return /^[#&+!]/.test(target);
}

function wideFirst(nick: string): string {
  return nick.replace(NOT_FIRST, wide).replace(MUTE_FIRST, ([letter]) => `${letter}${wide(":")}`);
}

function wide(char: string): string {
  return String.fromCharCode(char.charCodeAt(0) + TO_WIDE);
}

function narrow(char: string): string {
  return String.fromCharCode(char.charCodeAt(0) - TO_WIDE);
}
