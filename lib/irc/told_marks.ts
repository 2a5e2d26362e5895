/**
 * How far each IRC client of each account was told what was said, by this door: when it comes again it is told the
 * rest. How far the account has read is something else, since its person reads on other devices, too.
 */

import type { Swept } from "../server/timers.ts";
import { Told, type ToldTimes } from "./told.ts";
import { ToldPlaces } from "./told_places.ts";

/** The most clients of one account that are remembered; the one that was away for longest goes. */
export const MOST_TOLD_CLIENTS = 8;
/**
 * How long a mark waits at least and at most before it is kept, in ms: what was not kept is told again after a
 * crash. All marks are written as one text, at so many UTF-16 code units a ms in the long run.
 */
const LEAST_KEEP_MS = 2_000;
const MOST_KEEP_MS = 30_000;
const KEPT_PER_MS = 32;

/** Where marks outlive the server. */
export interface ToldFile {
  /** What was kept, empty if nothing was. */
  readonly kept: string;
  /** Keeps a text in the place of the one before. Rejects with what the system says. */
  keep(text: string): Promise<void>;
}

/** What marks are made with. */
export interface ToldOptions {
  /** Numbers of another epoch mean nothing here; asked when somebody comes. */
  readonly epoch: () => string;
  /** Whether there still is an account with that id. */
  readonly isAccount: (id: string) => boolean;
  /** `undefined`: they end with the server. */
  readonly file?: ToldFile | undefined;
  /** For tests, which don't wait for long. */
  readonly times?: Partial<ToldTimes> | undefined;
  /** Told why they could not be kept; that is tried again. */
  readonly onProblem: (error: Error) => void;
}

/** One client of an account. */
interface Known {
  readonly places: ToldPlaces;
  /** Its connections: a second one may come before the first is known to be dead. */
  readonly live: Set<Told>;
  /** What is kept of it, until that changes. */
  line: string | undefined;
}

/** The marks of a server. */
export class ToldMarks implements Swept {
  readonly #options: ToldOptions;
  /** By the id of the account, and by the client: the one that came last is the last. */
  readonly #accounts = new Map<string, Map<string, Known>>();
  readonly #live = new Set<Told>();
  #isLoaded = false;
  #hasChanged = false;
  #keptAt = 0;
  /** How long a mark waits, by the length of what was kept last. */
  #keepMs = LEAST_KEEP_MS;
  #keeping: Promise<void> | undefined;

  constructor(options: ToldOptions) {
    this.#options = options;
  }

  /**
   * How far a client was told; `undefined`: it is not known here. `isShared`: another client of the same settings
   * is there. A connection that was not heard since this one came is that of this client, and dead.
   */
  of(
    account: string,
    client: string,
  ): { readonly places: ToldPlaces; readonly isShared: boolean } | undefined {
    this.#load();
    const known = this.#accounts.get(account)?.get(client);
    if (known === undefined) return undefined;
    const { places, live } = known;
    return { places, isShared: live.size > 0 && places.isShared };
  }

  /** A client has come in. `ping` asks it for a sign of life that has a word in it. */
  begin(account: string, client: string, ping: (word: string) => void): Told {
    this.#load();
    const known = this.#known(account, client);
    const told = new Told(known.places, {
      ping,
      onHeard: () => {
        // One that is heard after another has come is not dead, and so that is a client beside it.
        const isAnother = known.live.size > 1 && [...known.live].at(-1) !== told;
        if (isAnother && !isNamed(client)) known.places.share();
      },
      onMoved: () => {
        known.line = undefined;
        this.#hasChanged = true;
      },
      onEnd: () => {
        known.live.delete(told);
        this.#live.delete(told);
      },
    }, this.#options.times);
    known.live.add(told);
    this.#live.add(told);
    return told;
  }

  sweep(now: number): void {
    for (const told of this.#live) told.sweep(now);
    if (!this.#hasChanged || now - this.#keptAt < this.#keepMs || this.#keeping !== undefined) {
      return;
    }
    this.#keptAt = now;
    this.#keep();
  }

  /** Keeps what is not kept; settles when that is done. */
  async close(): Promise<void> {
    await this.#keeping;
    if (this.#hasChanged) this.#keep();
    await this.#keeping;
  }

  /** Nobody has come before the first who does. */
  #load(): void {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    const { file, epoch } = this.#options;
    for (const [account, client, places] of marksIn(file?.kept ?? "", epoch())) {
      const known = this.#known(account, client);
      for (const [key, seq] of places) known.places.reach(key, seq);
    }
  }

  #known(account: string, client: string): Known {
    let clients = this.#accounts.get(account);
    if (clients === undefined) this.#accounts.set(account, clients = new Map());
    const known = clients.get(client) ??
      { places: new ToldPlaces(), live: new Set(), line: undefined };
    clients.delete(client);
    clients.set(client, known);
    for (const [key, { live }] of clients) {
      if (clients.size <= MOST_TOLD_CLIENTS) break;
      if (live.size === 0 && key !== client) clients.delete(key);
    }
    return known;
  }

  #keep(): void {
    const { file, onProblem } = this.#options;
    this.#hasChanged = false;
    if (file === undefined) return;
    const text = this.#text();
    this.#keepMs = Math.min(MOST_KEEP_MS, Math.max(LEAST_KEEP_MS, text.length / KEPT_PER_MS));
    this.#keeping = file.keep(text).catch((error: Error) => {
      this.#hasChanged = true;
      onProblem(error);
    }).finally(() => this.#keeping = undefined);
  }

  /** A line with the epoch, and one for each client. */
  #text(): string {
    const { epoch, isAccount } = this.#options;
    const lines = [JSON.stringify(epoch())];
    for (const [account, clients] of this.#accounts) {
      if (!isAccount(account)) {
        this.#accounts.delete(account);
        continue;
      }
      for (const [client, known] of clients) {
        lines.push(known.line ??= JSON.stringify([account, client, known.places.all]));
      }
    }
    return `${lines.join("\n")}\n`;
  }
}

/** Whether a person has given a client its name, which is of one client then: it does not share with itself. */
function isNamed(client: string): boolean {
  return client.startsWith("@");
}

type KeptLine = readonly [
  account: string,
  client: string,
  places: ReadonlyArray<readonly [key: string, seq: number]>,
];

/** What was kept, as far as it can be read and is of this epoch. */
function marksIn(text: string, epoch: string): KeptLine[] {
  const [first, ...lines] = text.split("\n").map(parsed);
  return first === epoch ? lines.filter(isKeptLine) : [];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isKeptLine(line: unknown): line is KeptLine {
  if (!Array.isArray(line)) return false;
  const [account, client, places] = line;
  return typeof account === "string" && typeof client === "string" && Array.isArray(places) &&
    places.every((place) =>
      Array.isArray(place) && typeof place[0] === "string" && Number.isSafeInteger(place[1])
    );
}
