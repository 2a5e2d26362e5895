/**
 * Which function answers which request. This folder knows no protocol, and changes nothing that the
 * house knows: for that it puts facts.
 */

import type { Request } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { login, passwd, register, unregister } from "./accounts.ts";
import { audit, bans, moderate } from "./moderation.ts";
import { answerRename } from "./naming.ts";
import { history, search } from "./pages.ts";
import { join, leave, rooms, topic, who } from "./rooms.ts";
import { direct, say } from "./speak.ts";

/**
 * Answers one request of a session. A promise means that the next request should wait. Throws a
 * {@linkcode Refusal} for what can't be granted.
 */
export function answer(
  house: HouseParts,
  session: Session,
  request: Request,
): void | Promise<void> {
  switch (request.type) {
    case "say":
      return say(house, session, request);
    case "direct":
      return direct(house, session, request);
    case "join":
      return join(house, session, request);
    case "leave":
      return leave(house, session, request);
    case "rename":
      return answerRename(house, session, request);
    case "topic":
      return topic(house, session, request);
    case "who":
      return who(house, session, request);
    case "rooms":
      return rooms(house, session, request);
    case "history":
      return history(house, session, request);
    case "search":
      return search(house, session, request);
    case "register":
      return register(house, session, request);
    case "login":
      return login(house, session, request);
    case "passwd":
      return passwd(house, session, request);
    case "unregister":
      return unregister(house, session, request);
    case "mod":
      return moderate(house, session, request);
    case "bans":
      return bans(house, session, request);
    case "audit":
      return audit(house, session, request);
    case "quit":
      return quit(session);
    case "ping":
      return session.deliver({ type: "pong", ...idOf(request) });
    case "pong":
      return;
    case "hello":
      throw new Refusal("already-ready", "You have said hello already");
  }
}

/** Ends a session for good, after all that it has said has been told. */
export function quit(session: Session): void {
  session.isDone = true;
  session.peer?.close({ type: "bye", reason: "quit", text: "Goodbye." });
}
