/** The flags of `serve` for where messages are kept, and for how long. */

import type { Limits } from "../server/limits.ts";
import type { Logger } from "../server/log.ts";
import type { FactLog } from "../chat/log/fact_log.ts";
import type { LocalLogOptions } from "../store/local_log_options.ts";
import { chosen, type Invocation, parseFrom, UsageError } from "./flags.ts";
import { type ServeFlag, serveFlag } from "./serve_flag.ts";
import { dataDir } from "./machine.ts";
import { counted, formatQuantity, parseCount, parseDuration } from "./values.ts";

/** How long to wait for a disk that hangs after all clients have gone, in ms. */
const LAST_MS = 1_000;

const DURABILITIES = ["full", "normal"] as const;

/** How long and how many messages are kept, which `serve` and `cluster` share. */
export const KEEP_FLAGS: readonly ServeFlag[] = [
  serveFlag("now", "--keep TIME", "how long messages are kept, for example 30d"),
  serveFlag("now", "--keep-messages COUNT", "how many messages are kept in each room"),
];

export const STORE_FLAGS: readonly ServeFlag[] = [
  serveFlag("restart", "--data DIR", "directory that messages are kept in; made if there is none", {
    env: "CHATROOM_DATA",
    default: "your data directory",
  }),
  serveFlag("restart", "--memory", "keep messages in memory only, until the server stops"),
  serveFlag(
    "restart",
    "--durability WHEN",
    "when a message counts as stored: full (it is on the disk) or normal (a power cut may " +
      "take the last ones)",
    { choices: DURABILITIES, default: "full" },
  ),
  ...KEEP_FLAGS,
];

/** What a server keeps on disk, as it is run. */
export interface KeptData {
  readonly factLog: FactLog;
  /** How many messages of rooms are stored, and how many rooms. */
  readonly size: { readonly messages: number; readonly rooms: number };
  /** Keeps it as another place and other limits say from now on; not where a cluster says it. */
  change?(place: StorePlace, limits: Limits): void;
  /** Settles when all that was put is stored; `undefined`: it is. */
  settled(): Promise<void> | undefined;
  /** Stores what waits, and closes it, within so many ms. Resolves with how much may not be stored. */
  close(withinMs: number): Promise<number>;
}

/** Where messages are kept, and for how long. */
export type StorePlace = Pick<LocalLogOptions, "dir" | "durability" | "keepMs" | "keepMessages">;

/** The place that the flags name; `undefined`: in memory. Throws a {@linkcode UsageError}. */
export function storePlace(invocation: Invocation): StorePlace | undefined {
  const durability = chosen(DURABILITIES, invocation.get("durability")) ?? "full";
  const rules = { durability, ...keepRules(invocation) };
  const given = invocation.all("data")[0];
  const memoryRank = rankOf(invocation, "memory");
  if (invocation.has("memory") && memoryRank >= rankOf(invocation, "data")) {
    const isSaidToo = (name: string): boolean =>
      invocation.isSaid(name) && rankOf(invocation, name) >= memoryRank;
    if (isSaidToo("data")) {
      throw new UsageError("--memory keeps nothing, so it can't go with --data");
    }
    const flag = ["durability", "keep", "keep-messages"].find(isSaidToo);
    if (flag !== undefined) {
      throw new UsageError(`--memory keeps nothing, so it can't go with --${flag}`);
    }
    return undefined;
  }
  const dir = given ?? dataDir();
  if (dir === undefined) {
    throw new UsageError("There is no home directory; say --data DIR, or --memory to keep nothing");
  }
  return { dir, ...rules };
}

/** How much a place counts from which a value is: what a flag says wins over what a file says. */
function rankOf(invocation: Invocation, flag: string): number {
  const source = invocation.source(flag)?.kind;
  return source === undefined ? 0 : ["file", "environment", "flag"].indexOf(source) + 1;
}

/** What {@linkcode KEEP_FLAGS} say; what is not said stays out. Throws a {@linkcode UsageError}. */
export function keepRules(invocation: Invocation): Pick<StorePlace, "keepMs" | "keepMessages"> {
  const [keep, messages] = [invocation.get("keep"), invocation.get("keep-messages")];
  return {
    ...(keep === undefined ? {} : { keepMs: parseFrom("--keep", keep, parseDuration) }),
    ...(messages === undefined
      ? {}
      : { keepMessages: parseFrom("--keep-messages", messages, (text) => parseCount(text)) }),
  };
}

/**
 * Closes the store within the drain limit, or within a second if the disk hangs and has used up that
 * limit. If something may not have been stored, logs that and resolves with false.
 */
export async function closeStore(
  kept: KeptData | undefined,
  { drainMs }: Limits,
  log: Logger,
): Promise<boolean> {
  if (kept === undefined) return true;
  const hangs = kept.settled() !== undefined;
  const lost = await kept.close(hangs ? Math.min(drainMs, LAST_MS) : drainMs);
  if (lost === 0) return true;
  const text =
    "The disk does not answer: messages and changes that nobody was told are stored may " +
    "be lost";
  log({ level: "error", kind: "store", text, fields: { count: lost } });
  return false;
}

/** A line about what is kept, and where. */
export function describeStore(
  place: StorePlace | undefined,
  kept: KeptData | undefined,
): string {
  if (place === undefined || kept === undefined) {
    return "Messages are kept in memory, and are gone when the server stops.";
  }
  const { messages, rooms } = kept.size;
  const rules = retentionRules(place);
  const removed = rules.length === 0 ? "" : `; ${rules.join(" and ")} is removed`;
  return `Messages are kept in ${place.dir} (${counted(messages, "message")} in ` +
    `${counted(rooms, "room")})${removed}.`;
}

/** What will be removed, in words, so that nobody is surprised by it. */
export function retentionRules({ keepMs, keepMessages }: StorePlace): readonly string[] {
  return [
    ...(keepMs === undefined ? [] : [`all that is older than ${formatQuantity(keepMs, "ms")}`]),
    ...(keepMessages === undefined
      ? []
      : [`all but the last ${counted(keepMessages, "message")} of each room`]),
  ];
}
