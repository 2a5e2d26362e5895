/** Stores what has been settled about rooms and conversations: records, members, links, webhooks. */

import type { DatabaseSync } from "node:sqlite";
import { chatLog, roomLog } from "../chat/messages/log_key.ts";
import type { Hook } from "../chat/people/hook_record.ts";
import {
  type Access,
  ACCESSES,
  type ChatRecord,
  type Invitation,
  type Kept,
  type Member,
  type Party,
  type RoomRecord,
} from "../chat/people/records.ts";
import { CHAT, REVISE, ROOM, timeColumn } from "./columns.ts";
import { isDamage } from "./faults.ts";
import { dropLog, forgetRoom, roomFloor } from "./rooms.ts";
import type { Saves } from "./saves.ts";
import { getRows, runSql, type SqlRow } from "./sql.ts";

/** How each change of a room or a conversation is stored. */
export const ROOM_SAVES: Saves<
  | ("room" | "unroom" | "member" | "unmember" | "chat" | "unchat")
  | ("invitation" | "uninvitation" | "hook" | "unhook")
> = {
  room: (db, { room, opener = "" }) => saveRoom(db, room, opener),
  unroom: (db, { key }) => {
    dropLog(db, roomLog(key));
    forgetRoom(db, key);
  },
  member: (db, { member: { room, account, by, at, name = "", inviter = "" } }) => {
    const values = [room, account, by, at, name, inviter];
    runSql(db, "INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?, ?, ?)", ...values);
  },
  unmember: (db, { room, account }) => {
    runSql(db, "DELETE FROM member WHERE room = ? AND account = ?", room, account);
  },
  chat: (db, { chat }) => saveChat(db, chat),
  unchat: (db, { key }) => {
    dropLog(db, chatLog(key));
    runSql(db, "DELETE FROM chat WHERE key = ?", key);
    runSql(db, "DELETE FROM listed WHERE kind = ? AND key = ?", CHAT, key);
  },
  invitation: (db, { invitation }) => saveInvitation(db, invitation),
  uninvitation: (db, { id }) => void runSql(db, "DELETE FROM invitation WHERE id = ?", id),
  hook: (db, { hook: { id, hash, name, room, by, at } }) => {
    const values = [id, hash, name, room, by, at];
    runSql(db, "INSERT OR REPLACE INTO hook VALUES (?, ?, ?, ?, ?, ?)", ...values);
  },
  unhook: (db, { id }) => void runSql(db, "DELETE FROM hook WHERE id = ?", id),
};

function saveRoom(db: DatabaseSync, room: RoomRecord, opener: string): void {
  const { key, name, title, founder, access, topicLocked, slow, quiet } = room;
  const floor = roomFloor(db);
  runSql(
    db,
    "INSERT INTO room (kind, key, first, last, opener, name, title, founder, access, topic_locked, " +
      "slow, quiet) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET " +
      "name = excluded.name, title = excluded.title, founder = excluded.founder, " +
      "access = excluded.access, topic_locked = excluded.topic_locked, slow = excluded.slow, " +
      "quiet = excluded.quiet",
    ...[ROOM, key, floor + 1, floor, opener],
    ...[name, title, founder, access, Number(topicLocked), slow, Number(quiet)],
  );
}

