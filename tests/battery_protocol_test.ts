/** The battery's rows on the protocol; what they end with is in fixtures/bystanders.ts. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LocalLog } from "../lib/store/local_log.ts";
import { besideBystanders } from "./fixtures/bystanders.ts";
import type { Fields } from "../lib/wire/fields.ts";
import { REQUESTS as TABLE } from "../lib/wire/requests.ts";
import { REQUESTS } from "./fixtures/requests.ts";
import {
  eventFrame,
  joinClassic,
  joinEvent,
  type Json,
  RawPeer,
  startServer,
  until,
} from "./helpers.ts";

Deno.test("Protocol: anything before the name C", async () => {
  const limits = { handshakeMs: 1_000 };
  const overheard = await besideBystanders({ limits }, async ({ server }) => {
    for (const sent of ["\n", "\r\n\r\n", " \t ", "{}", '{"type":"hello"}', "\ufeff", "hello"]) {
      using peer = await RawPeer.connect(server);
      await peer.send(sent, "          ".slice(sent.length));
      const isBlank = sent.startsWith(" ");
      const told = await peer.takeRest();
      assertStringIncludes(told, isBlank ? '"reason":"bad-frame"' : "6         server");
    }
    // In the place of the name a request is a name, and one that nobody can have.
    const say = { type: "say", room: "lobby", text: "before the name, before hello" };
    using peer = await RawPeer.connect(server);
    await peer.send(eventFrame(say), eventFrame(say));
    await peer.takeType("welcome");
    assertEquals((await peer.takeType("error")).code, "not-ready");
    assertEquals((await peer.ask({ type: "hello" })).code, "bad-name");
    assertEquals((await peer.takeType("bye")).reason, "handshake");
  });
  assertEquals(overheard, []);
});

Deno.test("Protocol: the same id three times, and again after a restart: one message, same ack", async () => {
  const dir = await Deno.makeTempDir();
  const say = { type: "say", id: "same", room: "lobby", text: "once" };
  let first: Json = {};
  let session = "";
  let epoch = "";
  for (const start of ["first", "again"]) {
    await using history = await LocalLog.open({ dir, durability: "normal" });
    const overheard = await besideBystandersOf(history, async (server) => {
      using bob = await joinEvent(server, "bob", session === "" ? {} : { session });
      if (session === "") first = await bob.ask(say);
      ({ session } = bob.ready);
      for (let i = 0; i < 3; i++) assertEquals(await bob.ask(say), first, start);
      assertEquals((await bob.ask({ ...say, text: "another" })).code, "id-reused");
      const { messages } = await bob.ask({ type: "history", room: "lobby", limit: 200 });
      assertEquals(messages.filter((m: Json) => m.from === "bob").length, 1);
      if (epoch !== "") assertEquals(bob.welcome.epoch, epoch);
      epoch = bob.welcome.epoch;
    });
    assertEquals(overheard, start === "first" ? ["once"] : []);
  }
  await Deno.remove(dir, { recursive: true });
});

/** As with bystanders, on a history whose numbers go on after a restart. */
async function besideBystandersOf(
  factLog: LocalLog,
  attack: (server: ReturnType<typeof startServer>) => Promise<void>,
): Promise<string[]> {
  await using server = startServer({ factLog, limits: { scrollback: 0 } });
  using ann = await joinEvent(server, "ann");
  await attack(server);
  await until("the end of all other connections", () => server.connections === 1);
  await ann.send(eventFrame({ type: "ping", id: "end" }));
  const texts: string[] = [];
  for (;;) {
    const event = await ann.takeEvent();
    if (event.type === "pong") return texts;
    if (event.type === "message") texts.push(event.text);
  }
}

for (
  const [what, resume, gaps] of [
    ["what is kept", { seq: { dev: 1 } }, [[2, 10]]],
    ["the end", { seq: { dev: 20 } }, []],
    ["what was ever said", { seq: { dev: 99 } }, [[100, null], [1, 10]]],
    ["another epoch", { epoch: "another", seq: { dev: 7 } }, [[8, null], [1, 10]]],
  ] as const
) {
  Deno.test(`Protocol: resume from beyond what is kept, or from another epoch: \`gap\`, for ${what}`, async () => {
    const limits = { historyMessages: 10, scrollback: 0 };
    await besideBystanders({ limits }, async ({ server }) => {
      using bob = await joinEvent(server, "bob", { room: "dev" });
      for (let i = 1; i <= 20; i++) {
        await bob.ask({ type: "say", id: `${i}`, room: "dev", text: `t${i}` });
      }
      const { epoch } = bob.welcome;
      using carl = await joinEvent(server, "carl", { room: "dev", resume: { epoch, ...resume } });
      assertEquals(carl.ready.type, "ready");
      await carl.send(eventFrame({ type: "ping", id: "end" }));
      const told: unknown[] = [];
      const seqs: number[] = [];
      for (let event = await carl.takeEvent(); event.type !== "pong";) {
        if (event.type === "gap") told.push([event.from, event.to]);
        if (event.type === "message" && event.room === "dev") seqs.push(event.seq);
        event = await carl.takeEvent();
      }
      assertEquals(told, gaps.map(([from, to]) => [from, to]));
      const kept = Array.from({ length: 10 }, (_, i) => 11 + i);
      assertEquals(seqs, gaps.length === 0 ? [] : kept);
    });
  });
}

