/**
 * Answers requests, each by its function, and in an order that others can follow. This folder knows no
 * protocol, and changes nothing that the house knows: for that it puts facts.
 */

import type { Request, RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import { idleWith } from "../files/files.ts";
import type { HouseParts } from "../house_parts.ts";
import type { Later } from "../later.ts";
import { Refusal } from "../refusal.ts";
import { Batch } from "../sessions/batch.ts";
import type { Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import { login, passwd, register, unregister } from "./accounts.ts";
import { beginUpload } from "./begin_upload.ts";
import { block } from "./blocks.ts";
import { chats } from "./chats.ts";
import { devices, logout } from "./devices.ts";
import { direct } from "./direct.ts";
import { credit, get, link } from "./downloads.ts";
import { invite, invites, uninvite } from "./invite.ts";
import { audit, bans, moderate } from "./moderation.ts";
import { answerQuestion, pin, pins, react, reactions, remove, revise } from "./life.ts";
import { answerRename } from "./naming.ts";
import { missedPage } from "./missed.ts";
import { history, search } from "./pages.ts";
import { away, people, whois } from "./person.ts";
import { read } from "./read.ts";
import { room } from "./room.ts";
import { join, leave, partingWords, rooms, topic } from "./rooms.ts";
import { done } from "./send_file.ts";
import { settings } from "./settings.ts";
import { say } from "./speak.ts";
import { cancel, chunk } from "./uploads.ts";
import { who } from "./who.ts";

type Answer<T extends Request["type"]> = (
  house: HouseParts,
  session: Session,
  request: RequestOf<T>,
) => Later<void>;

/** The function for each type of request. */
const ANSWERS: { readonly [T in Request["type"]]: Answer<T> } = {
  ...{ say, direct, join, leave, topic, who, rooms, history, search, rename: answerRename },
  ...{ chats, block, unblock: block },
  ...{ revise, remove, react, pin, reactions, pins, answer: answerQuestion },
  ...{ missed: missedPage, read, settings, away, whois, people, devices, logout },
  ...{ room, invite, uninvite, invites },
  ...{ put: beginUpload, chunk, done, get, credit, cancel, link },
  ...{ register, login, passwd, unregister, mod: moderate, bans, audit, quit },
  ping: (_, session, request) => session.deliver({ type: "pong", ...idOf(request) }),
  pong: () => {},
  hello: () => {
    throw new Refusal("already-ready", "You have said hello already");
  },
};

/**
 * Whether a request changes at once what others see of the session, so that it waits until all that
 * the session said before has been stored and told: others see its requests in their order.
 */
const WAITS: Readonly<Record<Request["type"], boolean>> = {
  ...{ join: true, leave: true, rename: true, topic: true, room: true, mod: true },
  ...{ invite: true, uninvite: true, invites: false },
  ...{ register: true, login: true, passwd: true, unregister: true, hello: true, quit: true },
  ...{ away: true, logout: true },
  // The store keeps these in order.
  ...{ say: false, direct: false, revise: false, remove: false, react: false, pin: false },
  answer: false,
  // Chat does not wait for files; an upload keeps the order of its own requests.
  ...{ put: false, chunk: false, done: false, cancel: false },
  ...{ get: false, credit: false, link: false },
  // Nobody else sees anything of these.
  ...{ who: false, rooms: false, history: false, search: false, bans: false, audit: false },
  ...{ reactions: false, pins: false, chats: false, block: false, unblock: false },
  ...{ missed: false, read: false, settings: false, whois: false, people: false, devices: false },
  ...{ ping: false, pong: false },
};

/** What the store keeps in order by itself. */
const SAID: ReadonlySet<Request["type"]> = new Set([
  ...["say", "direct", "revise", "remove", "react", "pin", "answer"] as const,
]);

/**
 * Answers one request of a session, after what it has said before where others would see that. A
 * promise means that the next request should wait. Throws a {@linkcode Refusal} for what can't be
 * granted.
 */
export function answer(house: HouseParts, session: Session, request: Request): Later<void> {
  const { type } = request;
  if (type !== "ping" && type !== "pong") session.activeAt = house.now();
  if (WAITS[type] || session.traits.ordered && !SAID.has(type)) {
    // Only who leaves for good waits for files.
    const idle = type === "quit" ? idleWith(house, session) : session.idle();
    if (idle !== undefined) return answerAfter(idle, house, session, request);
    house.audiences.flush(session);
  }
  return (ANSWERS[type] as Answer<Request["type"]>)(house, session, request);
}

async function answerAfter(
  idle: Promise<void>,
  house: HouseParts,
  session: Session,
  request: Request,
): Promise<void> {
  const { peer } = session;
  await idle;
  // The connection may have been ended meanwhile.
  if (session.peer === peer) await answer(house, session, request);
}

/** Answers a peer that has not come in. Throws a {@linkcode Refusal} for all but a `ping`. */
export function answerOutside(peer: Peer, request: Request): void {
  if (request.type === "pong") return;
  if (request.type === "ping") return peer.deliver(new Batch([{ ...request, type: "pong" }]));
  throw new Refusal("not-ready", `Say hello before ${request.type}`);
}

/** Ends a session for good, after all that it has said has been told. */
function quit(_: HouseParts, session: Session, { text }: RequestOf<"quit">): void {
  session.sentAway = partingWords(text);
  session.isDone = true;
  session.peer?.close({ type: "bye", reason: "quit", text: "Goodbye." });
}
