/** What is kept of people: through restarts, from version 1, and changed by `chatroom user`. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { LocalLog } from "../lib/store/local_log.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { readPeople, savePeople } from "../lib/store/people.ts";
import { CHEAP, LOGIN, logWith, WAYS } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { slowTest } from "./fixtures/thorough.ts";
import { eventFrame, joinEvent, RawPeer } from "./helpers.ts";
import type { Result } from "./program.ts";
import { NO_PTY, Pty } from "./pty.ts";

for (const way of WAYS) {
  Deno.test(`at the ${way.name} door, names, roles, bans and mutes are there after a restart`, async () => {
    await using dir = await makeDir();
    {
      await using server = await startStored(dir.path, { passwords: CHEAP });
      const { people } = await logWith({ ann: "owner", carl: "member" });
      const changes = people.accounts.map((account) => ({ type: "account", account }) as const);
      server.factLog.put({ kind: "people", changes });
    }
    {
      await using server = await startStored(dir.path, { passwords: CHEAP });
      using ann = await way.enter(server, "ann", { login: LOGIN });
      assertStringIncludes(await ann.types("/ban bob 1d spam"), "bob is banned until 2");
      assertStringIncludes(await ann.types("/mute eve"), "eve is muted");
      assertStringIncludes(await ann.types("/ban carla"), "carla is banned");
      assertStringIncludes(await ann.types("/unban carla"), "not banned any more");
      assertStringIncludes(await ann.types("/op #lobby carl"), "carl is a host now");
      using dora = await way.enter(server, "dora");
      assertStringIncludes(await dora.types(`/register ${LOGIN}`), "is yours now");
    }
    await using server = await startStored(dir.path, { passwords: CHEAP });
    const refusal = async (name: string): Promise<string> =>
      await way.enter(server, name).then(() => "came in", ({ message }: Error) => message);
    assertStringIncludes(await refusal("bob"), "You are banned by ann until 2");
    assertStringIncludes(await refusal("dora"), "The name dora is reserved");
    using ann = await way.enter(server, "ann", { login: LOGIN });
    using eve = await way.enter(server, "eve");
    assertStringIncludes(await eve.types("hello"), "You are muted by ann.");
    using carl = await way.enter(server, "carl", { login: LOGIN });
    assertStringIncludes(
      await carl.types("/kick ann"),
      "a host of the room may not kick an owner",
    );
    using _carla = await way.enter(server, "carla");
    assertStringIncludes(await ann.types("/audit 200"), "ann: ban bob (until 2");
  });
}

Deno.test("what version 2 holds of people is read, and version 1 holds nobody", async () => {
  for (const version of [1, 2]) {
    await using dir = await makeDir();
    const db = new DatabaseSync(`${dir.path}/chatroom.db`);
    db.exec(
      await Deno.readTextFile(new URL(`fixtures/version_${version}.sql`, import.meta.url)),
    );
    db.close();
    await using history = await LocalLog.open({ dir: dir.path });
    const { accounts, hosts, sanctions } = history.people;
    const { lines } = await history.index.audit(10);
    if (version === 1) assertEquals([accounts, hosts, sanctions, lines], [[], [], [], []]);
    else {
      assertEquals(accounts.map(({ name, role }) => [name, role]), [["Ann", "owner"]]);
      assertEquals(hosts, [{ room: "dev", key: "ann" }]);
      assertEquals(sanctions.map(({ kind, target, until }) => [kind, target, until]), [
        ["ban", "Eve", 0],
        ["mute", "192.0.2.7", 4102444800000],
      ]);
      assertEquals(lines.map(({ by, action, target, detail }) => [by, action, target, detail]), [
        ["Ann", "ban", "Eve", "spam"],
      ]);
    }
  }
});

Deno.test("changes are kept together or not at all", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/new.db`, durability: "full" });
  const account = {
    ...{ id: "ann's", name: "ann", key: "ann", role: "owner", proof: "p", createdAt: 1 } as const,
  };
  const broken = { type: "account", account: { ...account, key: null } } as unknown;
  let failed = false;
  try {
    savePeople(db, [
      { type: "account", account },
      broken as { type: "remove"; key: string; id: string },
    ]);
  } catch {
    failed = true;
  }
  assert(failed);
  assertEquals(readPeople(db).accounts, []);
  savePeople(db, [{ type: "account", account }]);
  assertEquals(readPeople(db).accounts, [account]);
});

Deno.test("chatroom user changes what a running server knows", async () => {
  await using dir = await makeDir();
  const user = (action: string, args: readonly string[] = [], input = ""): Promise<Result> =>
    chatroom(["user", action, ...args, "--data", dir.path], { input });
  const first = await user("add", ["ann", "--role", "owner"], `${LOGIN}\n`);
  assertEquals([first.code, first.stdout], [0, "ann is an owner now.\n"], first.stderr);
  await using server = await startStored(dir.path);
  using ann = await joinEvent(server, "ann", { login: LOGIN });
  assertEquals(ann.ready.type, "ready");
  assertEquals(
    (await user("add", ["bob"], "short\n")).stderr,
    "A password has 8 to 256 characters; this one has 5\n",
  );
  using before = await joinEvent(server, "bob");
  assertEquals((await user("add", ["bob"], `${LOGIN}\n`)).code, 0);
  const { from, to } = await before.takeType("renamed");
  assertEquals([from, to], ["bob", "bob-2"]);
  using guest = await joinEvent(server, "bob");
  assertEquals(guest.ready.code, "name-reserved");
  assertEquals((await ann.ask({ type: "audit" })).entries.at(-1)?.action, "user add");
  const list = await user("list");
  assertEquals(list.stdout.replaceAll(/since .*/g, "").split("\n"), [
    "ann: owner, ",
    "bob: member, ",
    "",
  ]);
  const last = await user("add", ["ann", "--role", "member"]);
  assertEquals([last.code, last.stderr], [
    1,
    "ann is the last owner; make somebody else one first\n",
  ]);
  assertEquals((await user("remove", ["ann"])).code, 1);
  assertEquals((await user("remove", ["bob"])).stdout, "The name bob is anybody's again.\n");
  assertEquals(
    (await user("reset", ["bob"], `${LOGIN}\n`)).stderr,
    "Nobody has reserved the name bob\n",
  );
  const alike = await user("add", ["\u0430nn"], `${LOGIN}\n`);
  assertStringIncludes(alike.stderr, "looks like ann, which is reserved");
  const reset = await user("reset", ["ann"], "another horse\n");
  assertEquals(reset.stdout, "ann has another password now.\n", reset.stderr);
  const trail = await chatroom(["export", "--audit", "--format", "text", "--data", dir.path]);
  assertStringIncludes(trail.stdout, "(console): user reset ann");
  for (const secret of [LOGIN, "another horse", "scrypt"]) {
    for (const text of [trail.stdout, list.stdout, reset.stdout]) {
      assert(!text.includes(secret), secret);
    }
  }
});

