/** `chatroom ban`: what is in force is listed and lifted, also while the server runs. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Sanction } from "../lib/chat/people/records.ts";
import { openWriter } from "../lib/store/directory.ts";
import { changePeople } from "../lib/store/people.ts";
import { CHEAP, LOGIN } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent } from "./helpers.ts";
import type { Result } from "./program.ts";

/** `owner` with a Cyrillic first letter. */
const ALIKE = "\u043ewner";

function sanction(kind: "ban" | "mute", target: string, more: Partial<Sanction> = {}): Sanction {
  return {
    ...{ kind, room: "", subject: "name", key: target, target, by: "eve", at: 0 },
    ...{ until: 0, reason: "" },
    ...more,
  };
}

const KEPT: readonly Sanction[] = [
  sanction("ban", ALIKE, { at: 1, reason: "a trick" }),
  sanction("mute", "owner", { at: 2, room: "dev" }),
  sanction("ban", "192.0.2.7", { at: 3, subject: "address" }),
  sanction("ban", "bob", { at: 4, until: 4_102_444_800_000 }),
  sanction("ban", "over", { at: 5, until: 6 }),
];

async function keep(dir: string, sanctions: readonly Sanction[]): Promise<void> {
  const proof = await CHEAP.hash(LOGIN);
  using opened = await openWriter(dir);
  changePeople(opened.db, () => [
    {
      type: "account",
      account: { id: "owner's", name: "owner", key: "owner", role: "owner", proof, createdAt: 1 },
    },
    ...sanctions.map((each) => ({ type: "sanction", sanction: each }) as const),
  ]);
}

function banIn(dir: string): (...args: string[]) => Promise<Result> {
  return (...args) => chatroom(["ban", ...args, "--data", dir]);
}

Deno.test("an owner who was shut out by a look-alike is let in again beside a running server", async () => {
  await using dir = await makeDir();
  await keep(dir.path, KEPT);
  await using server = await startStored(dir.path, { passwords: CHEAP });
  const comes = async (): Promise<string> => {
    using owner = await joinEvent(server, "owner", { login: LOGIN }).catch(() => undefined);
    return owner?.ready.type ?? "shut out";
  };
  assertEquals(await comes(), "shut out");
  const lifted = await banIn(dir.path)("lift", "owner");
  assertEquals([lifted.code, lifted.stdout], [
    0,
    `owner may speak again (in dev).\n${ALIKE} is not banned any more.\n`,
  ], lifted.stderr);
  assertEquals(await comes(), "ready");
  using owner = await joinEvent(server, "owner", { login: LOGIN });
  const { entries } = await owner.ask({ type: "audit" });
  assertEquals(
    entries.map((
      { by, action, target, room }: Record<string, string>,
    ) => [by, action, target, room]),
    [["(console)", "unmute", "owner", "dev"], ["(console)", "unban", ALIKE, undefined]],
  );
});

Deno.test("whoever is here is told once that the mutes have ended, and not of the end of a ban", async () => {
  await using dir = await makeDir();
  await keep(dir.path, [
    sanction("mute", "bob"),
    sanction("mute", "bob", { room: "dev" }),
    sanction("ban", "bob", { room: "dev" }),
  ]);
  await using server = await startStored(dir.path, { passwords: CHEAP });
  using bob = await joinEvent(server, "bob");
  const noticesAfter = async (...args: string[]): Promise<string[]> => {
    assertEquals((await banIn(dir.path)("lift", "bob", ...args)).code, 0);
    await bob.tell({ type: "ping", id: "last" });
    const texts: string[] = [];
    for (let event = await bob.takeEvent(); event.id !== "last"; event = await bob.takeEvent()) {
      if (event.type === "notice") texts.push(event.text);
    }
    return texts;
  };
  assertEquals(await noticesAfter("--kind", "ban"), []);
  assertEquals(await noticesAfter(), ["You may speak again."]);
});

Deno.test("what is in force is listed, and lifted by name, address, room and kind", async () => {
  await using dir = await makeDir();
  const ban = banIn(dir.path);
  const none = await ban("list");
  assertEquals([none.code, none.stderr], [
    1,
    `There is no ${dir.path}/chatroom.db; --data names the data directory of a server\n`,
  ]);
  assertEquals((await ban("lift", "bob")).code, 1);
  assertEquals(await Array.fromAsync(Deno.readDir(dir.path)), [], "nothing is made for it");
  await keep(dir.path, KEPT);
  assertEquals((await ban("list")).stdout.split("\n"), [
    `${ALIKE} is banned, by eve on 1970-01-01 00:00 UTC: a trick`,
    "owner is muted in dev, by eve on 1970-01-01 00:00 UTC",
    "192.0.2.7 is banned, by eve on 1970-01-01 00:00 UTC",
    "bob is banned until 2100-01-01 00:00 UTC, by eve on 1970-01-01 00:00 UTC",
    "",
  ]);
  assertEquals((await ban("list", "--kind", "mute")).stdout.split("\n").length, 2);
  assertStringIncludes((await ban("list", "-r", "DEV")).stdout, "owner is muted in dev");
  assertStringIncludes((await ban("list", "-r", "#dev")).stdout, "owner is muted in dev");
  const elsewhere = await ban("lift", "bob", "--room", "dev");
  assertEquals([elsewhere.code, elsewhere.stdout, elsewhere.stderr], [
    1,
    "",
    "There is no such ban or mute on bob; chatroom ban list shows all\n",
  ]);
  assertEquals((await ban("lift", "BOB", "--kind", "ban")).stdout, "bob is not banned any more.\n");
  assertEquals((await ban("lift", "192.0.2.7")).stdout, "192.0.2.7 is not banned any more.\n");
  assertEquals((await ban("lift", "owner")).code, 0);
  assertEquals((await ban("list")).stdout, "Nobody is banned or muted.\n");
});

Deno.test("what can't be meant is told in one line", async () => {
  await using dir = await makeDir();
  const ban = banIn(dir.path);
  for (
    const [args, part] of [
      [[], "ban takes list or lift, not nothing"],
      [["end", "bob"], "ban takes list or lift, not end"],
      [["lift"], "ban lift needs a name or an address"],
      [["list", "bob"], "ban list takes no name"],
      [["list", "--kind", "kick"], "--kind is ban or mute, not kick"],
    ] as const
  ) {
    const { code, stderr } = await ban(...args);
    assertEquals([code, stderr.split("\n").length], [2, 2], stderr);
    assertStringIncludes(stderr, part);
  }
});

Deno.test("a range of addresses is no name: to lift what is on it says so", async () => {
  await using dir = await makeDir();
  await keep(dir.path, []);
  for (const range of ["127.0.0.2/32", "2001:db8::/32", "192.0.2.*", "192.0.2.1-192.0.2.9"]) {
    const { code, stderr } = await chatroom(["ban", "lift", range, "--data", dir.path]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `${range} is a range of addresses; name a single address`);
  }
});
