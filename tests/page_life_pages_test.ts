/** Pages of messages on the page, and what is done about those while they are on their way. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { LifeEntry } from "../lib/chat/messages/entries.ts";
import { fold, withQuotes } from "../lib/chat/messages/fold.ts";
import type { Stored } from "../lib/chat/messages/history.ts";
import { Pager } from "../lib/web/page/pager.js";
import { lastSaid } from "../lib/web/page/last_said.js";
import { newPlace } from "../lib/web/page/place.js";
import { Timeline } from "../lib/web/page/timeline.js";
import type { Event, EventOf, Message } from "../lib/wire/events.ts";
import { about, AT, joined, LATER, said } from "./fixtures/page_life.ts";

Deno.test("what was said last is not the last of what is shown, where that is the past", () => {
  const store = joined(said(1, { from: "ann", own: true }));
  const { timeline } = store.active ?? newPlace("room", "lobby", 0);
  const place = { ...newPlace("room", "lobby", 0), timeline };
  const talk = { store: { waiting: [] }, online: true, welcome: undefined };
  const lastOwn = () => lastSaid(place, talk, Date.parse(AT)).lastOwn?.seq;
  assertEquals(lastOwn(), 1);
  const messages: Message[] = [{
    room: "lobby",
    seq: 40,
    from: "ann",
    at: AT,
    text: "old",
    own: true,
  }];
  store.take(said(90));
  timeline.moveTo({ messages, more: true, before: 41, upTo: 90 }, () => true);
  assertEquals([timeline.atEnd, lastOwn()], [false, undefined]);
});

Deno.test("a page is asked for again where more was done meanwhile than is kept", async () => {
  const place = newPlace("room", "lobby", 0);
  place.timeline.reserve(5_000);
  let asked = 0;
  const pager = new Pager({
    ask: () => {
      asked++;
      const first = asked === 1 ? 5_001 : 8_000;
      for (let seq = first; asked === 1 && seq < first + 2_000; seq++) {
        place.timeline.take({ type: "reacted", ...about, seq, re: 4_990, key: "👍" });
      }
      const messages = [{ room: "lobby", seq: 4_990, from: "bob", at: AT, text: "m" }];
      const page: EventOf<"page"> = {
        ...{ type: "page", room: "lobby", messages, more: false },
        upTo: asked === 1 ? 5_000 : 7_000,
      };
      return Promise.resolve(page);
    },
    isOnline: () => true,
    isOwn: () => false,
    complain: () => {},
    changed: () => {},
  });
  await pager.around(place, 4_990);
  assertEquals(asked, 2);
});

Deno.test("what was done unseen comes with the next page, and an older page takes nothing back", () => {
  const timeline = new Timeline();
  const one = { room: "lobby", seq: 1, from: "bob", at: AT, text: "m1" };
  timeline.add(one, { own: false, follows: true });
  const text = (): string[] =>
    timeline.items.flatMap((item) => item.kind === "message" ? [item.text] : []);
  timeline.fill(
    { messages: [{ ...one, text: "new", edited: LATER }], more: false, upTo: 9 },
    isAnn,
  );
  assertEquals(text(), ["new"]);
  timeline.fill({ messages: [one], more: false, upTo: 5 }, isAnn);
  assertEquals(text(), ["new"]);
});

/** A log as the server keeps it: messages and entries about them, each with a number. */
class Log {
  readonly messages: Stored[] = [];
  readonly entries: LifeEntry[] = [];
  seq = 0;

