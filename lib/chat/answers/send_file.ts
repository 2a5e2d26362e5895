/** The answer to `done`: a file that has come in is sent, to a room or a person, and then acknowledged. */

import type { SentFile } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { fileSentence } from "../../words/files.js";
import { isSecret, MAY_BE_SECRET } from "../../words/secret.js";
import { idOf } from "../asked.ts";
import { checkSaid } from "../decide.ts";
import { checkAllQuota, checkOwnQuota } from "../files/file_quota.ts";
import type { StoredBlob, Upload } from "../files/file_store.ts";
import { type Files, filesOf } from "../files/files.ts";
import type { FileOnce } from "../files/transfers.ts";
import { checkHash, type FilePlace, Uploading } from "../files/uploading.ts";
import type { HouseParts } from "../house_parts.ts";
import { roomOf } from "../judge/checks.ts";
import { checkSpeech } from "../judge/speaking.ts";
import type { Later } from "../later.ts";
import type { Entry, Fact } from "../log/fact.ts";
import { isoTime } from "../log/times.ts";
import { keyOf } from "../messages/log_key.ts";
import { fingerprint, idReused } from "../messages/fingerprint.ts";
import { messageText } from "../messages/message_text.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { checkDirect, direct } from "./direct.ts";
import { currentUsage } from "./file_usage.ts";
import { refuseLate } from "./refuse_late.ts";
import { pauseFor, say, type Sending } from "./speak.ts";

/** Throws a {@linkcode Refusal} where a session may send nothing now. */
export function checkFilePlace(house: HouseParts, session: Session, place: FilePlace): void {
  if (!("room" in place)) return checkDirect(house.state, session, place);
  const room = roomOf(house.state, session, place.room);
  checkSpeech(house.state, session, room.key);
}

/** Sends a file. That takes as long as the disk does; the next requests are answered meanwhile. */
export function done(
  house: HouseParts,
  session: Session,
  request: RequestOf<"done">,
): Later<void> {
  const files = filesOf(house);
  const { transfers } = files;
  const { peer } = session;
  if (peer === undefined) return;
  const sent = transfers.recall(session, request.file);
  // It is sent again by a client that has missed the ack.
  if (sent?.id !== undefined && sent.id === request.id) {
    return ackAgain(house, session, request, sent);
  }
  const running = transfers.upload(request.file);
  if (running?.state === "finishing") {
    // It was asked for before, here or on an earlier connection, and is being sent.
    return running.ended.then(() =>
      session.peer === peer ? done(house, session, request) : undefined
    );
  }
  const uploading = transfers.uploadOn(peer, request.file);
  checkComplete(uploading);
  const sha256 = checkHash(request.sha256);
  const text = textOf(house, session, uploading, request);
  uploading.state = "finishing";
  finish(house, files, session, { uploading, request, sha256, text }).catch((error) => {
    giveBack(files, session, uploading);
    refuseLate(files, { session, peer, request }, error);
  });
}

/** The first ack; of what is gone it tells nothing but where that was. */
async function ackAgain(
  { index }: HouseParts,
  session: Session,
  request: RequestOf<"done">,
  { said, id, ack: { file, ...place } }: FileOnce,
): Promise<void> {
  const isKept = file !== undefined && await index.file(file.id) !== undefined;
  if (isKept && said !== fingerprint(saidWith(request))) throw idReused(id ?? "");
  session.deliver({ type: "ack", ...idOf(request), ...place, ...(isKept ? { file } : {}) });
}

function checkComplete({ upload: { name, size }, next }: Uploading): void {
  if (size === undefined || size === next) return;
  throw new Refusal(
    "bad-offset",
    `${name} is not complete: ${next} bytes of ${size} have come`,
    undefined,
    false,
    { offset: next },
  );
}

/** What is said with a file. */
function saidWith({ text = "" }: RequestOf<"done">): string {
  return messageText(text);
}

