/**
 * What counts as seen in the full-screen view: what has stood on the screen of somebody who was there, however they
 * were away before. Whatever else has come stays unread on all devices, below a line.
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import type { EventOf } from "../lib/wire/events.ts";
import { pageOf, sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { reads, room } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

/** As many messages were said before. */
const SAID = 60;

/** What is said in lobby while the person can't see it. */
interface Burst {
  readonly count: number;
  /** Which of them names the reader; beyond the last one none does. */
  readonly mention: number;
}

const BURST: Burst = { count: 40, mention: 5 };

/** Says it. */
function say({ conversation }: Setup, { count, mention }: Burst): void {
  for (let n = 1; n <= count; n++) {
    conversation.message("bob", burstText(n, mention));
  }
}

function burstText(n: number, mention: number): string {
  return `${n === mention ? "me: " : ""}burst ${n}.`;
}

/** Keeps the person from seeing what is said, says it, and brings them back. */
type Absence = (setup: Setup, burst: Burst, editor: Editor) => Promise<void>;

const ABSENCES: Record<string, Absence> = {
  suspended: async (setup, burst) => {
    const { io } = setup;
    io.suspend = () => {
      io.suspended.push(true);
      say(setup, burst);
    };
    io.type("\x1a");
    await io.until(() => io.suspended.length > 0 && io.screen.isAlternate, "the screen");
  },
  "suspended, and it comes with the screen": async (setup, burst) => {
    const { io } = setup;
    const setRaw = io.setRaw.bind(io);
    io.suspend = () => {
      io.setRaw = (on) => {
        setRaw(on);
        io.suspended.push(true);
        if (io.suspended.length === 1) say(setup, burst);
      };
    };
    io.type("\x1a");
    await io.until(() => io.suspended.length > 0 && io.screen.isAlternate, "the screen");
  },
  "in an editor": async (setup, burst, editor) => {
    setup.io.type("\x18\x05");
    await editor.opened.promise;
    say(setup, burst);
    editor.over.resolve();
    await setup.io.until(() => setup.io.screen.isAlternate, "the screen");
  },
  "without a connection": async (setup, burst) => {
    const { conversation } = setup;
    conversation.lose();
    await sees(setup, /─ offline/);
    const last = SAID + burst.count;
    const now = room("lobby", { seq: SAID, last, read: SAID, unread: burst.count });
    conversation.ready({ account: "m1", rooms: [now], seq: SAID, last });
    say(setup, burst);
    await seesNo(setup, /─ offline/);
  },
  "in another window": async (setup, burst) => {
    const { io, conversation } = setup;
    io.type("\x1b[O");
    say(setup, burst);
    conversation.message("bob", "that was all", "dev");
    await sees(setup, /^2 dev +1 │/);
    io.type("\x1b[I");
  },
  "behind the switcher, and then elsewhere": (setup, burst) =>
    behind(setup, burst, { covers: "\x1bk", covered: /go to>/, leaves: "dev\r" }),
  "behind a page of help, and then elsewhere": (setup, burst) =>
    behind(setup, burst, { covers: "\x1bOP", covered: /keys of the view/, leaves: "\x1b2" }),
  "in another window while a room was entered": async (setup, burst) => {
    const { io, conversation } = setup;
    const { promise, resolve } = Promise.withResolvers<void>();
    const usual = conversation.answer;
    conversation.answer = (request) =>
      request.type === "join"
        ? promise.then(() => ({ type: "joined", id: "1", room: request.room, name: "me" }) as const)
        : usual(request);
    io.type("/join tea\r");
    await io.until(() => setup.sent.some(({ type }) => type === "join"), "the join");
    io.type("\x1b[O");
    say(setup, burst);
    await sees(setup, new RegExp(`burst ${burst.count}\\.`));
    resolve();
    await sees(setup, /tea>/);
    io.type("\x1b[I\x1b1");
  },
};

