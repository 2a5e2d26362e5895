/**
 * The room that must not notice anything: its members speak in turn, and each checks that it gets
 * everything that the others say, once and in order.
 */

import { Histogram } from "../../lib/load/histogram.ts";
import { classicFrame, eventFrame, joinClassic, joinEvent, type RawPeer } from "../helpers.ts";

const ROOM = "haven";
/** Between two messages of a member, in ms. */
const PAUSE_MS = 100;

/** Somebody in the room: what it says has its name, a count and the time. */
interface Member {
  readonly name: string;
  readonly peer: RawPeer;
  say(text: string): Promise<void>;
  /** The next message of somebody else. */
  hear(): Promise<{ from: string; text: string; seq?: number }>;
}

/** The members, and what they have seen. */
export class HealthyRoom implements Disposable {
  readonly #members: readonly Member[];
  /** From one member's saying to another's hearing, in µs. */
  readonly latencies = new Histogram();
  /** The first thing that was wrong. */
  wrong: string | undefined;
  said = 0;
  heard = 0;
  #rounds = 0;
  #speaking = true;

  private constructor(members: readonly Member[]) {
    this.#members = members;
  }

  static async open(server: { readonly addr: Deno.NetAddr }): Promise<HealthyRoom> {
    const members = [
      await classicMember(server, "haven classic"),
      ...await Promise.all([1, 2, 3].map((n) => eventMember(server, `haven ${n}`))),
    ];
    return new HealthyRoom(members);
  }

  /** Speaks and listens until told to stop, and then until everything has been heard. */
  async run(stop: AbortSignal): Promise<void> {
    stop.addEventListener("abort", () => this.#speaking = false, { once: true });
    if (stop.aborted) this.#speaking = false;
    const ears = this.#members.map((member) => this.#listen(member));
    const failed = new Promise<never>((_, reject) => Promise.all(ears).catch(reject));
    await Promise.race([this.#speak(), failed]);
    await Promise.all(ears);
  }

  [Symbol.dispose](): void {
    for (const { peer } of this.#members) peer[Symbol.dispose]();
  }

  async #speak(): Promise<void> {
    while (this.#speaking) {
      this.#rounds++;
      for (const member of this.#members) {
        await member.say(`${this.#rounds} ${Math.round(performance.now() * 1_000)}`);
        this.said++;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    // Whoever has heard this from everybody has heard everything.
    for (const member of this.#members) await member.say("end");
  }

  async #listen(member: Member): Promise<void> {
    const next = new Map<string, number>();
    const others = this.#members.filter(({ name }) => name !== member.name);
    for (const { name } of others) next.set(name, 1);
    let seq: number | undefined;
    let open = others.length;
    while (open > 0) {
      const message = await member.hear();
      const wanted = next.get(message.from);
      const [count = "", time = ""] = message.text.split(" ");
      if (wanted === undefined) this.#complain(member, `a message of ${message.from}`);
      if (message.text === "end") {
        open--;
        if (wanted !== this.#rounds + 1) {
          this.#complain(member, `only ${wanted} of ${message.from}`);
        }
        continue;
      }
      if (wanted !== Number(count)) {
        this.#complain(member, `${message.from}'s ${count} in place of ${wanted}`);
      }
      next.set(message.from, Number(count) + 1);
      if (message.seq !== undefined && seq !== undefined && message.seq <= seq) {
        this.#complain(member, `seq ${message.seq} after ${seq}`);
      }
      seq = message.seq;
      this.heard++;
      this.latencies.record(Math.round(performance.now() * 1_000) - Number(time));
    }
  }

  #complain(member: Member, what: string): void {
    this.wrong ??= `${member.name} got ${what}`;
  }
}

async function classicMember(
  server: { readonly addr: Deno.NetAddr },
  name: string,
): Promise<Member> {
  const peer = await joinClassic(server, name);
  await peer.send(classicFrame(`/join ${ROOM}`));
  await peer.takePair();
  return {
    name,
    peer,
    say: (text) => peer.send(classicFrame(text)),
    hear: async () => {
      for (;;) {
        const [from, text] = await peer.takePair();
        if (from !== "server") return { from, text };
      }
    },
  };
}

async function eventMember(server: { readonly addr: Deno.NetAddr }, name: string): Promise<Member> {
  const peer = await joinEvent(server, name, { room: ROOM });
  let id = 0;
  return {
    name,
    peer,
    say: (text) => peer.send(eventFrame({ type: "say", id: `${++id}`, room: ROOM, text })),
    hear: async () => {
      for (;;) {
        const event = await peer.takeEvent();
        if (event.type === "bye" || event.type === "error") {
          throw new Error(`${name}: ${event.text}`);
        }
        // Its own next message is a sign of life as good as a pong.
        if (event.type === "message") {
          const { from, text, seq } = event as { from: string; text: string; seq: number };
          return { from, text, seq };
        }
      }
    },
  };
}