Deno.test("Protocol: JSON nested 200,000 deep, `__proto__`, duplicate keys R", async () => {
  const limits = { payloadBytes: 2_097_152 };
  const overheard = await besideBystanders({ limits }, async ({ server }) => {
    using bob = await joinEvent(server, "bob");
    const refused = async (fields: string, code = "bad-field"): Promise<void> => {
      await bob.send(eventFrame(`{${fields},"id":"x"}`));
      const { id, type, code: its } = await answer(bob);
      assertEquals([id, type, its], ["x", "error", code], fields.slice(0, 100));
    };
    for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
      const deep = `${open.repeat(200_000)}1${close.repeat(200_000)}`;
      for (
        const fields of [
          `"type":"say","room":"lobby","text":${deep}`,
          `"type":${deep}`,
          `"type":"hello","resume":{"epoch":"","seq":{"lobby":${deep}}}`,
          `"type":"ping","x":${deep}`,
        ]
      ) {
        using eve = await joinEvent(server, "eve");
        await eve.send(eventFrame(`{${fields},"id":"x"}`));
        assertEquals((await eve.takeType("bye")).reason, "bad-frame");
      }
    }
    await refused(`"type":"say","room":"lobby","__proto__":{"text":"inherited"}`);
    await refused(`"__proto__":{"type":"say","room":"lobby","text":"inherited"}`);
    await refused(`"type":"hello","resume":{"__proto__":{"epoch":"","seq":{}}}`);
    await refused(`"type":"__proto__"`, "unknown-type");
    await refused(`"type":"constructor"`, "unknown-type");
    await refused(`"type":"say","room":"lobby","text":"one","text":"two"`);
    await refused(`"type":"say","type":"ping","room":"lobby","text":"x"`);
    await refused(`"type":"ping","id":"y"`);
    await refused(`"type":"hello","resume":{"epoch":"","epoch":"","seq":{}}`);
    assertEquals((await bob.ask({ type: "ping" })).type, "pong");
    const says = {
      type: "say",
      room: "lobby",
      text: '"text":"x","text":"y" \\":\\": {"a":1,"a":2}',
    };
    assertEquals((await bob.ask(says)).type, "ack");
    assertEquals(({} as Json).text, undefined);
  });
  assertEquals(overheard.length, 1);
});

/** The next answer, which has an id. */
async function answer(peer: RawPeer): Promise<Json> {
  for (;;) {
    const event = await peer.takeEvent();
    if (event.type === "error" || event.id !== undefined) return event;
  }
}

const NUMBERS = new Set(["before", "limit", "skip"]);
/** Each wrong password costs its address time, and what is wrong with these is no field. */
const COSTLY = new Set(["login"]);

/** Whether a request may be without a field. */
function isOptional(type: string, field: string): boolean {
  return (TABLE as Readonly<Record<string, Fields>>)[type]?.[field]?.optional === true;
}

Deno.test("Protocol: every request with every field missing, null, wrong type, huge R", async () => {
  const huge = "x".repeat(60_000);
  const overheard = await besideBystanders({}, async ({ server }) => {
    using bob = await joinEvent(server, "bob");
    const refused = async (request: Json, what: string): Promise<void> => {
      const { type, code } = await bob.ask(request);
      assertEquals(type, "error", what);
      if (what.endsWith("huge")) return;
      assertEquals(code, "bad-field", what);
    };
    for (const [type, fields] of Object.entries<Json>(REQUESTS)) {
      for (const field of Object.keys(fields)) {
        const place = `${type}.${field}`;
        const { [field]: right, ...others } = fields;
        if (!isOptional(type, field)) await refused({ type, ...others }, `${place} missing`);
        const lists = Array.isArray(right) ? [[1], [null]] : [[], ["x"]];
        const wrong: unknown[] = [null, { x: 7 }, ...lists, -1, 1.5, 2 ** 53, "\ud800"];
        if (right !== true) wrong.push(true);
        if (typeof right !== "number") wrong.push(7);
        if (typeof right !== "string") wrong.push("true");
        for (const bad of wrong) {
          await refused({ type, ...fields, [field]: bad }, `${place} ${JSON.stringify(bad)}`);
        }
      }
    }
    for (const field of ["to", "room", "name"]) {
      for (const [type, fields] of Object.entries(REQUESTS)) {
        // A second hello is refused whatever it says.
        if (Object.hasOwn(fields, field) && !COSTLY.has(type)) {
          await refused({ type, ...fields, [field]: huge }, `${type}.${field} huge`);
        }
      }
    }
    await refused({ type: "topic", room: "lobby", text: huge }, "topic.text huge");
    for (const field of NUMBERS) {
      const { type, messages } = await bob.ask({
        type: "history",
        room: "lobby",
        [field]: Number.MAX_SAFE_INTEGER,
      });
      assert(type === "page" && messages.length <= 200, `history.${field} huge`);
    }
    await bob.send(eventFrame({ type: "ping", id: huge }));
    assertEquals((await answer(bob)).code, "bad-field");
    assertEquals((await bob.ask({ type: huge })).code, "unknown-type");
    assertEquals((await bob.ask({ type: "ping", huge })).type, "pong");
  });
  assertEquals(overheard, []);
});

for (const bad of ["[]", "1", '"x"', "null", "{", "hello"]) {
  Deno.test(`Protocol: a payload of ${bad}, which is no JSON object C`, async () => {
    const overheard = await besideBystanders({}, async ({ server }) => {
      using bob = await joinEvent(server, "bob");
      await bob.send(eventFrame(bad));
      assertEquals((await bob.takeType("bye")).reason, "bad-frame");
      assertEquals(await bob.takeRest(), "");
      using classic = await joinClassic(server, "carl");
      await classic.send(eventFrame('{"type":"ping"}').subarray(0, 3));
    });
    assertEquals(overheard, []);
  });
}