/** Says it while something lies over the conversation; the person goes elsewhere from there, and comes back. */
async function behind(
  setup: Setup,
  burst: Burst,
  { covers, covered, leaves }: {
    readonly covers: string;
    readonly covered: RegExp;
    readonly leaves: string;
  },
): Promise<void> {
  const { io, conversation } = setup;
  io.type(covers);
  await sees(setup, covered);
  say(setup, burst);
  conversation.message("bob", "that was all", "dev");
  await sees(setup, /^2 dev +1 │/);
  io.type(leaves);
  await sees(setup, /dev>/);
  await sees(setup, /^1 lobby +\d+!? /);
  io.type("\x1b1");
}

/** An editor that a test opens and closes. */
interface Editor {
  readonly opened: PromiseWithResolvers<void>;
  readonly over: PromiseWithResolvers<void>;
}

/** A chat in which all of a burst will have been said, and its editor. */
async function watched({ count, mention }: Burst): Promise<{ setup: Setup; editor: Editor }> {
  const editor = { opened: Promise.withResolvers<void>(), over: Promise.withResolvers<void>() };
  const openEditor = async (): Promise<{ code: number }> => {
    editor.opened.resolve();
    await editor.over.promise;
    return { code: 0 };
  };
  const setup = await viewed({ said: SAID, mendsMs: [], openEditor });
  const { conversation } = setup;
  const usual = conversation.answer;
  let isSaid = false;
  conversation.answer = (request) => {
    if (request.type === "read") {
      return { type: "read", room: request.room ?? "", seq: request.seq, unread: 0, mentions: 0 };
    }
    if (request.type !== "history" || request.room !== "lobby" || !isSaid) return usual(request);
    const page = pageOf(request, SAID + count) as EventOf<"page">;
    const messages = page.messages.map((message) =>
      message.seq <= SAID
        ? message
        : { ...message, from: "bob", text: burstText(message.seq - SAID, mention) }
    );
    return { ...page, messages };
  };
  const tell = conversation.tell.bind(conversation);
  conversation.tell = (...events) => {
    isSaid ||= events.some((event) => event.type === "message");
    tell(...events);
  };
  return { setup, editor };
}

/** Keeps the numbers of the burst that stand on screen after each write. */
function recorded({ io }: Setup): Set<number> {
  const seen = new Set<number>();
  const write = io.write.bind(io);
  io.write = async (bytes) => {
    await write(bytes);
    for (const [, n] of io.screen.seen.matchAll(/burst (\d+)\./g)) seen.add(Number(n));
  };
  return seen;
}

/** Goes up until the first of what was missed is on screen; returns the rows of the conversation. */
async function upToFirst(setup: Setup): Promise<string[]> {
  for (let n = 0; !shown(setup).some((row) => row.includes("burst 1.")); n++) {
    assert(n < 20, "it is not found");
    const before = shown(setup).join();
    setup.io.type("\x1b[1;2A");
    await setup.io.until(() => shown(setup).join() !== before, "another line");
  }
  return shown(setup).map((row) => row.slice(13));
}

async function holds(absence: Absence, burst: Burst): Promise<void> {
  const { setup, editor } = await watched(burst);
  using _ = setup;
  await sees(setup, /lobby number 60/);
  const seen = recorded(setup);
  await absence(setup, burst, editor);
  const last = new RegExp(`burst ${burst.count}\\.`);
  await sees(setup, last);
  const isMore = burst.count > 20;
  if (isMore) await sees(setup, burst.mention <= burst.count - 22 ? /1 for you ↑/ : /new ↑/);
  else await setup.io.until(() => reads(setup).some(({ seq }) => seq === SAID + burst.count), "it");
  for (const { room, seq } of reads(setup)) {
    if (room !== "lobby") continue;
    for (let n = 1; n <= seq - SAID; n++) assert(seen.has(n), `${n} was not on screen, but read`);
  }
  const rows = await upToFirst(setup);
  const at = rows.findIndex((row) => row.includes("burst 1."));
  if (at > 1) assertEquals(rows[at - 1], "---- new ----");
}

