/** Tells a client that has come in what it has come to. */

import type { EventOf } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import { ownChats } from "../chat_list.ts";
import type { HouseParts } from "../house_parts.ts";
import { directsOf } from "../inbox.ts";
import { isConfined } from "../judge/may_read.ts";
import type { Pass } from "../people/keeper.ts";
import type { Unread } from "../read_marks.ts";
import { sentence, wordsOf } from "../sentence.ts";
import { aboutRoom } from "../rooms/room_state.ts";
import type { Hello } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import type { Entered } from "./come_rooms.ts";
import { ownRooms } from "./own_rooms.ts";

/** The notice for a client that comes back with a session that is not known. */
const LOST_SESSION = "The server does not know your client's earlier session any more. Direct " +
  "messages that had not come yet are gone, and what is sent again may be there twice.";

/** Who has come in, and what was found out before. */
interface Welcomed {
  readonly session: Session;
  readonly pass: Pass;
  /** It has named a session that is not known any more. */
  readonly isLost: boolean;
  readonly counts: Unread;
  /** The rooms that its account had listed before. */
  readonly listed: readonly string[];
}

/** What it is told of its first room. */
function toldOf(
  { rooms }: HouseParts["state"],
  { room, seq, last }: Entered,
): Pick<EventOf<"ready">, "room" | "seq" | "last" | "topic" | "title"> {
  return {
    room: room.name,
    seq,
    ...(seq === last ? {} : { last }),
    ...aboutRoom(rooms, room),
  };
}

/** Tells a session that it is in, and what differs from what it asked for. */
export function welcome(
  house: HouseParts,
  hello: Hello,
  first: Entered | undefined,
  { session, pass, isLost, counts, listed }: Welcomed,
): void {
  const { state } = house;
  const { people } = state;
  const { name, device } = session;
  const direct = session.directsTold = directsOf(house, session);
  const account = people.accountOf(session);
  const servers = session.peer?.servers ?? [];
  session.deliver({
    type: "ready",
    ...(hello.id === undefined ? {} : { id: hello.id }),
    name,
    session: session.secret ?? "",
    ...(first === undefined ? { room: "", seq: 0 } : toldOf(state, first)),
    direct,
    ...(isLost ? { lost: true } : {}),
    ...(account === undefined ? {} : { account: account.id, role: account.role }),
    ...(session.traits.resumes ? { device } : {}),
    ...(servers.length === 0 ? {} : { servers }),
    ...(isConfined(state, session) ? { confined: true } : {}),
    ...ownChats(house, session, hello, counts),
    ...ownRooms(house, session, hello, { counts, before: listed }),
  });
  const notice = (text: string): void => session.deliver({ type: "notice", text });
  if (isLost && !session.isVisitor) notice(LOST_SESSION);
  // An account's name may be written otherwise.
  if (nameKey(name) !== nameKey(hello.name)) {
    notice(`The name ${hello.name} is in use here; you are ${name}.`);
  }
  if (pass.isNobodys) {
    const text = sentence`Nobody has reserved the name ${name}; ${{ to: "register" }} does.`;
    notice(text.in(wordsOf(session)));
  }
}