  /** Does something that changes anything; what comes of it, as those who are there hear it. */
  step({ kind, pick, who, off }: Step): Event | undefined {
    const there = this.messages.filter(({ message: { seq } }) =>
      this.#last("removed", seq) === undefined
    );
    const re = there[pick % there.length]?.message.seq;
    const by = { from: who, at: AT };
    if (kind === "say") {
      const answers = pick % 3 === 0 && re !== undefined ? { re } : {};
      this.messages.push({
        message: { room: "lobby", seq: ++this.seq, ...by, text: `t${pick}`, ...answers },
      });
      const [message] = this.page(this.seq + 1, 1).messages;
      return message && { type: "message", ...message };
    }
    if (re === undefined) return undefined;
    const common = { seq: this.seq + 1, re, ...by };
    const own = who === "ann" ? { own: true as const } : {};
    const taken = off ? { off: true as const } : {};
    const event = kind === "revised"
      ? { ...common, text: `e${this.seq}` }
      : kind === "reacted"
      ? { ...common, key: "👍", ...taken }
      : kind === "pinned"
      ? { ...common, ...taken }
      : common;
    if (kind === "reacted" && this.#reacts(re, who) !== off) return undefined;
    this.seq++;
    this.entries.push({ kind, ...event, who: `account ${who}` } as LifeEntry);
    return { type: kind, room: "lobby", ...event, ...own } as Event;
  }

  page(before = this.seq + 1, limit = 5): EventOf<"page"> {
    const some = this.messages.filter(({ message }) => message.seq < before);
    const folded = (all: readonly Stored[]): readonly Stored[] =>
      fold(all, this.entries, "account ann");
    const find = (seq: number): Message | undefined => {
      const found = folded(this.messages).find(({ message }) => message.seq === seq)?.message;
      return found?.removed === undefined ? found : undefined;
    };
    const messages = withQuotes(folded(some.slice(-limit)), find).map(({ message }) => message);
    const more = some.length > limit;
    return { type: "page", room: "lobby", messages, more, upTo: this.seq };
  }

  #last(kind: LifeEntry["kind"], re: number): LifeEntry | undefined {
    return this.entries.findLast((entry) => entry.kind === kind && entry.re === re);
  }

  #reacts(re: number, who: string): boolean {
    const last = this.entries.findLast((entry) =>
      entry.kind === "reacted" && entry.re === re && entry.who === `account ${who}`
    );
    return last?.kind === "reacted" && !last.off;
  }
}

interface Step {
  readonly kind: "say" | LifeEntry["kind"];
  readonly pick: number;
  readonly who: string;
  readonly off: boolean;
  /** What the page asks for before this: an answer that comes when some more was done. */
  readonly asks: "nothing" | "earlier" | "end";
  readonly delay: number;
}

Deno.test("pages that are late and what comes live make the picture that a page makes at the end", () => {
  const step = fc.record<Step>({
    kind: fc.constantFrom("say", "say", "revised", "reacted", "reacted", "pinned", "removed"),
    pick: fc.nat(40),
    who: fc.constantFrom("ann", "bob", "cid"),
    off: fc.boolean(),
    asks: fc.constantFrom("nothing", "nothing", "earlier", "end"),
    delay: fc.nat(6),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), fc.nat(10), (steps, before) => {
      const log = new Log();
      const pick = { off: false, asks: "nothing", delay: 0, who: "bob" } as const;
      for (let n = 0; n < before; n++) {
        log.step({ kind: n % 2 ? "reacted" : "say", pick: n, ...pick });
      }
      const timeline = new Timeline(log.seq);
      const late: Array<{ at: number; take: () => void }> = [];
      for (const [n, each] of steps.entries()) {
        const { floor } = timeline;
        if (each.asks === "earlier" && timeline.hasEarlier) {
          const page = { ...log.page(floor + 1), before: floor + 1 };
          late.push({
            at: n + each.delay,
            take: () => timeline.floor === floor && timeline.addEarlier(page, isAnn),
          });
        } else if (each.asks === "end") {
          const page = log.page();
          late.push({
            at: n + each.delay,
            take: () => timeline.fill(page, isAnn),
          });
        }
        const event = log.step(each);
        if (event?.type === "message") timeline.add(event, { own: isAnn(event), follows: true });
        else if (event !== undefined) timeline.take(event as Parameters<Timeline["take"]>[0]);
        for (const { at, take } of late) if (at === n) take();
      }
      const whole = new Timeline(log.seq);
      whole.moveTo(log.page(undefined, 1_000), isAnn);
      const known = new Set(timeline.items.map(({ seq }) => seq));
      assertEquals(picture(timeline), picture(whole).filter(({ seq }) => known.has(seq)));
      assertEquals([timeline.end, timeline.atEnd], [log.seq, true]);
    }),
    { numRuns: 300 },
  );
});

function isAnn({ from }: Pick<Message, "from">): boolean {
  return from === "ann";
}

/** What people see of the messages that are here. */
function picture({ items }: Timeline): Array<Record<string, unknown> & { seq: number }> {
  return items.flatMap((item) => {
    if (item.kind !== "message") return [];
    const { seq, text, edited, removed, reactions = [], pinned = false, re, quote } = item;
    const answers = removed === undefined ? { re, quote } : {};
    return [{ seq, text, edited, removed, reactions, pinned, ...answers }];
  });
}
