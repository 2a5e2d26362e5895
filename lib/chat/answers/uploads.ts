/** The answers to `put`, `chunk` and `cancel`: files that come in. */

import { type RequestOf, REQUESTS } from "../../wire/requests.ts";
import { safeFileName } from "../../words/files.js";
import { idOf } from "../asked.ts";
import {
  checkFileSize,
  checkQuota,
  checkSender,
  checkUnfinished,
  fileOwner,
} from "../files/file_quota.ts";
import type { FileUsage, Upload, UploadAsked } from "../files/file_store.ts";
import { type Files, filesOf } from "../files/files.ts";
import { noSuchUpload } from "../files/transfers.ts";
import { checkHash, type FilePlace, Uploading } from "../files/uploading.ts";
import type { HouseParts } from "../house_parts.ts";
import { whoIsSession } from "../judge/parties.ts";
import { Refusal } from "../refusal.ts";
import { Batch } from "../sessions/batch.ts";
import type { Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import { refuseLate } from "./refuse_late.ts";
import { checkFilePlace } from "./send_file.ts";

/** The largest chunk, in bytes. */
const MAX_CHUNK = 32_768;
/** An upload of unknown size is held against the quota whenever so many more bytes have come. */
const CHECK_EACH = 1_048_576;

/** Begins an upload, or goes on with one. */
export async function beginUpload(
  house: HouseParts,
  session: Session,
  request: RequestOf<"put">,
): Promise<void> {
  const files = filesOf(house);
  const { peer } = session;
  if (peer === undefined) return;
  const { people } = house.state;
  checkSender(files, people.accountOf(session) !== undefined, isClosed(house));
  const place = placeOf(request);
  checkFilePlace(house, session, place);
  const asked = askedOf(house, session, request);
  checkFileSize(files.limits, asked.name, asked.size ?? 0);
  files.transfers.check(peer, "uploads", asked.id);
  const sent = asked.id === undefined ? undefined : await sentBefore(files, session, asked.id);
  if (sent !== undefined) {
    return session.deliver({ type: "slot", ...idOf(request), ...sent });
  }
  const uploading = await begin(house, files, asked, { peer, place });
  // Its client may have gone meanwhile: what has come of the file waits for it.
  if (session.peer !== peer) return files.transfers.endUpload(uploading);
  const { upload: { id: file }, next: offset } = uploading;
  session.deliver({ type: "slot", ...idOf(request), file, offset });
}

/** Whether a server wants to know its people: it has a password or accounts. */
function isClosed({ keeper, state }: HouseParts): boolean {
  return keeper.needs.length > 0 || state.people.size > 0;
}

/** Where it is to be sent: exactly one of the three. */
function placeOf({ room, to, chat }: RequestOf<"put">): FilePlace {
  const places: FilePlace[] = [
    ...room === undefined ? [] : [{ room }],
    ...to === undefined ? [] : [{ to }],
    ...chat === undefined ? [] : [{ chat }],
  ];
  const [place] = places;
  if (place !== undefined && places.length === 1) return place;
  throw new Refusal("bad-field", "A file is sent to one of room, to and chat: name exactly one");
}

function askedOf(
  { state }: HouseParts,
  session: Session,
  { name, size, sha256, file }: RequestOf<"put">,
): UploadAsked {
  const { most } = REQUESTS.put.name;
  if (name.length > most) {
    const text = `The name of a file has at most ${most} characters; this one has ${name.length}`;
    throw new Refusal("bad-field", text);
  }
  checkHash(sha256);
  return {
    owner: fileOwner(state.people.accountOf(session)?.id, session.address),
    person: whoIsSession(state, session),
    name: safeFileName(name),
    ...(size === undefined ? {} : { size }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(file === undefined ? {} : { id: file }),
  };
}

/** An upload that is being sent, or was: its client has missed that, and only has to say `done` again. */
async function sentBefore(
  { transfers }: Files,
  session: Session,
  file: string,
): Promise<{ readonly file: string; readonly offset: number } | undefined> {
  const uploading = transfers.upload(file);
  if (uploading?.state === "finishing") await uploading.ended;
  const sent = transfers.recall(session, file);
  return sent === undefined ? undefined : { file, offset: sent.size };
}

async function begin(
  house: HouseParts,
  files: Files,
  asked: UploadAsked,
  on: { readonly peer: Peer; readonly place: FilePlace },
): Promise<Uploading> {
  const { store, transfers } = files;
  const newId = house.chance.id();
  const upload = await store.begin(asked, newId);
  const earlier = transfers.upload(upload.id);
  if (earlier?.state === "finishing") {
    // The same file is just being sent; this is another one, for which nothing has come yet.
    await earlier.ended;
    return begin(house, files, asked, on);
  }
  if (earlier !== undefined) {
    transfers.endUpload(earlier);
    await earlier.idle();
  }
  const usage = await usageFor(house, files, upload, upload.id === newId);
  const uploading = new Uploading({ ...on, upload, usage });
  transfers.addUpload(uploading);
  return uploading;
}

/** What the owner of an upload has. One that is new is thrown away if there is no room for it. */
async function usageFor(
  { index }: HouseParts,
  { store, limits }: Files,
  upload: Upload,
  isNew: boolean,
): Promise<FileUsage> {
  try {
    const usage = await index.fileUsage(upload.owner);
    if (isNew) {
      checkUnfinished(limits, store, upload.owner);
      checkQuota(limits, store, upload.owner, usage);
    }
    return usage;
  } catch (error) {
    if (isNew) await upload.cancel();
    throw error;
  }
}

/** Takes the next bytes of a file. They are written while the next requests are answered. */
export function chunk(
  house: HouseParts,
  session: Session,
  request: RequestOf<"chunk">,
): Promise<void> | undefined {
  const files = filesOf(house);
  const { transfers } = files;
  const { peer } = session;
  if (peer === undefined) return undefined;
  const uploading = transfers.uploadOn(peer, request.file);
  const data = bytesOf(request.data);
  checkOffset(uploading, request.offset);
  checkRoom(files, uploading, data.length);
  write(files, session, { uploading, data, request });
  return transfers.room(peer);
}

/** Bytes that have come for an upload. */
interface Piece {
  readonly uploading: Uploading;
  readonly data: Uint8Array;
  readonly request: RequestOf<"chunk">;
}

async function write(
  files: Files,
  session: Session,
  { uploading, data, request }: Piece,
): Promise<void> {
  const { transfers } = files;
  const { peer } = uploading;
  const { file } = request;
  const offset = uploading.next + data.length;
  transfers.came(peer, data.length);
  try {
    await uploading.write(data);
    // It was thrown away meanwhile, or goes on elsewhere.
    if (uploading.state === "over") throw noSuchUpload(file);
    if (session.peer !== peer) return;
    peer.deliver(new Batch([{ type: "taken", ...idOf(request), file, offset }]));
  } catch (error) {
    transfers.endUpload(uploading);
    refuseLate(files, { session, peer, request }, error);
  } finally {
    transfers.written(peer, data.length);
  }
}

/** The bytes in a chunk. Throws a {@linkcode Refusal} (`bad-field`) where there are none, or too many. */
function bytesOf(data: string): Uint8Array {
  const bytes = decoded(data);
  if (bytes === undefined) {
    const text = `The field data must be base64, with its padding and nothing else, not ${
      JSON.stringify(data.slice(0, 40))
    }`;
    throw new Refusal("bad-field", text);
  }
  if (bytes.length > 0 && bytes.length <= MAX_CHUNK) return bytes;
  const text = `A chunk has 1 to ${MAX_CHUNK} bytes; this one has ${bytes.length}`;
  throw new Refusal("bad-field", text);
}

function decoded(data: string): Uint8Array | undefined {
  if (data.length % 4 !== 0) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(data, { lastChunkHandling: "strict" });
    // White space is passed over; then there are fewer than the length tells.
    const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
    return bytes.length === data.length / 4 * 3 - padding ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function checkOffset({ next }: Uploading, offset: number): void {
  if (offset === next) return;
  throw new Refusal(
    "bad-offset",
    `The next byte of this file is that at ${next}, not that at ${offset}`,
    undefined,
    false,
    { offset: next },
  );
}

/** Throws a {@linkcode Refusal} for bytes that are too many. Then an upload of unknown size has ended. */
function checkRoom(files: Files, uploading: Uploading, bytes: number): void {
  const { limits, store, transfers } = files;
  const { upload, next, usage } = uploading;
  const { name, size, owner } = upload;
  const total = next + bytes;
  if (size !== undefined) {
    if (total <= size) return;
    const text = `${name} was announced with ${size} bytes, and with these it would have ${total}`;
    throw new Refusal("bad-field", text);
  }
  try {
    checkFileSize(limits, name, total);
    if (Math.floor(total / CHECK_EACH) === Math.floor(next / CHECK_EACH)) return;
    checkQuota(limits, store, owner, usage, bytes);
  } catch (error) {
    transfers.endUpload(uploading);
    // Nobody waits for that.
    upload.cancel().catch(files.onFailed);
    throw error;
  }
}

/** Ends an upload for good, or a download. */
export async function cancel(
  house: HouseParts,
  session: Session,
  request: RequestOf<"cancel">,
): Promise<void> {
  const { store, transfers } = filesOf(house);
  const { peer } = session;
  const { file } = request;
  if (peer === undefined) return;
  const downloading = transfers.downloadOn(peer, file);
  const uploading = transfers.upload(file);
  if (downloading !== undefined) downloading.stop();
  else {
    const upload = uploading?.upload ?? store.upload(file);
    const isOwn = upload?.person === whoIsSession(house.state, session);
    // What is being sent is no longer an upload.
    if (upload === undefined || !isOwn && uploading?.peer !== peer) throw noSuchUpload(file);
    if (uploading?.state === "finishing") throw noSuchUpload(file);
    if (uploading !== undefined) transfers.endUpload(uploading);
    await upload.cancel();
  }
  if (session.peer === peer) session.deliver({ type: "cancelled", ...idOf(request), file });
}
