/** `chatroom backup` and `chatroom restore` as a shell uses them, and the job that DATA.md prints. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { namesIn } from "../lib/files/disk_paths.ts";
import { VERSION } from "../lib/cli/version.ts";
import { backupPlaces, bring } from "./fixtures/backups.ts";
import { bytesOfLength } from "./fixtures/files.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { commandsOf, Newcomer } from "./fixtures/newcomer.ts";
import { startServe } from "./fixtures/serve_process.ts";
import { chatroom as program } from "./program.ts";

Deno.test("backup and restore say in one line what they did", async () => {
  await using places = await backupPlaces();
  const { data, out } = places;
  await bring(data, "room", bytesOfLength(1_000));
  const made = await chatroom(["backup", `${out}/a`, "--data", data]);
  assertEquals([made.code, made.stderr], [0, ""]);
  assertMatch(
    made.stdout,
    /^\S+\/a is a backup as of \S+Z: 1 message in 1 room \(\d+ kB\), 1 file \(1 kB\); the files are links to those of the data directory\n$/,
  );
  const json = await chatroom(["backup", `${out}/b.tar/`, "--data", data, "--json"]);
  const { made: at, databaseBytes, ...report } = JSON.parse(json.stdout);
  assertMatch(at, /Z$/);
  assert(databaseBytes > 10_000);
  assertEquals(report, {
    ...{ target: `${out}/b.tar`, messages: 1, rooms: 1, files: 1, fileBytes: 1_000 },
    ...{ elsewhere: 0, isLinked: false, problems: [] },
  });
  assertEquals(JSON.parse(await Deno.readTextFile(`${out}/a/backup.json`)).by, VERSION);
  const back = await chatroom(["restore", `${out}/b.tar`, "--data", `${out}/new`]);
  assertEquals([back.code, back.stderr], [0, ""]);
  assertStringIncludes(
    back.stdout,
    `${out}/new is as of ${at}: 1 message in 1 room, 1 file (1 kB)\n`,
  );
  const over = ["restore", `${out}/a`, "--data", `${out}/new`];
  const refused = await chatroom(over);
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertMatch(refused.stderr, /^\S+ is not empty: .*\n$/);
  const aside = await chatroom([...over, "--aside", `${out}/old`, "--json"]);
  assertEquals(JSON.parse(aside.stdout).aside, `${out}/old`);
});

Deno.test("bad usage is told in a line, with what is meant", async () => {
  const cases: ReadonlyArray<readonly [args: string[], says: string]> = [
    [["backup"], "backup needs a place"],
    [["backup", "a.tar.gz"], "packs none, so it can't make a.tar.gz"],
    [["backup", "a.zip"], "packs none"],
    [["backup", "a", "b"], 'backup can\'t take "b"'],
    [["restore"], "restore needs a backup"],
    [["restore", "a", "--aside", ""], "--aside needs a value"],
  ];
  for (const [args, says] of cases) {
    const { code, stdout, stderr } = await chatroom([...args, "--data", "/nowhere/at/all"]);
    assertEquals([code, stdout, stderr.trim().split("\n").length], [2, "", 1], args.join(" "));
    assertStringIncludes(stderr, says);
  }
});

Deno.test("a server is backed up with what the executable may do, and not put back under its feet", async () => {
  await using places = await backupPlaces();
  const { data, out } = places;
  const server = await startServe("--data", data);
  try {
    const { hostname, port } = server.addr;
    const sent = await program(["send", "--server", `${hostname}:${port}`, "--name", "ann", "hi"]);
    assertEquals([sent.code, sent.stderr], [0, ""]);
    const made = await program(["backup", `${out}/x.tar`, "--data", data]);
    assertEquals([made.code, made.stderr], [0, ""]);
    assertStringIncludes(made.stdout, ": 1 message in 1 room");
    const refused = await program([
      "restore",
      `${out}/x.tar`,
      "--data",
      data,
      "--aside",
      `${out}/y`,
    ]);
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(
      refused.stderr,
      `another program is using ${data}, such as a server; stop it`,
    );
  } finally {
    assertEquals((await server.end()).code, 0);
  }
  assertEquals(await namesIn(out), ["x.tar"]);
  const back = await program(["restore", `${out}/x.tar`, "--data", data, "--aside", `${out}/y`]);
  assertEquals([back.code, back.stderr], [0, ""]);
});

Deno.test("DATA.md's job makes a backup a day, keeps those of two weeks, and each can be put back", async () => {
  const [, job = "", restore = ""] = [
    ...commandsOf("Make a backup"),
    ...commandsOf("Put a backup back"),
  ];
  assertEquals(job.trim().split("\n").length, 5);
  assertMatch(restore, /^chatroom restore monday\.tar --data elsewhere /);
  await using user = await Newcomer.create();
  const backups = `${user.home}/backups`;
  const data = `${user.home}/DATA/chatroom`;
  await bring(data, "room", bytesOfLength(1_000));
  await Deno.mkdir(backups);
  for (let day = 10; day < 30; day++) await Deno.writeTextFile(`${backups}/2026-01-${day}.tar`, "");
  await Deno.writeTextFile(`${backups}/by-hand.tar`, "");
  assertEquals(await user.run(job), { code: 0, stderr: "" });
  const names = await namesIn(backups);
  const made = names.find((name) => !name.startsWith("2026-01-")) ?? "";
  assertMatch(made, /^\d{4}-\d\d-\d\d\.tar$/);
  const days = Array.from({ length: 13 }, (_, n) => `2026-01-${17 + n}.tar`);
  assertEquals(names, [...days, made, "by-hand.tar"].sort());
  // Elsewhere, by the line that is printed.
  const there = `cd '${backups}' && mv ${made} monday.tar && ${restore.split("\n")[0]}`;
  assertEquals(await user.run(there), { code: 0, stderr: "" });
  const checked = await chatroom(["check", "--data", `${backups}/elsewhere`]);
  assertStringIncludes(checked.stdout, "no problems; 1 message ");
  // One that was made today is there already; nothing is removed then.
  await Deno.writeTextFile(`${backups}/${made}`, "");
  await Deno.writeTextFile(`${backups}/2026-01-01.tar`, "");
  const again = await user.run(job);
  assertEquals(again.code, 1);
  assertStringIncludes(again.stderr, "is there already, and is not overwritten");
  assert((await namesIn(backups)).includes("2026-01-01.tar"));
});
