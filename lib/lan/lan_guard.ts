/** Bounds what strangers make us look at: so many messages a second, of one host and of all. Pure. */

/** The length of a turn in ms, and how many messages of one host, of all, and of how many hosts count in it. */
const [TURN_MS, MOST_OF_ONE, MOST_OF_ALL, MOST_HOSTS] = [1_000, 50, 200, 128];
/** A network that sends more than this in a turn is not listened to for a while. */
const FLOOD = 2_000;

/** Messages to single hosts: so many a second, and so many at once after a rest. */
const [SINGLE_PER_SECOND, SINGLE_BURST] = [5, 10];

/** What is to be done about a message: look at it, leave it, or hear nothing more for a while. */
export type GuardWord = "look" | "leave" | "rest";

/** The guard of one network. */
export class LanGuard {
  readonly #now: () => number;
  #turn = { since: -Infinity, count: 0, looked: 0 };
  readonly #hosts = new Map<string, number>();

  /** `now`: the time in ms, which only goes forward. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Says what is to be done about a message of a host. */
  judge(address: string): GuardWord {
    const now = this.#now();
    if (now - this.#turn.since >= TURN_MS) {
      this.#turn = { since: now, count: 0, looked: 0 };
      this.#hosts.clear();
    }
    const turn = this.#turn;
    if (++turn.count > FLOOD) return "rest";
    const before = this.#hosts.get(address) ?? 0;
    if (before >= MOST_OF_ONE || turn.looked >= MOST_OF_ALL) return "leave";
    if (before === 0 && this.#hosts.size >= MOST_HOSTS) return "leave";
    this.#hosts.set(address, before + 1);
    turn.looked++;
    return "look";
  }
}

/** How much may be sent to single hosts, whom somebody else may have named. */
export class LanBudget {
  readonly #now: () => number;
  #left = SINGLE_BURST;
  #at: number;

  /** `now`: as above. */
  constructor(now: () => number) {
    this.#now = now;
    this.#at = now();
  }

  /** Whether one more may be sent. */
  spend(): boolean {
    const now = this.#now();
    this.#left = Math.min(SINGLE_BURST, this.#left + (now - this.#at) / 1_000 * SINGLE_PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
