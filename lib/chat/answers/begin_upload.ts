/** The answer to `put`: an upload begins, or goes on. */

import { type RequestOf, REQUESTS } from "../../wire/requests.ts";
import { safeFileName } from "../../words/files.js";
import { idOf } from "../asked.ts";
import {
  checkAllQuota,
  checkFileSize,
  checkOwnQuota,
  checkSender,
  checkUnfinished,
  fileOwner,
} from "../files/file_quota.ts";
import type { FileUsage, Upload, UploadAsked } from "../files/file_store.ts";
import { type Files, filesOf, sendersIn } from "../files/files.ts";
import { checkHash, type FilePlace, Uploading } from "../files/uploading.ts";
import type { HouseParts } from "../house_parts.ts";
import { whoIsSession } from "../judge/parties.ts";
import { Refusal } from "../refusal.ts";
import type { Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import { currentUsage } from "./file_usage.ts";
import { checkFilePlace } from "./send_file.ts";

/** Begins an upload, or goes on with one. */
export async function beginUpload(
  house: HouseParts,
  session: Session,
  request: RequestOf<"put">,
): Promise<void> {
  const files = filesOf(house);
  const { peer } = session;
  if (peer === undefined) return;
  checkSender(sendersIn(house), house.state.people.accountOf(session) !== undefined);
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
  const { upload: { id: file }, next: offset } = uploading;
  // Its client may have gone meanwhile.
  if (session.peer !== peer) return files.transfers.endUpload(uploading);
  session.deliver({ type: "slot", ...idOf(request), file, offset });
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

/** On which connection an upload goes on, and where it is sent then. */
interface On {
  readonly peer: Peer;
  readonly place: FilePlace;
}

async function begin(
  house: HouseParts,
  files: Files,
  asked: UploadAsked,
  on: On,
): Promise<Uploading> {
  for (;;) {
    const begun = await beginUnlessOpen(house, files, asked, on);
    if (begun !== undefined) return begun;
  }
}

/** Begins or goes on; `undefined`: it was on another connection until now. */
async function beginUnlessOpen(
  house: HouseParts,
  files: Files,
  asked: UploadAsked,
  on: On,
): Promise<Uploading | undefined> {
  const { store, transfers } = files;
  const newId = house.chance.id();
  const ids = new Set([newId, ...asked.id === undefined ? [] : [asked.id]]);
  using _beginning = transfers.begins(ids);
  const isRunning = (id: string): boolean => !ids.has(id) && transfers.isRunning(id);
  const upload = await store.begin({ ...asked, isRunning }, newId);
  ids.add(upload.id);
  const usage = await usageFor(house, files, upload, upload.id === newId);
  const earlier = transfers.upload(upload.id);
  if (earlier === undefined) {
    const uploading = new Uploading({ ...on, upload, usage });
    transfers.addUpload(uploading);
    return uploading;
  }
  // It is taken over by its id alone: the same file may just be sent to somebody else, too.
  if (earlier.state === "open" && upload.id === asked.id) transfers.endUpload(earlier);
  await (earlier.state === "finishing" ? earlier.ended : earlier.idle());
  return undefined;
}

/** What the owner of an upload has. One that is new is thrown away if there is no room for it. */
async function usageFor(
  house: HouseParts,
  files: Files,
  upload: Upload,
  isNew: boolean,
): Promise<FileUsage> {
  try {
    const usage = await currentUsage(house, files, upload.owner);
    if (isNew) await makeRoom(files, upload, usage);
    return usage;
  } catch (error) {
    if (isNew) await upload.cancel();
    throw error;
  }
}

/** Lets those uploads go for a new one that nobody goes on with. Rejects where that makes no room. */
async function makeRoom(
  { limits, store, transfers }: Files,
  upload: Upload,
  usage: FileUsage,
): Promise<void> {
  const { owner, size: own = 0 } = upload;
  for (;;) {
    try {
      checkUnfinished(limits, store, owner);
      const asked = { limits, store, upload, usage };
      checkOwnQuota(asked);
      return checkAllQuota(asked, own);
    } catch (error) {
      const isLarge = error instanceof Refusal && own > (error.about.limit ?? Infinity);
      const isRunning = (id: string): boolean => transfers.isRunning(id);
      const idlest = isLarge ? undefined : store.idlest(owner, isRunning);
      if (idlest === undefined) throw error;
      await idlest.cancel();
    }
  }
}