/** The text that tells of it. Throws a {@linkcode Refusal} for what may not be said: then the upload stays. */
function textOf(
  house: HouseParts,
  session: Session,
  { upload: { name }, next, place }: Uploading,
  request: RequestOf<"done">,
): string {
  const text = messageText(fileSentence(name, next, saidWith(request)));
  // In the sentence it is no longer at the beginning of a line.
  if (isSecret(request.text ?? "")) throw new Refusal("may-be-secret", MAY_BE_SECRET);
  checkFilePlace(house, session, place);
  checkSaid(house.state, session, text);
  if ("room" in place) pauseFor(house, session, roomOf(house.state, session, place.room).key);
  return text;
}

/** What has come in, and how it is to be sent. */
interface Finished {
  readonly uploading: Uploading;
  readonly request: RequestOf<"done">;
  readonly sha256: string | undefined;
  readonly text: string;
}

async function finish(
  house: HouseParts,
  files: Files,
  session: Session,
  finished: Finished,
): Promise<void> {
  const { uploading } = finished;
  const { upload, peer } = uploading;
  await uploading.written();
  const usage = await currentUsage(house, files, upload.owner);
  // Others may have taken the room meanwhile.
  const asked = { limits: files.limits, store: files.store, upload, usage };
  if (upload.size === undefined) checkOwnQuota(asked);
  checkAllQuota(asked);
  // Its client comes back to the upload, and says `done` again.
  if (session.peer !== peer) return files.transfers.endUpload(uploading);
  await store(house, files, session, finished);
}

async function store(
  house: HouseParts,
  files: Files,
  session: Session,
  { uploading, request, sha256, text }: Finished,
): Promise<void> {
  const { upload, place } = uploading;
  const { id, file: key } = request;
  const { owner, name } = upload;
  const blob = await finishUpload(upload, sha256);
  const file: SentFile = { id: house.chance.id(), name, ...blob };
  const then = ({ fact, at, receipt }: Entry): void => {
    if (uploading.state === "over") return;
    if (receipt !== undefined && "seq" in receipt) {
      const ack = { ...placeIn(session, fact, receipt.seq), at: isoTime(at), file } as const;
      const said = fingerprint(saidWith(request));
      files.transfers.sentFile(session, key, { size: blob.size, said, id, ack });
    } else if (receipt === undefined || !("again" in receipt)) {
      return giveBack(files, session, uploading);
    }
    upload.settle();
    files.transfers.endUpload(uploading);
  };
  await send(house, session, { place, text, id }, { file, owner, then });
}

/** A file could not be sent: what has come of it stays, and its client may say `done` again. */
function giveBack({ store, transfers }: Files, { peer }: Session, uploading: Uploading): void {
  if (uploading.state === "over") return;
  const { upload, place, usage } = uploading;
  upload.giveBack();
  transfers.endUpload(uploading);
  // It was thrown away.
  if (store.upload(upload.id) !== upload) return;
  if (peer === uploading.peer && !uploading.hasFailed) {
    transfers.addUpload(new Uploading({ upload, peer, place, usage }));
  }
}

/** What has come as a blob. One that has not the hash that it should have is thrown away. */
async function finishUpload(upload: Upload, sha256: string | undefined): Promise<StoredBlob> {
  try {
    return await upload.finish(sha256);
  } catch (error) {
    if (error instanceof Refusal && error.code === "bad-hash") await upload.cancel();
    throw error;
  }
}

/** What is sent, and where. */
interface Sent {
  readonly place: FilePlace;
  readonly text: string;
  readonly id: string | undefined;
}

function send(
  house: HouseParts,
  session: Session,
  { place, text, id }: Sent,
  sending: Sending,
): Later<void> {
  const asked = { text, ...idOf({ id }) };
  return "room" in place
    ? say(house, session, { type: "say", ...asked, ...place }, sending)
    : direct(house, session, { type: "direct", ...asked, ...place }, sending);
}

/** Where a file was sent, as its ack tells it. */
function placeIn(
  { hasPeople }: Session,
  fact: Fact,
  seq: number,
): { readonly room?: string; readonly chat?: string; readonly seq?: number } {
  if (fact.kind === "say") return { room: fact.title, seq };
  return fact.kind === "direct" && hasPeople ? { chat: keyOf(fact.log), seq } : {};
}
