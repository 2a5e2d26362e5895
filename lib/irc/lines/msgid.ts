/** The ids of messages: the seq, the place and the epoch of a message, which name it for good. */

/** Where a message is: a room, by its key, or a conversation. */
export type MsgidPlace =
  | { readonly room: string; readonly chat?: never }
  | { readonly chat: string; readonly room?: never };

/** Digits of the epoch that an id has. */
const EPOCH_LENGTH = 8;

/** What part of an epoch stands in ids. */
export function epochSign(epoch: string): string {
  return epoch.replace(/[^\w]/g, "").slice(0, EPOCH_LENGTH);
}

/** The id of a message. */
export function msgidOf(epoch: string, { room, chat }: MsgidPlace, seq: number): string {
  const place = room === undefined ? `@${chat}` : `#${encodeURIComponent(room)}`;
  return `${seq}.${epochSign(epoch)}.${place}`;
}

/** The message that an id names; `undefined`: it is none, or of another epoch. */
export function messageWithId(
  epoch: string,
  msgid: string,
): { readonly seq: number; readonly place: MsgidPlace } | undefined {
  const [, seq = "", sign, kind, place = ""] = /^(\d{1,15})\.(\w*)\.([#@])(.+)$/s.exec(msgid) ?? [];
  if (seq === "" || sign !== epochSign(epoch)) return undefined;
  if (kind === "@") return { seq: Number(seq), place: { chat: place } };
  try {
    return { seq: Number(seq), place: { room: decodeURIComponent(place) } };
  } catch {
    return undefined;
  }
}
