/**
 * Which log a message belongs to: that of a room, that of a conversation of two people, or that of the
 * direct messages to one session, as the first version kept them. The kind is a part of the type and of
 * every key, so that nothing that a person can name is another kind's.
 */

/** What was said in a room: the room's key after its kind. */
export type RoomLog = `room ${string}`;

/**
 * The direct messages to a session: its secret after the kind, or in the log of facts the hash of that.
 * Those who have no session share one log, which is there for the sake of their senders' ids.
 */
export type DirectLog = `direct ${string}`;

/** What two people say to each other: the conversation's opaque key after the kind. */
export type ChatLog = `chat ${string}`;

/** A log that people may read: that of a room or a conversation. */
export type ReadLog = RoomLog | ChatLog;

/** One log of messages, numbered 1, 2, 3 … */
export type LogKey = ReadLog | DirectLog;

/** The log of the room with this key. */
export function roomLog(key: string): RoomLog {
  return `room ${key}`;
}

/** The log of the direct messages to the session with this secret or hash; `undefined`: to one without. */
export function directLog(secret: string | undefined): DirectLog {
  return `direct ${secret ?? ""}`;
}

/** The log of the conversation with this key. */
export function chatLog(key: string): ChatLog {
  return `chat ${key}`;
}

/** Whether a log is that of a conversation. */
export function isChatLog(log: string): log is ChatLog {
  return log.startsWith("chat ");
}

/** Whether a log is that of a room. */
export function isRoomLog(log: string): log is RoomLog {
  return log.startsWith("room ");
}

/** What comes after the kind: a room's or conversation's key, or a session's secret or hash. */
export function keyOf(log: string): string {
  return log.slice(log.indexOf(" ") + 1);
}