Deno.test({
  name: `the directory is free while chatroom user asks for a password${
    NO_PTY ? ` (skipped: ${NO_PTY})` : ""
  }`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    await using dir = await makeDir();
    const main = new URL("../main.ts", import.meta.url).href;
    const user = ["user", "add", "ann", "--data", dir.path];
    await using pty = new Pty([Deno.execPath(), "run", "-A", "-q", main, ...user]);
    await pty.expect("New password of ann");
    {
      await using server = await startStored(dir.path);
      pty.type("short\r");
      await pty.expect("A password has 8 to 256 characters");
      pty.type(`${LOGIN}\r`);
      await pty.expect("The same again");
      pty.type("another horse\r");
      await pty.expect("These were two passwords; nothing is changed yet.");
      const asked = (): number => pty.written.split("New password of ann").length;
      await pty.until(() => asked() > 3, "the first question again");
      pty.type(`${LOGIN}\r`);
      await pty.expect("The same again");
      pty.type(`${LOGIN}\r`);
      await pty.expect("ann is a member now.");
      using ann = await joinEvent(server, "ann", { login: LOGIN });
      assertEquals(ann.ready.type, "ready");
    }
    assertEquals(await pty.exitCode(), 0);
  },
});

Deno.test({
  name: `a name that is reserved while chatroom user add asks for a password keeps its own${
    NO_PTY ? ` (skipped: ${NO_PTY})` : ""
  }`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    await using dir = await makeDir();
    await using server = await startStored(dir.path, { passwords: CHEAP });
    const main = new URL("../main.ts", import.meta.url).href;
    const user = ["user", "add", "ann", "--data", dir.path];
    await using pty = new Pty([Deno.execPath(), "run", "-A", "-q", main, ...user]);
    await pty.expect("New password of ann");
    using ann = await joinEvent(server, "ann");
    assertEquals((await ann.ask({ type: "register", password: LOGIN })).type, "account");
    pty.type("another horse\r");
    await pty.expect("The same again");
    pty.type("another horse\r");
    await pty.expect("Somebody has reserved the name ann meanwhile");
    assertEquals(await pty.exitCode(), 1);
    using again = await joinEvent(server, "ann", { login: LOGIN });
    assertEquals(again.ready.type, "ready");
  },
});

