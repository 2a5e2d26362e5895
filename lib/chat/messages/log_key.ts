/**
 * Which log a message belongs to: that of a room, or that of the direct messages to one session. The
 * kind is a part of the type and of every key, so that nothing that a person can name is another
 * kind's.
 */

/** What was said in a room: the room's key after its kind. */
export type RoomLog = `room ${string}`;

/**
 * The direct messages to a session: its secret after the kind, or in the log of facts the hash of that.
 * Those who have no session share one log, which is there for the sake of their senders' ids.
 */
export type DirectLog = `direct ${string}`;

/** One log of messages, numbered 1, 2, 3 … */
export type LogKey = RoomLog | DirectLog;

/** The log of the room with this key. */
export function roomLog(key: string): RoomLog {
  return `room ${key}`;
}

/** The log of the direct messages to the session with this secret or hash; `undefined`: to one without. */
export function directLog(secret: string | undefined): DirectLog {
  return `direct ${secret ?? ""}`;
}

/** Whether a log is that of a room. */
export function isRoomLog(log: string): log is RoomLog {
  return log.startsWith("room ");
}

/** What comes after the kind: a room's key, or a session's secret or hash. */
export function keyOf(log: string): string {
  return log.slice(log.indexOf(" ") + 1);
}