for (const [how, absence] of Object.entries(ABSENCES)) {
  Deno.test(`what came while the person was away (${how}) is read where it was on screen`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 30, max: 90 })),
        fc.integer({ min: 1, max: 120 }),
        (count, mention) => holds(absence, { count, mention }),
      ),
      { numRuns: 6, seed: 42 },
    );
  });
}

Deno.test("what came meanwhile is read when the person goes through it, or goes elsewhere", async () => {
  for (const goesUp of [true, false]) {
    // What is for them, and was on no screen, keeps them from being done with it.
    const burst = goesUp ? BURST : { ...BURST, mention: 200 };
    const { setup, editor } = await watched(burst);
    using _ = setup;
    await sees(setup, /lobby number 60/);
    await ABSENCES["in an editor"]?.(setup, burst, editor);
    await sees(setup, goesUp ? /new, 1 for you ↑/ : /new ↑/);
    assertFalse(reads(setup).some(({ seq }) => seq > SAID));
    if (goesUp) {
      await upToFirst(setup);
      await seesNo(setup, /↑/);
    } else setup.io.type("\x1b2");
    const isRead = (): boolean =>
      reads(setup).some(({ room, seq }) => room === "lobby" && seq === SAID + 40);
    await setup.io.until(isRead, "the mark");
  }
});

/** What was said here, and whether with a word that something before it may not have been seen. */
function saidUnseen({ conversation }: Setup): unknown[] {
  return conversation.sent.flatMap((sent) => sent.type === "say" ? [sent.unseen] : []);
}

Deno.test("who answers from above, or at once when they are back, has not seen what stands elsewhere", async () => {
  for (const isAbove of [true, false]) {
    const { setup } = await watched(BURST);
    using _ = setup;
    const { io } = setup;
    await sees(setup, /lobby number 60/);
    io.type(isAbove ? "\x1b[5~\x1b[5~" : "\x1b[O");
    if (isAbove) await sees(setup, /End returns/);
    say(setup, BURST);
    await sees(setup, isAbove ? /40 new, 1 for you ↓/ : /burst 40/);
    if (!isAbove) io.type("\x1b[I");
    io.type("a quick answer\r");
    await sees(setup, /<me> a quick answer/);
    assertEquals(saidUnseen(setup), [true]);
  }
});

Deno.test("what has stood on screen for a moment alone is not read, whatever else stood there for longer", async () => {
  using setup = await viewed({ said: SAID, mendsMs: [], settleMs: 1_000 });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 60/);
  conversation.message("bob", "first");
  await sees(setup, /first/);
  await io.until(() => reads(setup).length > 0, "the first is read");
  conversation.message("bob", "second");
  await sees(setup, /second/);
  io.type("\x1b[O");
  conversation.message("bob", "that was all", "dev");
  await sees(setup, /^2 dev +1 │/);
  io.signal("SIGTERM");
  await setup.code;
  assertEquals(reads(setup).map(({ seq }) => seq), [SAID + 1]);
});

Deno.test("the stream shows what was not seen in the view when it takes over, below its line", async () => {
  const { setup } = await watched(BURST);
  using _ = setup;
  const { io } = setup;
  await sees(setup, /lobby number 60/);
  io.type("\x1b[5~\x1b[5~");
  await sees(setup, /End returns/);
  say(setup, BURST);
  await sees(setup, /40 new, 1 for you ↓/);
  io.resize(50, 24);
  await io.until(() => !io.screen.isAlternate, "the stream");
  const asks = (): number[] =>
    setup.sent.flatMap((sent) => sent.type === "history" ? [sent.limit ?? 0] : []);
  await io.until(() => (asks().at(-1) ?? 0) >= BURST.count, "what was not seen is asked for");
  await io.expect("burst 40.");
  assertFalse(reads(setup).some(({ seq }) => seq > SAID));
});
