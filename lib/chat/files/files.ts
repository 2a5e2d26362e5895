/** What a house has that takes files. */

import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { type FileLimits, type FileSenders, fileSenders } from "./file_quota.ts";
import type { FileStore } from "./file_store.ts";
import { Transfers } from "./transfers.ts";

/** What a house is made with that takes files. */
export interface FileOptions {
  readonly store: FileStore;
  /** Who may send some; everybody if nothing is said, unless the server has a password or accounts. */
  readonly senders?: FileSenders | undefined;
  /** Told of a request that turned out later to be refused. */
  readonly onRefused?: (code: string) => void;
  /** Told when others may send some than before. */
  readonly onSenders?: (senders: FileSenders) => void;
  /** Told of an error in a transfer that is a bug. */
  readonly onFailed?: (error: unknown) => void;
}

/** Where files are kept, what is under way, and what may be. */
export interface Files extends Required<FileOptions> {
  readonly transfers: Transfers;
  readonly limits: FileLimits;
}

/** What a house has for files that is made with these. */
export function takingFiles(options: FileOptions, limits: FileLimits): Files {
  const { store, senders, onRefused = () => {}, onSenders = () => {}, onFailed = () => {} } =
    options;
  return {
    store,
    senders,
    onRefused,
    onSenders,
    onFailed,
    limits,
    transfers: new Transfers(() => limits.transfers),
  };
}

/** Who may send files now; `undefined` where none are taken. */
export function sendersIn(
  { files, keeper: { needs }, state: { people } }: SendersState,
): FileSenders | undefined {
  return files && fileSenders(files, { needs, accounts: people.size });
}

/** What tells who may send files. */
interface SendersState {
  readonly files: Files | undefined;
  readonly keeper: { readonly needs: readonly string[] };
  readonly state: { readonly people: { readonly size: number } };
}

/** Settles when all that a session has said and sent is stored and told; `undefined`: it is. */
export function idleWith(
  { files }: { readonly files: Files | undefined },
  session: Session,
): Promise<void> | undefined {
  const sending = session.peer && files?.transfers.sending(session.peer);
  return sending === undefined ? session.idle() : sending.then(() => session.idle());
}

/** What a house has for files. Throws a {@linkcode Refusal} (`files-off`) if it takes none. */
export function filesOf({ files }: { readonly files: Files | undefined }): Files {
  if (files !== undefined) return files;
  throw new Refusal("files-off", "This server takes no files; whoever runs it can turn them on");
}
