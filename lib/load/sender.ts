/** Decides when the messages of a load are sent, and by which client. */

import type { LoadClient, LoadRoom } from "./client.ts";
import { micros, type Tally } from "./tally.ts";
import type { LoadPlan } from "./plan.ts";
import type { Template } from "./stamp.ts";

/** A client does not send while so many bytes wait for its connection. */
const MAX_BACKLOG_BYTES = 4 * 1_048_576;
/** The most messages that are sent in one task, so that the clients read in between. */
const MAX_AT_ONCE = 10_000;
/** How late a timer may be, in µs. The time of a later message counts from when it was due. */
const TIMER_GRAIN = 3_000;
/** How often the sender checks whether to send, in ms; with a window also when something came. */
const WINDOW_LOOK_MS = 20;
const RATE_LOOK_MS = 1;

/** Sends messages by a plan, from some of the clients in turn. */
export class LoadSender {
  readonly #plan: LoadPlan;
  readonly #clients: readonly LoadClient[];
  readonly #tally: Tally;
  readonly #templates = new Map<LoadRoom, Template>();
  /** With a window: the next message goes out when fewer deliveries than this are owed. */
  readonly #maxOwed: number;
  #turn = 0;
  /** When the next message is due, in µs. */
  #due = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #looks = false;
  readonly #onTaskEnd = (): void => this.#look();
  stopped = false;

  constructor(
    plan: LoadPlan,
    clients: readonly LoadClient[],
    tally: Tally,
    template: (room: string | undefined) => Template,
  ) {
    this.#plan = plan;
    this.#clients = clients;
    this.#tally = tally;
    const readers = (plan.clients - plan.stalled) / plan.rooms - 1;
    this.#maxOwed = plan.pace.kind === "window" ? plan.pace.messages * readers : 0;
    for (const { room } of clients) {
      if (!this.#templates.has(room)) this.#templates.set(room, template(room.name));
    }
  }

  start(): void {
    const rate = this.#plan.pace.kind === "rate";
    this.#due = micros();
    // One check for all that one turn of the event loop brought.
    this.#tally.onChange = () => {
      if (this.#looks || rate) return;
      this.#looks = true;
      queueMicrotask(this.#onTaskEnd);
    };
    this.#timer = setInterval(() => this.#look(), rate ? RATE_LOOK_MS : WINDOW_LOOK_MS);
    this.#look();
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.#timer);
    this.#tally.onChange = () => {};
  }

  #look(): void {
    this.#looks = false;
    if (this.stopped) return;
    if (!this.#clients.some(hasAudience)) return this.#tally.end();
    const { pace } = this.#plan;
    if (pace.kind === "rate") this.#keepRate(1_000_000 / pace.perSecond);
    else if (pace.kind === "window") this.#fillWindow();
  }

  #fillWindow(): void {
    const now = micros();
    for (let i = 0; i < MAX_AT_ONCE && this.#tally.owed < this.#maxOwed; i++) {
      if (!this.#say(now)) return;
    }
  }

  #keepRate(interval: number): void {
    const now = micros();
    for (let i = 0; i < MAX_AT_ONCE && this.#due <= now; i++) {
      // A late message counts from when it was due: the time that the server held us up is its own.
      if (!this.#say(now - this.#due > TIMER_GRAIN ? Math.floor(this.#due) : now)) return;
      this.#due += interval;
    }
  }

  /** Sends one message; false if no client can. */
  #say(time: number): boolean {
    const clients = this.#clients;
    const tally = this.#tally;
    for (let tries = clients.length; tries > 0; tries--) {
      const client = clients[this.#turn] as LoadClient;
      this.#turn = (this.#turn + 1) % clients.length;
      const { room } = client;
      if (!hasAudience(client) || client.backlog > MAX_BACKLOG_BYTES) continue;
      client.say(this.#templates.get(room) as Template, time, tally.sent++);
      room.sent++;
      tally.owed += room.readers - 1;
      return true;
    }
    return false;
  }
}

/** Whether the client can send and another client is there to read it. */
function hasAudience({ gone, room }: LoadClient): boolean {
  return !gone && room.readers > 1;
}
