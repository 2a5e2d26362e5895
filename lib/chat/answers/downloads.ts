/** The answers to `get`, `credit` and `link`: files that are fetched. */

import type { SentFile } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import { Downloading } from "../files/downloading.ts";
import { type Files, filesOf } from "../files/files.ts";
import type { HouseParts } from "../house_parts.ts";
import { whoIsSession } from "../judge/parties.ts";
import type { StoredFile } from "../log/fact_log.ts";
import { isoTime } from "../log/times.ts";
import { Refusal } from "../refusal.ts";
import type { Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import { mayReadFile, noSuchFile, readableFile } from "./readable_file.ts";
import { refuseLate } from "./refuse_late.ts";

/** For how long a file that is being sent is taken to be there still, in ms. */
const KEPT_MS = 1_000;

/** Begins to send a file, from an offset on. One that is being sent on the connection begins anew. */
export async function get(
  house: HouseParts,
  session: Session,
  request: RequestOf<"get">,
): Promise<void> {
  const files = filesOf(house);
  const { peer } = session;
  const { file: id, offset, credit } = request;
  if (peer === undefined) return;
  files.transfers.check(peer, "downloads", id);
  const file = await readableFile(house, session, id);
  checkEnd(file, offset);
  const source = await files.store.open(file.sha256, file.size);
  // The client may have gone meanwhile.
  if (session.peer !== peer) return source.close();
  const downloading: Downloading = new Downloading({
    ...{ file: sentFile(file), source, peer, offset, id: request.id },
    eventBytes: house.state.rules.messageBytes,
    ...checks(house, session, file),
    onSent: (bytes) => files.transfers.sent(bytes),
    onEnd: (error) => {
      files.transfers.endDownload(peer, id, downloading);
      if (error !== undefined) refuseLate(files, { session, peer, request }, error);
    },
  });
  begin(files, peer, id, downloading, credit);
}

function begin(
  { transfers }: Files,
  peer: Peer,
  id: string,
  downloading: Downloading,
  credit: number,
): void {
  transfers.addDownload(peer, id, downloading);
  try {
    downloading.grant(credit);
  } catch (error) {
    downloading.stop();
    throw error;
  }
}

/** Throws a {@linkcode Refusal} (`bad-offset`) for an offset behind the end of a file. */
function checkEnd({ name, size }: StoredFile, offset: number): void {
  if (offset <= size) return;
  throw new Refusal(
    "bad-offset",
    `${name} has ${size} bytes, so nothing comes from ${offset} on`,
    undefined,
    false,
    { offset: size },
  );
}

/** What clients are told of a file. */
function sentFile({ log: _, seq: __, owner: ___, ...file }: StoredFile): SentFile {
  return file;
}

/** Whether more of a file may be sent: the session may read it, and it is there still. */
function checks(
  house: HouseParts,
  session: Session,
  file: StoredFile,
): { readonly check: () => void; readonly checkKept: () => Promise<void> | undefined } {
  const { id, log } = file;
  const { transfers } = filesOf(house);
  let until = house.now() + KEPT_MS;
  return {
    check: () => {
      if (!mayReadFile(house.state, session, log) || transfers.wasRemoved(file)) {
        throw noSuchFile(id);
      }
    },
    checkKept: () => {
      if (house.now() < until) return undefined;
      until = house.now() + KEPT_MS;
      return readableFile(house, session, id).then(() => {});
    },
  };
}

/** Lets more of a file be sent. Whether it may still be read is asked before each piece. */
export function credit(
  house: HouseParts,
  { peer }: Session,
  { file, credit: more }: RequestOf<"credit">,
): void {
  const { transfers } = filesOf(house);
  if (peer === undefined) return;
  const downloading = transfers.downloadOn(peer, file);
  if (downloading !== undefined) return downloading.grant(more);
  // A client that gives credit as it reads can't know that the last bytes are on their way.
  if (!transfers.takeLate(peer, file, more)) throw noSuchFile(file);
}

/** Tells where a file can be fetched by HTTP. */
export async function link(
  house: HouseParts,
  session: Session,
  { id, file: asked }: RequestOf<"link">,
): Promise<void> {
  filesOf(house);
  const file = await readableFile(house, session, asked);
  const made = session.peer?.link?.(file, {
    reader: whoIsSession(house.state, session),
    device: session.device,
  });
  if (made === undefined) {
    throw new Refusal("no-web", "This server has no web page, so no links lead to files; use get");
  }
  const { path, url, until } = made;
  const where = url === undefined ? { path } : { path, url };
  session.deliver({ type: "link", ...idOf({ id }), file: asked, ...where, until: isoTime(until) });
}
