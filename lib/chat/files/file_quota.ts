/** How much may be kept of files, of whom, and how that is told. */

import { sizeAndLimit } from "../../words/files.js";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import type { FileOwner, FileStore, FileUsage, Upload } from "./file_store.ts";

/** How much of files may be kept, in bytes where nothing else is said. */
export interface FileLimits {
  /** The largest file. */
  readonly fileBytes: number;
  /** All files of one account. */
  readonly filesPerUser: number;
  /** All files of the guests from one address. */
  readonly filesPerAddress: number;
  /** All files; a quarter of that for all guests together. */
  readonly filesTotal: number;
  /** Uploads of one owner that are not finished. */
  readonly unfinishedUploads: number;
  /** Uploads, and as many downloads, on one connection at once. */
  readonly transfers: number;
}

/** Who may send files. */
export type FileSenders = "registered" | "all";

/** Whose limit is met. */
type Scope = "person" | "address" | "guests" | "server";

const WHOSE: Readonly<Record<Scope, string>> = {
  person: "your files",
  address: "the files of guests from your address",
  guests: "the files of all guests",
  server: "all files of this server",
};

/** Throws a {@linkcode Refusal} (`file-too-large`) for a file of so many bytes. */
export function checkFileSize({ fileBytes }: FileLimits, name: string, size: number): void {
  if (size <= fileBytes) return;
  const [has, most] = sizeAndLimit(size, fileBytes);
  throw new Refusal(
    "file-too-large",
    `${name} has ${has}; this server takes files of ${most} at most`,
    undefined,
    false,
    { limit: fileBytes, scope: "file" },
  );
}

/** An upload for which room is looked for. */
export interface RoomAsked {
  readonly limits: FileLimits;
  readonly store: Pick<FileStore, "underWay" | "come">;
  /** It counts among what is under way. */
  readonly upload: Pick<Upload, "owner" | "size" | "offset">;
  /** What is stored. */
  readonly usage: FileUsage;
}

/**
 * Throws a {@linkcode Refusal} (`quota`) when its owner has too much. What was announced counts; `more`
 * bytes have only just come, and were not.
 */
export function checkOwnQuota({ limits, store, upload, usage }: RoomAsked, more = 0): void {
  const { owner, size = 0, offset } = upload;
  const { bytes } = store.underWay(owner);
  const [scope, limit]: [Scope, number] = isGuests(owner)
    ? ["address", limits.filesPerAddress]
    : ["person", limits.filesPerUser];
  const used = usage.own + bytes + more;
  if (used > limit) throw quotaRefusal(scope, used, limit, bytes - Math.max(size, offset));
}

/**
 * Throws one when there is too much of all. Here only what has come counts, and `more` bytes that are about
 * to: otherwise a few people could keep all others from sending files by what they announce.
 */
export function checkAllQuota({ limits, store, upload, usage }: RoomAsked, more = 0): void {
  const { owner, offset } = upload;
  const { filesTotal } = limits;
  const check = (scope: Scope, used: number, limit: number): void => {
    if (used > limit) throw quotaRefusal(scope, used, limit, store.come(owner) - offset);
  };
  if (isGuests(owner)) {
    check("guests", usage.guests + store.come("guests") + more, Math.floor(filesTotal / 4));
  }
  check("server", usage.all + store.come() + more, filesTotal);
}

/** Throws a {@linkcode Refusal} (`too-many-transfers`) when an owner has too many unfinished uploads. */
export function checkUnfinished(
  { unfinishedUploads }: FileLimits,
  store: Pick<FileStore, "underWay">,
  owner: FileOwner,
): void {
  const { count } = store.underWay(owner);
  if (count <= unfinishedUploads) return;
  const whose = isGuests(owner) ? "from your address" : "of yours";
  throw new Refusal(
    "too-many-transfers",
    `${count - 1} uploads ${whose} are not finished, which is the limit; ` +
      "go on with one of them, or cancel it",
  );
}

/** In whose quota counts what somebody sends: an account, or a guest from that address. */
export function fileOwner(account: string | undefined, address = ""): FileOwner {
  return account === undefined ? `address ${address}` : `account ${account}`;
}

/**
 * Who may send files. Where nothing is said about it, not everybody may if the server wants to know its
 * people: it has a password or accounts.
 */
export function fileSenders(
  { senders }: { readonly senders: FileSenders | undefined },
  { needs, accounts }: { readonly needs: readonly string[]; readonly accounts: number },
): FileSenders {
  return senders ?? (needs.length > 0 || accounts > 0 ? "registered" : "all");
}

/** Throws a {@linkcode Refusal} (`not-allowed`) for a guest where only those with a reserved name send files. */
export function checkSender(senders: FileSenders | undefined, hasAccount: boolean): void {
  if (hasAccount || senders !== "registered") return;
  throw new Refusal(
    "not-allowed",
    sentence`Here only people with a reserved name send files; ${{ to: "register" }} reserves one`,
  );
}

function isGuests(owner: FileOwner): boolean {
  return owner.startsWith("address ");
}

function quotaRefusal(scope: Scope, used: number, limit: number, frees: number): Refusal {
  const [all, most] = sizeAndLimit(used, limit);
  const what = `with this, ${WHOSE[scope]} would come to ${all}`;
  const hint = frees > 0 ? "; cancel an upload that is not finished, or wait" : "";
  return new Refusal(
    "quota",
    `There is no room: ${what}, and the limit is ${most}${hint}`,
    undefined,
    false,
    { used, limit, scope, ...(frees > 0 ? { frees } : {}) },
  );
}
