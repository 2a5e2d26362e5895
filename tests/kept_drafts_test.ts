/** What somebody was writing when they left is there when they come back. */

import { assert, assertEquals } from "@std/assert";
import { KeptDrafts, type KeptDraftsOptions } from "../lib/client/kept_drafts.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { CHAT, room, WITH_ANN } from "./fixtures/terminal_account.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

const SERVER = "here:1234";
const ROOMS = [room("lobby"), room("dev"), room("ops")];

function opened(dir: string, more: Partial<KeptDraftsOptions> = {}): KeptDrafts {
  const complain = (line: string): void => {
    throw new Error(line);
  };
  return new KeptDrafts({ dir, servers: [SERVER], complain, ...more });
}

/** A terminal of somebody with these rooms and a conversation, whose drafts are kept in `dir`. */
async function writing(dir: string, rooms = ROOMS): Promise<Setup> {
  const setup = new Setup({ openDrafts: () => Promise.resolve(opened(dir)) });
  const settings = { notify: {}, hideSeen: false, blocked: [] };
  const account = { account: "m1", role: "member", chats: [WITH_ANN], invited: [], settings };
  setup.conversation.ready({ ...account, rooms });
  await setup.io.expect("You are me");
  return setup;
}

async function prompts({ io }: Setup, row: string): Promise<void> {
  await io.until(() => io.screen.cursorRow === row, row);
}

Deno.test("drafts come back, each in its place, and leaving asks for none", async () => {
  await using dir = await makeDir();
  {
    using setup = await writing(dir.path);
    const { io } = setup;
    io.type("for the lobby\x1b2");
    await prompts(setup, "dev> ");
    io.type("for dev\x1b3");
    await prompts(setup, "ops> ");
    io.type("/chat ann\r");
    await io.until(() => io.screen.cursorRow.startsWith("@ann>"), "the conversation");
    io.type("for ann\x1b3");
    await prompts(setup, "ops> ");
    io.type("/login secret\x1b1\x1b3");
    await io.until(() => io.screen.cursorRow.startsWith("ops> /login"), "the password");
    io.type("\x15\x04");
    assertEquals(await setup.code, 0);
    await io.expect("-- The drafts in dev, @ann, lobby are kept.");
  }
  if (Deno.build.os !== "windows") {
    const { mode } = await Deno.stat(`${dir.path}/drafts.json`);
    assertEquals((mode ?? 0) & 0o777, 0o600);
  }
  using setup = await writing(dir.path);
  const { io } = setup;
  await io.expect("-- What you were writing in dev, @Ann is still there.");
  await prompts(setup, "lobby> for the lobby");
  io.type("\x1b2");
  await prompts(setup, "dev> for dev");
  io.type("\x15/chat ann\r");
  await io.until(() => /^@ann> for ann$/i.test(io.screen.cursorRow), "that of the conversation");
  // What came back is kept no more, until somebody leaves again.
  assertEquals(opened(dir.path).take("me", () => true), []);
});

Deno.test("what may hold a password is not kept, and leaving says that it is lost", async () => {
  await using dir = await makeDir();
  using setup = await writing(dir.path);
  const { io } = setup;
  io.type("/login secret\x1b2");
  await prompts(setup, "dev> ");
  io.type("\x04");
  await io.expect("!! A draft is in lobby; leave once more, and it is lost.");
  io.type("\x04");
  assertEquals(await setup.code, 0);
  assertEquals(opened(dir.path).take("me", () => true), []);
});

Deno.test("a draft for a room that one is not in waits until one is", async () => {
  await using dir = await makeDir();
  opened(dir.path).keep("me", [{ room: "dev", text: "for dev" }]);
  {
    using setup = await writing(dir.path, [room("lobby")]);
    setup.io.type("\x04");
    assertEquals(await setup.code, 0);
  }
  using setup = await writing(dir.path);
  await setup.io.expect("-- What you were writing in dev is still there.");
});

Deno.test("the program is ended by a signal: what stands in the row is kept", async () => {
  await using dir = await makeDir();
  {
    using setup = await writing(dir.path);
    setup.io.type("half a tho");
    await prompts(setup, "lobby> half a tho");
    setup.io.signal("SIGHUP");
    assertEquals(await setup.code, 129);
  }
  using setup = await writing(dir.path);
  await prompts(setup, "lobby> half a tho");
});

Deno.test("drafts are kept by server and name, and what another client keeps stays", async () => {
  await using dir = await makeDir();
  const [one, other] = [opened(dir.path), opened(dir.path, { servers: ["b:1", SERVER] })];
  assert(one.keep("Ann", [{ room: "dev", text: "one" }, { to: "zoe", text: "hi" }]));
  assert(other.keep("ann", [{ chat: CHAT, text: "two" }]));
  assert(other.keep("bob", [{ room: "dev", text: "bob's" }]));
  // It was said meanwhile.
  assert(one.keep("Ann", [{ to: "zoe", text: "hi there" }]));
  const path = `${dir.path}/drafts.json`;
  const bad = ["no JSON", "null", '{"name":1}', `{"servers":["${SERVER}"],"name":"ann","text":1}`];
  await Deno.writeTextFile(path, bad.join("\n"), { append: true });
  assertEquals(opened(dir.path, { servers: ["c:1"] }).take("ann", () => true), []);
  const taken = opened(dir.path).take("ANN", () => true).map(({ text }) => text);
  assertEquals(taken, ["two", "hi there"]);
  assertEquals(opened(dir.path).take("ann", () => true), []);
  assertEquals(opened(dir.path).take("bob", () => true).map(({ text }) => text), ["bob's"]);
});

Deno.test("of many drafts the latest are kept, and of long ones, too, which is told to who asks", async () => {
  await using dir = await makeDir();
  const many = Array.from({ length: 101 }, (_, n) => ({ room: `r${n}`, text: "x" }));
  assertEquals(opened(dir.path).keep("ann", many), false);
  assertEquals(opened(dir.path).take("ann", () => true).length, 100);
  const long = Array.from({ length: 50 }, (_, n) => ({ room: `r${n}`, text: "é".repeat(8_192) }));
  assertEquals(opened(dir.path).keep("ann", long), false);
  assert(opened(dir.path).keep("bob", long.slice(0, 1)));
  assert((await Deno.stat(`${dir.path}/drafts.json`)).size <= 262_144);
  const kept = opened(dir.path).take("ann", () => true);
  assertEquals([kept.length, kept.at(-1)?.room], [14, "r49"]);
});

Deno.test("where drafts can't be kept that is told once, and leaving asks for them", async () => {
  await using dir = await makeDir();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const told: string[] = [];
  const kept = opened(`${dir.path}/file`, { complain: (line) => void told.push(line) });
  assertEquals([1, 2].map((n) => kept.keep("ann", [{ room: "dev", text: `${n}` }])), [
    false,
    false,
  ]);
  assertEquals(told.length, 1);
  assert(told[0]?.startsWith(`Drafts can't be kept in ${dir.path}/file/drafts.json: `));
});
