/** The answers to `chunk` and `cancel`: what comes of a file. */

import { bytesOfBase64 } from "../../wire/base64.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import { checkAllQuota, checkFileSize, checkOwnQuota } from "../files/file_quota.ts";
import { type Files, filesOf } from "../files/files.ts";
import { noSuchUpload } from "../files/transfers.ts";
import type { Uploading } from "../files/uploading.ts";
import type { HouseParts } from "../house_parts.ts";
import { whoIsSession } from "../judge/parties.ts";
import { Refusal } from "../refusal.ts";
import { Batch } from "../sessions/batch.ts";
import type { Session } from "../sessions/session.ts";
import { refuseLate } from "./refuse_late.ts";

/** The largest chunk, in bytes. */
const MAX_CHUNK = 32_768;
/** An upload is held against the quota whenever so many more bytes have come. */
const CHECK_EACH = 1_048_576;

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
  // The text of the bytes is not needed while they wait to be written.
  write(files, session, { uploading, data, request: { ...request, data: "" } });
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
  const bytes = bytesOfBase64(data);
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