Deno.test("a wrong password ends a client with 4, and no argument takes one", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path, { password: "open sesame" });
  const address = `127.0.0.1:${server.addr.port}`;
  await Deno.writeTextFile(`${dir.path}/key`, "open sesame\r\nnot this\n");
  const send = ["send", "--name", "ann", "--server", address];
  const right = await chatroom([...send, "--password-file", `${dir.path}/key`, "hello"]);
  assertEquals(right.code, 0, right.stderr);
  const none = await chatroom([...send, "hello"]);
  assertEquals(
    [none.code, none.stderr.includes("A password is needed here")],
    [4, true],
    none.stderr,
  );
  const wrong = await chatroom([...send, "hello"], { env: { CHATROOM_PASSWORD: "sesame" } });
  assertEquals([wrong.code, wrong.stderr.includes("not this server's password")], [4, true]);
  assert(!wrong.stderr.includes('"sesame"'));
  const inline = await chatroom([...send, "--password", "open sesame", "hello"]);
  assertEquals(inline.code, 2);
  const missing = await chatroom([...send, "--password-file", `${dir.path}/none`, "hello"]);
  assertEquals([missing.code, missing.stderr.split("\n").length], [2, 2], missing.stderr);
  using eve = await RawPeer.connect(server);
  const hello = (password: string): Uint8Array => eventFrame({ type: "hello", password });
  await eve.send(eventFrame("eve"), hello("sesame"), hello("open sesame"));
  // It may be that the wait after the wrong one before is still on.
  assert(["bad-password", "try-later"].includes((await eve.takeType("error")).code));
  assertEquals((await eve.takeType("error")).code, "try-later");
});

slowTest("chatroom user add leaves an account as it is but for a role that was said", async () => {
  await using dir = await makeDir();
  await Deno.writeTextFile(`${dir.path}/new.pw`, "another horse\n");
  const file = ["--password-file", `${dir.path}/new.pw`];
  const data = `${dir.path}/data`;
  const user = (...args: string[]): Promise<Result> =>
    chatroom(["user", ...args, "--data", data], { input: `${LOGIN}\n` });
  assertEquals((await user("add", "ann", "--role", "owner")).code, 0);
  for (
    const args of [["ann", ...file], ["ann"], ["Ann"], ["ann", "--role", "owner", ...file]]
  ) {
    const { code, stdout, stderr } = await user("add", ...args);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "ann is reserved already (owner), and nothing was changed; user ");
    assertStringIncludes(stderr, "user reset ann gives it another password");
  }
  assertEquals((await user("add", "bob")).stdout, "bob is a member now.\n");
  assertEquals(
    (await user("add", "BOB", "--role", "operator")).stdout,
    "bob is an operator now. The password is what it was.\n",
  );
  for (const action of ["remove", "list"]) {
    const { code, stderr } = await user(action, ...action === "list" ? [] : ["ann"], ...file);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "--password-file goes with user add and reset, not with user");
  }
  await using server = await startStored(data);
  using ann = await joinEvent(server, "ann", { login: LOGIN });
  assertEquals(ann.ready.type, "ready");
});
