/**
 * What a backup is made of, be it a directory or a tar: the same files as in a data directory, and a note
 * about them. This folder knows no flags and no sockets; a server may go on while it reads.
 */

/** The note of {@linkcode BackupNote}. */
export const NOTE_FILE = "backup.json";
/** The copy of the database. */
export const DATABASE = "chatroom.db";
/**
 * What a server has made for itself: without its certificate every client would be warned, and without the
 * key of links those that people have kept would lead nowhere.
 */
export const OWN_FILES: readonly string[] = ["tls-key.pem", "tls-cert.pem", "link-key"];

/** What a note and a certificate may take, in bytes. */
export const MOST_SMALL_BYTES = 1_048_576;

/** What an entry of a backup is, by its name; `undefined`: none that we would have made. */
export type EntryKind =
  | { readonly kind: "blob"; readonly sha256: string }
  | { readonly kind: "database" | "small" };

/** Says what an entry is. A name that is not exactly one of ours, whatever path it is, is none. */
export function kindOfEntry(name: string): EntryKind | undefined {
  const [, shelf, sha256] = /^files\/([0-9a-f]{2})\/([0-9a-f]{64})$/.exec(name) ?? [];
  if (sha256 !== undefined) {
    return sha256.startsWith(shelf ?? "") ? { kind: "blob", sha256 } : undefined;
  }
  if (name === DATABASE) return { kind: "database" };
  return name === NOTE_FILE || OWN_FILES.includes(name) ? { kind: "small" } : undefined;
}

/** The name of a blob in a backup. */
export function blobEntry(sha256: string): string {
  return `files/${sha256.slice(0, 2)}/${sha256}`;
}

/** The folders that entries are in. */
export function isFolderOfEntries(name: string): boolean {
  return /^(?:\.|files(?:\/[0-9a-f]{2})?)$/.test(name);
}
