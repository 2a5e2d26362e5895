/** The answers to `chunk` and `cancel`: what comes of a file. */

import { MAX_CHUNK_BYTES, type RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import { checkAllQuota, checkFileSize, checkOwnQuota } from "../files/file_quota.ts";
import { type Files, filesOf } from "../files/files.ts";
import { noSuchUpload } from "../files/transfers.ts";
import type { Uploading } from "../files/uploading.ts";
import type { HouseParts } from "../house_parts.ts";
import { whoIsSession } from "../judge/parties.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { refuseLate } from "./refuse_late.ts";
import { tellTaken } from "./taken.ts";

/** An upload is held against the quota whenever so many more bytes have come. */
const CHECK_EACH = 1_048_576;

const NOTHING = new Uint8Array();

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
  const { data } = request;
  checkLength(data);
  checkOffset(uploading, request.offset);
  checkRoom(files, uploading, data.length);
  write(files, session, { uploading, data, request: { ...request, data: NOTHING } });
  return transfers.room(peer);
}

/** Bytes that have come for an upload. */
interface Come {
  readonly uploading: Uploading;
  /** They are in a buffer of the connection, and the store has a copy as soon as it is told of them. */
  readonly data: Uint8Array;
  readonly request: RequestOf<"chunk">;
}

async function write(
  files: Files,
  session: Session,
  { uploading, data, request }: Come,
): Promise<void> {
  const { transfers } = files;
  const { peer } = uploading;
  const { file } = request;
  const { length } = data;
  const offset = uploading.next + length;
  transfers.came(peer, length);
  try {
    await uploading.write(data);
    // It was thrown away meanwhile, or goes on elsewhere.
    if (uploading.state === "over") throw noSuchUpload(file);
    if (session.peer !== peer) return;
    tellTaken(peer, { type: "taken", ...idOf(request), file, offset });
  } catch (error) {
    transfers.endUpload(uploading);
    refuseLate(files, { session, peer, request }, error);
  } finally {
    transfers.written(peer, length);
  }
}

/** Throws a {@linkcode Refusal} (`bad-field`) for a chunk without bytes, or with too many. */
function checkLength({ length }: Uint8Array): void {
  if (length > 0 && length <= MAX_CHUNK_BYTES) return;
  const text = `A chunk has 1 to ${MAX_CHUNK_BYTES} bytes; this one has ${length}`;
  throw new Refusal("bad-field", text);
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

/** Throws a {@linkcode Refusal} for bytes that are too many. Where there is no room for them, it has ended. */
function checkRoom(files: Files, uploading: Uploading, bytes: number): void {
  const { limits, store, transfers } = files;
  const { upload, next, usage } = uploading;
  const { name, size } = upload;
  const total = next + bytes;
  if (size !== undefined && total > size) {
    const text = `${name} was announced with ${size} bytes, and with these it would have ${total}`;
    throw new Refusal("bad-field", text);
  }
  try {
    checkFileSize(limits, name, total);
    if (Math.floor(total / CHECK_EACH) === Math.floor(next / CHECK_EACH)) return;
    const asked = { limits, store, upload, usage };
    if (size === undefined) checkOwnQuota(asked, bytes);
    checkAllQuota(asked, bytes);
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
    if (transfers.recall(session, file) !== undefined) throw sentAlready(file);
    const isOwn = upload?.person === whoIsSession(house.state, session);
    if (upload === undefined || !isOwn && uploading?.peer !== peer) throw noSuchUpload(file);
    if (uploading?.state === "finishing") throw sentAlready(file);
    if (uploading !== undefined) transfers.endUpload(uploading);
    await upload.cancel();
  }
  if (session.peer === peer) session.deliver({ type: "cancelled", ...idOf(request), file });
}

/** The refusal to cancel what is no longer an upload. */
function sentAlready(id: string): Refusal {
  return new Refusal(
    "no-such-file",
    `The upload ${
      id.slice(0, 64)
    } was sent already, or is just being sent, so it can't be cancelled any more`,
  );
}
