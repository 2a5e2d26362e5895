/** The battery's rows on framing; what they end with is in fixtures/bystanders.ts. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { besideBystanders, type Scene } from "./fixtures/bystanders.ts";
import { tries } from "./fixtures/thorough.ts";
import { bytes, classicFrame, eventFrame, joinClassic, joinEvent, RawPeer } from "./helpers.ts";

const MEBIBYTE = 1_048_576;

/** What this process holds now, in bytes: the heap and the buffers outside of it. */
function held(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** How the answer begins: a blank first is the sign of the event protocol. */
function beginning(sent: string | Uint8Array): string {
  return bytes(sent)[0] === 0x20 ? '{"type":"bye"' : "6         server";
}

/** Sends bytes as the first of a connection, and again after a name; both must be told `why`. */
async function isClosed({ server }: Scene, sent: string | Uint8Array, why: string): Promise<void> {
  const reason = why.startsWith("over")
    ? "too-large"
    : why.includes("TLS")
    ? "no-tls"
    : "bad-frame";
  using stranger = await RawPeer.connect(server);
  await stranger.send(sent);
  const told = await stranger.takeRest();
  assertStringIncludes(told, beginning(sent));
  assertStringIncludes(told, why);
  using classic = await joinClassic(server, "classic");
  await classic.send(sent);
  assertStringIncludes(await classic.takeRest(), why);
  using event = await joinEvent(server, "event");
  await event.send(sent);
  const bye = await event.takeType("bye");
  assertEquals(bye.reason, reason);
  assertStringIncludes(bye.text, why);
  assertEquals(await event.takeRest(), "");
}

for (
  const [row, sent, why] of [
    ["header `-1` C", "-1        ", "can't begin with"],
    ["blank C", "          ", "can't begin with"],
    ["`1e3` C", "1e3       ", "can't begin with"],
    ["`0x10` C", "0x10      ", "can't begin with"],
    ["`+5` C", "+5        ", "can't begin with"],
    ["`1_0` C", "1_0       ", "can't begin with"],
    ["a header padded on both sides C", " 5        ", "can't begin with"],
    ["an Arabic digit C", "\u0665        ", "can't begin with"],
    ["cap + 1 C", "65537     ", "over the limit of 65536 bytes"],
    ["`POST / HTTP/1.1` C", "POST / HTTP/1.1\r\nHost: x\r\n\r\n", "can't begin with"],
    [
      "a TLS hello on the plain port C",
      new Uint8Array([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
      "does not speak TLS",
    ],
  ] as const
) {
  Deno.test(`Framing: ${row}`, async () => {
    const overheard = await besideBystanders({}, (scene) => isClosed(scene, sent, why));
    assertEquals(overheard, []);
  });
}

Deno.test("Framing: `9999999999` C, memory flat", async () => {
  const overheard = await besideBystanders({}, async (scene) => {
    await isClosed(scene, "9999999999", "over the limit of 65536 bytes");
    const before = held();
    for (let i = 0; i < 200; i++) {
      using peer = await RawPeer.connect(scene.server);
      await peer.send("9999999999");
      await peer.takeRest();
    }
    const grown = held() - before;
    assert(grown < 64 * MEBIBYTE, `${grown} bytes more after 200 times 9.3 GiB announced`);
  });
  assertEquals(overheard, []);
});

Deno.test("Framing: exactly the cap delivered", async () => {
  // JSON makes six characters of each of these, and an event client gets them all the same.
  const text = "\u0001".repeat(65_536);
  const overheard = await besideBystanders({}, async ({ server }) => {
    using bob = await joinClassic(server, "bob");
    using carl = await joinClassic(server, "carl");
    await bob.send(classicFrame(text));
    for (let from = ""; from !== "bob";) {
      const pair = await carl.takePair();
      from = pair[0];
      if (from === "bob") assertEquals(pair[1], text);
    }
  });
  assertEquals(overheard, [["bob", text]]);
});

Deno.test("Framing: length 0 as name C, as message ignored", async () => {
  const overheard = await besideBystanders({}, async ({ server }) => {
    for (const padding of ["0         ", "         0"]) {
      using nobody = await RawPeer.connect(server);
      await nobody.send(padding);
      assertStringIncludes(await nobody.takeRest(), "The name was empty");
    }
    using bob = await joinClassic(server, "bob");
    await bob.send(
      "0         ",
      "0         ",
      classicFrame("after nothing"),
      classicFrame("/quit"),
    );
    assertStringIncludes(await bob.takeRest(), "Goodbye.");
  });
  assertEquals(overheard, [["bob", "after nothing"]]);
});

Deno.test("Framing: one byte a write: same result", async () => {
  const overheard = await besideBystanders({}, async ({ server }) => {
    using classic = await RawPeer.connect(server);
    const spoken = bytes(classicFrame("bob"), classicFrame("drop by drop"), classicFrame("/quit"));
    for (const byte of spoken) await classic.send(Uint8Array.of(byte));
    assertStringIncludes(await classic.takeRest(), "Goodbye.");
    using event = await RawPeer.connect(server);
    const asked = bytes(
      eventFrame("eva"),
      eventFrame({ type: "hello" }),
      eventFrame({ type: "say", id: "1", room: "lobby", text: "drop after drop" }),
    );
    for (const byte of asked) await event.send(Uint8Array.of(byte));
    assertEquals((await event.takeType("ack")).id, "1");
  });
  assertEquals(overheard, [["bob", "drop by drop"], ["eva", "drop after drop"]]);
});

Deno.test("Framing: 100 frames in one segment: all, in order", async () => {
  const texts = Array.from({ length: 100 }, (_, i) => `m${i}`);
  const overheard = await besideBystanders({}, async ({ server }) => {
    using bob = await RawPeer.connect(server);
    await bob.send(...["bob", ...texts, "/quit"].map(classicFrame));
    assertStringIncludes(await bob.takeRest(), "Goodbye.");
  });
  assertEquals(overheard, texts.map((text) => ["bob", text] as const));
});

for (
  const [what, sent, told] of [
    ["half a header", "5    ", "No name and hello came within 0.5 s"],
    ["half an event header", "     ", '"reason":"handshake"'],
    ["half a name", "9         ann", "No name and hello came within 0.5 s"],
    ["a name but no hello", "         3tom", "No name and hello came within 0.5 s"],
    ["a name and half a header", "3         tom20  ", "not ended within 0.05 s"],
    ["a name and half a message", "3         tom20        half", "not ended within 0.05 s"],
  ] as const
) {
  Deno.test(`Framing: a header and then silence: closed at the deadline, after ${what}`, async () => {
    const limits = { handshakeMs: 500, frameMs: 50 };
    const overheard = await besideBystanders({ limits }, async ({ server }) => {
      using peer = await RawPeer.connect(server);
      await peer.send(sent);
      assertStringIncludes(await peer.takeRest(), told);
    });
    assertEquals(overheard, []);
  });
}

Deno.test("Framing: silence from the beginning: closed at the deadline without a word", async () => {
  const overheard = await besideBystanders({ limits: { handshakeMs: 100 } }, async ({ server }) => {
    using peer = await RawPeer.connect(server);
    assertEquals(await peer.takeRest(), "");
  });
  assertEquals(overheard, []);
});

Deno.test("Framing: end in mid-payload: nothing broadcast", async () => {
  const overheard = await besideBystanders({}, async ({ server }) => {
    {
      using bob = await joinClassic(server, "bob");
      await bob.send(classicFrame("whole"), "100       half of it");
    }
    using eva = await joinEvent(server, "eva");
    const say = eventFrame({ type: "say", room: "lobby", text: "never complete" });
    await eva.send(say.subarray(0, -1));
    await eva.conn.closeWrite();
    await eva.takeRest();
  });
  assertEquals(overheard, [["bob", "whole"]]);
});

const RANDOM = tries(300, 10_000);

Deno.test(`Framing: random bytes, ${RANDOM.toLocaleString("en")} connections: server healthy`, async () => {
  const overheard = await besideBystanders({}, async ({ server }) => {
    const attack = async (): Promise<void> => {
      for (let i = 0; i < RANDOM / 20; i++) {
        using peer = await RawPeer.connect(server);
        const noise = crypto.getRandomValues(new Uint8Array(1 + i % 64));
        // One in 8 begins like a frame, so that what comes after a name is random too.
        if (i % 8 === 0) await peer.send("4         dice", noise);
        else await peer.send(noise);
        // Half of them read why, the others leave with it unread.
        if (i % 2 === 0) await peer.conn.closeWrite();
        if (i % 2 === 0) await peer.takeRest();
      }
    };
    await Promise.all(Array.from({ length: 20 }, attack));
  });
  // What is said by chance is a frame that was valid by chance.
  for (const [from] of overheard) assertStringIncludes(from, "dice");
});
