/** Saying something: it is stored, and only then told to others and acknowledged. */

import type { Event, EventOf, Message, RequestOf } from "../wire/event.ts";
import { checkMute, roomOf } from "./checks.ts";
import { countSpeech } from "./count_speech.ts";
import type { Outcome } from "./history.ts";
import type { HouseParts } from "./house_parts.ts";
import { directLog } from "./log_key.ts";
import { messageText } from "./message_text.ts";
import { Refusal } from "./refusal.ts";
import { idOf, refuse } from "./reply.ts";
import { openedBy } from "./room_state.ts";
import { isSecret, MAY_BE_SECRET } from "./secret.ts";
import type { Session } from "./session.ts";

/** Says something in a room. */
export function say(
  house: HouseParts,
  session: Session,
  request: RequestOf<"say">,
): void | Promise<void> {
  const room = roomOf(house, session, request.room);
  const text = messageText(request.text);
  if (text === "") throw new Refusal("empty-text", "A message needs a text");
  checkMute(house, session, room.key);
  if (isSecret(text)) throw new Refusal("may-be-secret", MAY_BE_SECRET);
  const { key } = room;
  const audience = house.audiences.of(key);
  const { peer } = session;
  session.begin();
  const stored = house.history.append({
    log: room.log,
    title: room.name,
    from: session.name,
    text,
    ...(request.action ? { action: true } : {}),
    ...openedBy(room),
    ...sentUnder(session, request),
  }, (outcome) => {
    const isOwnPeer = session.peer === peer;
    publishStored(house, session, key, request, outcome, isOwnPeer);
    session.told();
  });
  const held = countSpeech(house, audience, text.length) ?? audience?.crowded(house.roundLength);
  return stored === undefined ? held : stored.then(() => held);
}

/** Stores a message to a person and tells both; its log is that of the session it is for. */
export function direct(
  house: HouseParts,
  session: Session,
  request: RequestOf<"direct">,
): void | Promise<void> {
  const { id, to: name } = request;
  const text = messageText(request.text);
  if (text === "") throw new Refusal("empty-text", "A message needs a text");
  checkMute(house, session);
  const to = house.registry.named(name);
  const nobody = new Refusal(
    "no-such-name",
    `Nobody here is called ${name}; /who lists who is here`,
  );
  // Sent again under its id it gets its first ack, though the addressee has gone meanwhile.
  if (to === undefined && (id === undefined || !session.traits.resumes)) throw nobody;
  session.begin();
  return house.history.append({
    log: to?.directLog ?? directLog(undefined),
    title: to?.name ?? name,
    from: session.name,
    text,
    ...sentUnder(session, request),
    ...(to === undefined ? { unless: nobody } : {}),
  }, (outcome) => {
    tellDirect(house, session, to, request, outcome);
    session.told();
  });
}

/** What happens once a direct message is stored: after all that its sender did before it. */
function tellDirect(
  { audiences }: HouseParts,
  session: Session,
  to: Session | undefined,
  request: RequestOf<"direct">,
  outcome: Outcome,
): void {
  if (outcome.kind === "refused") return refuse(session, request, outcome.refusal);
  const { at } = outcome.kind === "stored" ? outcome.message : outcome.receipt;
  audiences.flush(session);
  if (outcome.kind === "stored" && to?.hearsDirects) to.deliver(directOf(outcome.message));
  session.deliver({ type: "ack", ...idOf(request), at });
}

/** A stored message as its addressee gets it: a log's `room` is who it is for. */
export function directOf(
  { room: to, seq: n, from, at, text, withheld }: Message,
): EventOf<"direct"> {
  return { type: "direct", from, to, at, text, n, ...(withheld === undefined ? {} : { withheld }) };
}

/** What makes a message one that is stored once. */
function sentUnder(
  { secret }: Session,
  { id }: { readonly id?: string },
): { session?: string; id?: string } {
  return secret === undefined || id === undefined ? {} : { session: secret, id };
}

/** What happens once a message is stored: everybody gets it, and its sender an ack in its place. */
function publishStored(
  { registry, audiences }: HouseParts,
  session: Session,
  key: string,
  request: RequestOf<"say">,
  outcome: Outcome,
  isOwnPeer: boolean,
): void {
  // Storing takes time: the room may have been closed, and opened again, since it was said.
  const audience = audiences.of(key);
  if (outcome.kind === "refused") {
    audience?.flush();
    return refuse(session, request, outcome.refusal);
  }
  const { room: title, seq, at } = outcome.kind === "stored" ? outcome.message : outcome.receipt;
  const { id } = request;
  const ack: Event = id === undefined
    ? { type: "ack", room: title, seq, at }
    : { type: "ack", id, room: title, seq, at };
  const listening = audience?.hears(session) ?? false;
  if (outcome.kind === "stored") {
    audience?.publish({ type: "message", ...outcome.message }, session, ack);
  } else audience?.flush();
  // A client that has come back since it asked, and still catches up, gets this ack in its place among
  // what it missed. Ahead of that it would tell the client that it has seen all before it.
  if (!isOwnPeer && !listening && registry.room(key)?.members.has(session)) return;
  if (outcome.kind === "again" || !listening) session.deliver(ack);
}
