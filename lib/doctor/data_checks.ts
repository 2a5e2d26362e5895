/** Looks at a data directory, and leaves all in it as it was. */

import { diskRoom } from "../files/disk_room.ts";
import { checkStore } from "../store/check.ts";
import { type ControlPlace, readControl } from "../store/control_file.ts";
import { databasePath, openReader } from "../store/directory.ts";
import { StoreError } from "../store/faults.ts";
import { statIfThere } from "../store/private.ts";
import { reasonOf } from "../wire/text.ts";
import { checkCertificate } from "./certificate_check.ts";
import type { Findings } from "./findings.ts";

/** What is asked of the system; tests hand in another one. */
export interface DataLook {
  /** Bytes that are free on the disk of a path, and all. */
  readonly room?: typeof diskRoom;
  /** Why this user can't write to a directory; `undefined`: it can. */
  readonly whyNot?: (path: string) => Promise<string | undefined>;
  /** What is mounted where, as `/proc/mounts` has it; empty: not known. */
  readonly mounts?: () => string;
  /** Whether the server of a directory answers at its control port; by default none does. */
  readonly answers?: (place: ControlPlace) => Promise<boolean>;
  readonly now?: () => number;
}

/** Less than this share free is nearly full: files are refused then. */
const LEAST_FREE = 0.05;
const NETWORK = /^(?:nfs\d?|cifs|smb\d?|smbfs|fuse\.sshfs|afs|ceph|glusterfs|fuse\.glusterfs|9p)$/;

/** Looks at it. */
export async function checkData(dir: string, to: Findings, look: DataLook = {}): Promise<void> {
  const { whyNot = whyNotWritten, room = diskRoom, mounts = readMounts } = look;
  let info: Deno.FileInfo | undefined;
  try {
    info = statIfThere(dir);
  } catch (error) {
    return to.add("data-place", `${dir} can't be looked at (${reasonOf(error)})`);
  }
  if (info === undefined) return to.fact(`There is no data directory ${dir} yet`);
  if (!info.isDirectory) return to.add("data-place", `${dir} is no directory`);
  checkMode(dir, info.mode, to);
  const why = await whyNot(dir);
  if (why !== undefined) to.add("data-read-only", `${dir} (${why})`);
  const system = fileSystemOf(dir, mounts());
  if (system !== undefined && NETWORK.test(system)) {
    to.add("data-network", `${dir} is on ${system}`);
  }
  const space = await room(dir);
  if (space !== undefined && space.free < space.all * LEAST_FREE) {
    to.add("disk-full", `${mib(space.free)} of ${mib(space.all)} are free where ${dir} is`);
  } else if (space !== undefined) to.fact(`${mib(space.free)} are free where ${dir} is`);
  await checkUse(dir, to, look);
  checkDatabase(dir, to);
  const [cert, key] = [`${dir}/tls-cert.pem`, `${dir}/tls-key.pem`];
  if (statIfThere(cert) !== undefined) checkCertificate({ cert, key }, to, look.now);
}

function checkMode(dir: string, mode: number | null, to: Findings): void {
  if (Deno.build.os === "windows" || mode === null) return;
  const shown = `the mode of ${dir} is ${(mode & 0o777).toString(8)}`;
  if ((mode & 0o022) !== 0) to.add("data-mode", shown, `chmod go-w ${asWord(dir)}`);
  else if ((mode & 0o055) !== 0) to.add("data-open", shown, `chmod 700 ${asWord(dir)}`);
}

/** A path as a shell of Unix takes it. */
function asWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** Who uses it: whoever does has locked it. A shared lock, taken for a moment, is in nobody's way but a start's. */
async function checkUse(dir: string, to: Findings, look: DataLook): Promise<void> {
  let file: Deno.FsFile;
  try {
    if (!statIfThere(`${dir}/lock`)?.isFile) return to.fact(`No server has run on ${dir}`);
    file = await Deno.open(`${dir}/lock`);
  } catch {
    // That this user can't use it has been told.
    return;
  }
  using lock = file;
  if (await lock.tryLock(false)) return to.fact(`No program uses ${dir}`);
  const place = readControl(dir);
  const isServer = place !== undefined && await look.answers?.(place) === true;
  if (isServer) to.fact(`A server runs on ${dir}, and takes commands`);
  else to.add("data-locked", dir);
}

function checkDatabase(dir: string, to: Findings): void {
  if (statIfThere(databasePath(dir)) === undefined) return;
  try {
    using db = openReader(dir, 1);
    const { problems, messages, rooms } = checkStore(db, { quick: true });
    const [first, ...more] = problems;
    if (first === undefined) {
      return to.fact(`The database is sound: ${messages} messages in ${rooms} rooms`);
    }
    to.add("store-damaged", more.length === 0 ? first : `${first}, and ${more.length} more`);
  } catch (error) {
    const text = error instanceof StoreError ? error.message : reasonOf(error);
    to.add(/by a newer chatroom/.test(text) ? "store-newer" : "store-damaged", text);
  }
}

/** Asked of the system by making a file and removing it: nothing else tells of modes, mounts and quotas alike. */
async function whyNotWritten(path: string): Promise<string | undefined> {
  try {
    await Deno.remove(await Deno.makeTempFile({ dir: path, prefix: ".doctor-" }));
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Only Linux has it, and an executable may not read it. */
function readMounts(): string {
  try {
    return Deno.readTextFileSync("/proc/mounts");
  } catch {
    return "";
  }
}

/** The type of the file system that has a path; `undefined`: not known. */
function fileSystemOf(path: string, mounts: string): string | undefined {
  let real: string;
  try {
    real = `${Deno.realPathSync(path)}/`;
  } catch {
    return undefined;
  }
  const rows = mounts.split("\n").map((row) => row.split(" "));
  const over = rows.filter(([, at = ""]) => real.startsWith(at === "/" ? "/" : `${at}/`));
  return over.sort(([, a = ""], [, b = ""]) => a.length - b.length).at(-1)?.[2];
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / 1_048_576)} MiB`;
}
