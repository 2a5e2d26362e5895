/** What a command is: a record in one of the files of this folder, which table.ts brings together. */

import type { Later } from "../../chat/later.ts";
import type { IrcClient } from "../client.ts";
import type { IrcRequest } from "../lines/parse.ts";
import type { Reply } from "../reply.ts";

/** A command of IRC. */
export interface Command {
  /** Parameters that it needs; 461 says that some are missing. */
  readonly least?: number;
  /** It may come before the client is in. */
  readonly isEarly?: true;
  /** How many requests it counts as: what it does for each part of a list counts as if it had come alone. */
  count?(request: IrcRequest): number;
  /** It need not wait until what was said before has been stored. */
  readonly isSaid?: true;
  /** Does it. A promise means that the next command should wait. */
  run(client: IrcClient, request: IrcRequest, reply: Reply): Later<void>;
}

/** Commands by their names, in capitals. */
export type Commands = Readonly<Record<string, Command>>;

/** The parts of a parameter that is a list. */
export function listed(param: string | undefined): string[] {
  return [...new Set((param ?? "").split(",").filter((part) => part !== ""))];
}

/** Counts a request as many times as its parameter at `index`, which is a list, has parts. */
export function countOf(index: number): (request: IrcRequest) => number {
  return ({ params }) => Math.max(1, listed(params[index]).length);
}

/** Refuses a list that is too long. */
export function tooMany(reply: Reply, list: string): void {
  reply.numeric("407", list, "Those are too many at once");
}

/** Does something for one after the other. */
export function eachOf<T>(items: readonly T[], work: (item: T) => Later<void>): Later<void> {
  for (const [at, item] of items.entries()) {
    const waits = work(item);
    if (waits instanceof Promise) return waits.then(() => eachOf(items.slice(at + 1), work));
  }
}