function saveChat(db: DatabaseSync, { key, parties: [a, b], at }: ChatRecord): void {
  const side = ({ who, name, gone }: Party): [string, string, number] => [
    who,
    name,
    gone ? 1 : 0,
  ];
  const values = [key, ...side(a), ...side(b), at];
  runSql(db, "INSERT OR REPLACE INTO chat VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ...values);
  runSql(db, "INSERT OR IGNORE INTO room (kind, key, name) VALUES (?, ?, '')", CHAT, key);
}

function saveInvitation(db: DatabaseSync, invitation: Invitation): void {
  const { id, hash, room, by, at, until, uses, used, register, inviter = "" } = invitation;
  const values = [id, hash, room, by, at, until, uses, used, register ? 1 : 0, inviter];
  const places = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?";
  runSql(db, `INSERT OR REPLACE INTO invitation VALUES (${places})`, ...values);
}

const INVITATIONS = "SELECT id, hash, room, by, inviter, uses, used, register, " +
  `${timeColumn("at")}, ${timeColumn("until")} FROM invitation ORDER BY invitation.at`;

const HOOKS = `SELECT id, hash, name, room, by, ${
  timeColumn("at")
} FROM hook ORDER BY hook.at, hook.id`;

/** Reads what has been settled about rooms and conversations. */
export function readRooms(
  db: DatabaseSync,
): Pick<Kept, "rooms" | "members" | "chats" | "invitations" | "hooks"> {
  return {
    rooms: getRows(
      db,
      "SELECT * FROM room WHERE kind = ? AND (title <> '' OR founder <> '' OR access <> 'open' OR " +
        "topic_locked <> 0 OR slow <> 0 OR quiet <> 0)",
      ROOM,
    ).map(roomOf),
    members: getRows(
      db,
      `SELECT room, account, by, name, inviter, ${timeColumn("at")} FROM member ORDER BY member.at`,
    ).map(memberOf),
    chats: readChats(db),
    invitations: getRows(db, INVITATIONS).map(invitationOf),
    hooks: getRows(db, HOOKS).map((row) => ({ ...row }) as unknown as Hook),
  };
}

function roomOf(row: SqlRow): RoomRecord {
  const { key, name, title, founder, access, topic_locked, slow, quiet } = row;
  return {
    key: String(key),
    name: String(name),
    title: String(title),
    founder: String(founder),
    // What this version does not know keeps everybody out but the members of record.
    access: ACCESSES.find((known): known is Access => known === access) ?? "invite",
    topicLocked: topic_locked !== 0,
    slow: Number(slow),
    quiet: quiet !== 0,
  };
}

function memberOf({ room, account, by, at, name, inviter }: SqlRow): Member {
  return {
    ...{ room: String(room), account: String(account), by: String(by), at: Number(at) },
    ...(name === "" ? {} : { name: String(name) }),
    ...(inviter === "" ? {} : { inviter: String(inviter) }),
  };
}

/** Whether nobody can come back as a guest: its session has been removed, or is an account's now. */
function isLost(who: "a" | "b"): string {
  return `c.${who} GLOB 'guest *' AND ` +
    `NOT EXISTS (SELECT 1 FROM session WHERE hash = unhex(substr(c.${who}, 7)) AND account IS NULL)`;
}

const CHATS = `SELECT c.key, c.a, c.a_name, c.a_gone OR (${isLost("a")}) AS a_gone,
  c.b, c.b_name, c.b_gone OR (${isLost("b")}) AS b_gone, c.at FROM chat c ORDER BY c.at`;

const NEWS =
  `SELECT r.key, m.at FROM room r JOIN message m ON m.room = r.id AND m.seq = iif(r.about = 0,
    r.last, (SELECT seq FROM message WHERE room = r.id AND kind < ${REVISE} ORDER BY seq DESC LIMIT 1))
  WHERE r.kind = ${CHAT}`;

/** When something was said last in each conversation; what can't be read because of damage is left out. */
function newsIn(db: DatabaseSync): ReadonlyMap<unknown, number> {
  try {
    return new Map(getRows(db, NEWS).map(({ key, at }) => [key, Number(at)]));
  } catch (error) {
    if (isDamage(error)) return new Map();
    throw error;
  }
}

function readChats(db: DatabaseSync): ChatRecord[] {
  const news = newsIn(db);
  return getRows(db, CHATS).map((row) => chatOf(row, news.get(row["key"])));
}

function chatOf(row: SqlRow, newsAt: number | undefined): ChatRecord {
  const side = (who: unknown, name: unknown, gone: unknown): Party => ({
    who: String(who) as Party["who"],
    name: String(name),
    ...(gone === 0 ? {} : { gone: true }),
  });
  return {
    key: String(row["key"]),
    parties: [
      side(row["a"], row["a_name"], row["a_gone"]),
      side(row["b"], row["b_name"], row["b_gone"]),
    ],
    at: Number(row["at"]),
    ...(newsAt === undefined ? {} : { newsAt }),
  };
}

function invitationOf({ register, inviter, ...row }: SqlRow): Invitation {
  const invitation = { ...row } as unknown as Omit<Invitation, "register" | "inviter">;
  return {
    ...invitation,
    ...(inviter === "" ? {} : { inviter: String(inviter) }),
    ...(register === 0 ? {} : { register: true }),
  };
}
