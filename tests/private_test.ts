/** The files of a data directory, and those of a client, are nobody else's to read or to lock. */

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { addKnownServer, knownServersPath } from "../lib/client/known_servers.ts";
import { DEFAULT_SETTINGS, saveSettings } from "../lib/client/settings.ts";
import { makeAndLock, openWriter } from "../lib/store/directory.ts";
import { StoreError } from "../lib/store/faults.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { keptKeyPair } from "../lib/tls/self_signed.ts";
import { append, say } from "./fixtures/facts.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { startServe } from "./fixtures/serve_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const options = { ignore: Deno.build.os === "windows" };

/** The modes of what is in a directory, but for those that are private. */
function openFiles(dir: string): string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name }) => {
    const mode = (Deno.statSync(`${dir}/${name}`).mode ?? 0) & 0o777;
    return mode === 0o600 ? [] : [`${name} ${mode.toString(8)}`];
  });
}

/** Makes files as a careless user's are made, until it is disposed of. */
function withoutUmask(): Disposable {
  const before = Deno.umask(0);
  return { [Symbol.dispose]: () => void Deno.umask(before) };
}

Deno.test(
  "all files of a data directory that others can look into are private",
  options,
  async () => {
    await using parent = await makeDir();
    using _careless = withoutUmask();
    const dir = `${parent.path}/data`;
    await Deno.mkdir(dir, { mode: 0o755 });
    for (const durability of ["full", "normal"] as const) {
      const told: string[] = [];
      await using history = await LocalLog.open({
        dir,
        durability,
        onProblem: (text) => told.push(text),
      });
      await append(history, say("a", "x"));
      await keptKeyPair(dir, ["localhost"]);
      assertEquals(openFiles(dir), []);
      assertStringIncludes(told.join(), `look into ${dir} (its mode is 755)`);
    }
    assertEquals(openFiles(dir), []);
  },
);

Deno.test(
  "files that an earlier version has left open are closed at the start",
  options,
  async () => {
    await using dir = await makeDir();
    await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
    await append(history, say("a", "x"));
    await keptKeyPair(dir.path, ["localhost"]);
    // As a crash leaves them, with the log beside the database.
    await using left = await makeDir();
    const names = ["chatroom.db", "chatroom.db-wal", "chatroom.db-shm", "boot", "lock"];
    for (const name of [...names, "tls-key.pem", "tls-cert.pem"]) {
      await Deno.copyFile(`${dir.path}/${name}`, `${left.path}/${name}`);
      await Deno.chmod(`${left.path}/${name}`, 0o644);
    }
    await using again = await LocalLog.open({ dir: left.path, durability: "normal" });
    await keptKeyPair(left.path, ["localhost"]);
    assertEquals([openFiles(left.path), again.index.last(roomLog("a"))], [["tls-cert.pem 644"], 1]);
  },
);

for (const mode of [0o775, 0o757, 0o1777, 0o722]) {
  const name = `a data directory of mode ${
    mode.toString(8)
  }, which others can write to, is refused`;
  Deno.test(name, options, async () => {
    await using dir = await makeDir();
    await Deno.chmod(dir.path, mode);
    const why = `other users of this machine can write to ${dir.path}`;
    assertThrows(() => makeAndLock(dir.path), StoreError, why);
    await assertRejects(() => openWriter(dir.path), StoreError, "say chmod go-w");
    assertEquals(await Deno.stat(`${dir.path}/lock`).then(() => "made", () => "none"), "none");
  });
}

Deno.test(
  "serve and import refuse what others can write to, and serve tells what they can read",
  options,
  async () => {
    await using dir = await makeDir();
    await Deno.chmod(dir.path, 0o777);
    const why = `other users of this machine can write to ${dir.path} (its mode is 777)`;
    for (const args of [["serve", "--port", "0"], ["import"], ["user", "list"]]) {
      const { code, stderr } = await chatroom([...args, "--data", dir.path]);
      if (args[0] === "user") continue;
      assertEquals(code, 1);
      assertStringIncludes(stderr, why);
    }
    await Deno.chmod(dir.path, 0o755);
    const { code, stderr } = await (await startServe("--data", dir.path)).end();
    assertEquals(code, 0);
    assertStringIncludes(stderr, `look into ${dir.path} (its mode is 755)`);
  },
);

Deno.test("what a client keeps is private, also where it was there before", options, async () => {
  await using dir = await makeDir();
  using _careless = withoutUmask();
  const known = knownServersPath(dir.path);
  await Deno.writeTextFile(known, "# mine\n", { mode: 0o666 });
  await Deno.writeTextFile(`${dir.path}/settings.toml`, "", { mode: 0o666 });
  addKnownServer(known, "127.0.0.1:1", "sha256:00");
  saveSettings(dir.path, { ...DEFAULT_SETTINGS, name: "ann" });
  assertEquals(openFiles(dir.path), []);
});
