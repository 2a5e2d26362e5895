/** Backups of a data directory while a server, uploads and upkeep are at work on it. */

import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { blobsOn, diskPaths, namesIn } from "../lib/files/disk_paths.ts";
import { DiskStorage } from "../lib/files/disk_storage.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { lockDirectory } from "../lib/store/directory.ts";
import { StoreError } from "../lib/store/faults.ts";
import { assertSound, backUp, type BackupPlaces, backupPlaces } from "./fixtures/backups.ts";
import { bring, letGo, putBack } from "./fixtures/backups.ts";
import { openNode } from "./fixtures/cluster_world.ts";
import { bytesOfLength } from "./fixtures/files.ts";
import { sendsFile } from "./fixtures/sent_files.ts";
import { onSmallDisk } from "./fixtures/small_disk.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json } from "./helpers.ts";

/** Both forms that a backup has. */
const FORMS: ReadonlyArray<readonly [what: string, name: string]> = [
  ["a directory", "monday"],
  ["a tar", "monday.tar"],
];

/** A test of each form. */
function eachForm(
  name: string,
  run: (places: BackupPlaces, target: string) => Promise<void>,
): void {
  for (const [what, file] of FORMS) {
    Deno.test(`${what}: ${name}`, async () => {
      await using places = await backupPlaces();
      await run(places, `${places.out}/${file}`);
    });
  }
}

eachForm(
  "of a server at work it is whole, and each of them is as of one moment",
  async ({ data, out }, target) => {
    const storage = await DiskStorage.open({ dir: data, durability: "normal" });
    await using server = await startStored(data, { files: new KeptFiles({ storage }) });
    using ann = await joinEvent(server, "ann");
    const work = new AbortController();
    const working = (async () => {
      for (let n = 1; !work.signal.aborted; n++) {
        await ann.ask({ type: "say", id: `s${n}`, room: "lobby", text: `number ${n}` });
        await sendsFile(ann, { name: `${n}.bin`, data: bytesOfLength(40_000 + n, n) });
      }
      return 0;
    })();
    let before = 0;
    for (let round = 1; round <= 3; round++) {
      const path = target.replace("monday", `round-${round}`);
      const report = await backUp(data, path);
      assertEquals([report.problems, report.elsewhere], [[], 0]);
      assert(report.messages >= before);
      before = report.messages;
      const restored = await putBack(path, `${out}/back-${round}`);
      assertEquals([restored.messages, restored.files], [report.messages, report.files]);
      await assertSound(`${out}/back-${round}`);
    }
    work.abort();
    await working;
    // Nothing else is left beside them.
    assert((await namesIn(out)).every((name) => /^(back|round)-\d(\.tar)?$/.test(name)));
  },
);

eachForm(
  "what comes between its steps is in it, and what goes is not",
  async ({ data, out }, target) => {
    const [first, early] = [
      await bring(data, "first", bytesOfLength(1)),
      await bring(data, "early", bytesOfLength(2)),
    ];
    let late = "";
    const steps: string[] = [];
    const report = await backUp(data, target, async (step, attempt) => {
      steps.push(`${step} ${attempt}`);
      if (attempt > 1) return;
      // Was not taken with the others, and the copy of the database will know it …
      if (step === "files") {
        late = await bring(data, "late", bytesOfLength(3));
        return await letGo(data, "early", early);
      }
      // … but it has gone before it could be taken.
      await letGo(data, "late", late);
    });
    assertEquals(steps, ["files 1", "database 1", "files 2", "database 2"]);
    assertEquals([report.files, report.problems], [1, []]);
    await putBack(target, `${out}/back`);
    assertEquals((await Array.fromAsync(blobsOn(diskPaths(`${out}/back`)))).flat(), [first]);
    await assertSound(`${out}/back`);
  },
);

eachForm(
  "a file that is gone for good or was cut is named, and the rest is in it",
  async ({ data, out }, target) => {
    const lost = await bring(data, "lost", bytesOfLength(10));
    const cut = await bring(data, "cut", bytesOfLength(20));
    await bring(data, "sound", bytesOfLength(30));
    await Deno.remove(diskPaths(data).blob(lost));
    await Deno.truncate(diskPaths(data).blob(cut), 7);
    const { problems, files } = await backUp(data, target);
    assertEquals(
      [...problems].sort(),
      [
        `the file ${cut} has 7 bytes and not 20`,
        `the file ${lost} is missing`,
      ].sort(),
    );
    assertEquals(files, 2);
    await assertRejects(() => putBack(target, `${out}/back`), StoreError, "is damaged: the file ");
    assertEquals(await namesIn(out), [target.slice(out.length + 1)]);
    const restored = await putBack(target, `${out}/back`, { isDamagedTaken: true });
    assertEquals([restored.problems.length, restored.files, restored.messages], [2, 1, 3]);
  },
);

eachForm(
  "it has nobody else's mode, and the certificate that the server has made",
  async ({ data, out }, target) => {
    await bring(data, "room", bytesOfLength(100));
    await Deno.writeTextFile(`${data}/tls-cert.pem`, "cert", { mode: 0o644 });
    await Deno.writeTextFile(`${data}/tls-key.pem`, "key", { mode: 0o600 });
    await Deno.writeTextFile(`${data}/link-key`, "link", { mode: 0o600 });
    await backUp(data, target);
    if (Deno.build.os !== "windows") assertEquals(((await Deno.stat(target)).mode ?? 0) & 0o077, 0);
    await putBack(target, `${out}/back`);
    assertEquals(
      [
        await Deno.readTextFile(`${out}/back/tls-cert.pem`),
        await Deno.readTextFile(`${out}/back/tls-key.pem`),
      ],
      ["cert", "key"],
    );
    assertEquals(await namesIn(`${out}/back`), [
      "chatroom.db",
      "files",
      "link-key",
      "lock",
      "tls-cert.pem",
      "tls-key.pem",
    ]);
  },
);

eachForm(
  "what is in its place stays, and it is no backup of itself",
  async ({ data, out }, target) => {
    await bring(data, "room", bytesOfLength(100));
    await Deno.mkdir(target);
    await assertRejects(() => backUp(data, target), StoreError, "is there already");
    await Deno.remove(target);
    await Deno.symlink(`${out}/nowhere`, target);
    await assertRejects(() => backUp(data, target), StoreError, "is there already");
    await Deno.remove(target);
    await assertRejects(
      () => backUp(data, `${data}/files/mine`),
      StoreError,
      "is in the data directory",
    );
    await Deno.symlink(data, `${out}/link`);
    await assertRejects(
      () => backUp(data, `${out}/link/mine.tar`),
      StoreError,
      "is in the data directory",
    );
    await assertRejects(
      () => backUp(data, `${out}/none/mine`),
      StoreError,
      "There is no directory",
    );
    await assertRejects(() => backUp(`${out}/none`, target), StoreError, "There is no ");
    // Made while the backup was: it is not overwritten either.
    await assertRejects(
      () =>
        backUp(data, target, (step) => step === "files" ? Deno.mkdir(target) : Promise.resolve()),
      StoreError,
      "is there already",
    );
    assertEquals((await namesIn(out)).sort(), ["link", target.slice(out.length + 1)].sort());
  },
);

eachForm(
  "what one that was cut off has left goes, and one at work is left alone",
  async ({ data, out }, target) => {
    await bring(data, "room", bytesOfLength(100));
    await Deno.mkdir(`${target}.part`);
    await Deno.writeTextFile(`${target}.part/somebody's`, "");
    await assertRejects(() => backUp(data, target), StoreError, "is in the way");
    {
      using _other = lockDirectory(`${target}.part`);
      await assertRejects(() => backUp(data, target), StoreError, "Another program is at work in");
    }
    await backUp(data, target);
    await putBack(target, `${out}/back`);
    assertEquals(await namesIn(out), ["back", target.slice(out.length + 1)]);
  },
);

eachForm(
  "a server goes on from it in a new epoch, and tells who comes back",
  async ({ data, out }, target) => {
    let epoch: string;
    {
      await using server = await startStored(data);
      using ann = await joinEvent(server, "ann");
      epoch = ann.welcome.epoch;
      for (const id of ["1", "2"]) await ann.ask({ type: "say", id, room: "lobby", text: id });
      await backUp(data, target);
      await ann.ask({ type: "say", id: "3", room: "lobby", text: "after the backup" });
    }
    await putBack(target, data, { aside: `${out}/before` });
    await using server = await startStored(data);
    using ann = await joinEvent(server, "ann", { resume: { epoch, seq: { lobby: 3 } } });
    assertNotEquals(ann.welcome.epoch, epoch);
    assertEquals((await ann.takeType("gap")).room, "lobby");
    const { messages } = await ann.ask({ type: "history", room: "lobby" });
    assertEquals(messages.map(({ text }: Json) => text), ["1", "2"]);
    // What was there before is a data directory still.
    assertStringIncludes(await assertSound(`${out}/before`), "3 messages");
  },
);

Deno.test("in a directory on the same disk the files are links, and a database of before is taken as it is", async () => {
  await using places = await backupPlaces();
  const { data, out } = places;
  const sha256 = await bring(data, "room", bytesOfLength(100));
  const report = await backUp(data, `${out}/links`);
  assert(report.isLinked);
  const inode = async (dir: string): Promise<unknown> =>
    (await Deno.stat(diskPaths(dir).blob(sha256))).ino;
  assertEquals(await inode(`${out}/links`), await inode(data));
  await using old = await makeDir();
  {
    using db = new DatabaseSync(`${old.path}/chatroom.db`);
    db.exec(await Deno.readTextFile(new URL("fixtures/version_2.sql", import.meta.url)));
  }
  await backUp(old.path, `${out}/old.tar`);
  await putBack(`${out}/old.tar`, `${out}/back`);
  await using server = await startStored(`${out}/back`);
  using ann = await joinEvent(server, "ann");
  assertEquals(ann.welcome.type, "welcome");
});

Deno.test("where there is no room for it, it says so and leaves nothing", async (t) => {
  await using places = await backupPlaces();
  await bring(places.data, "room", bytesOfLength(3_000_000));
  await onSmallDisk(t, async (disk) => {
    for (const [what, name] of FORMS) {
      await assertRejects(
        () => backUp(places.data, `${disk.path}/${name}`),
        StoreError,
        "There is no room on the disk",
        what,
      );
      assertEquals(await namesIn(disk.path), []);
    }
    await backUp(places.data, `${places.out}/large.tar`);
    await assertRejects(
      () => putBack(`${places.out}/large.tar`, `${disk.path}/data`),
      StoreError,
      "There is no room on the disk",
    );
    assertEquals(await namesIn(disk.path), []);
  });
});

Deno.test("on another disk the files are copied", async (t) => {
  await using places = await backupPlaces();
  await bring(places.data, "room", bytesOfLength(100));
  await onSmallDisk(t, async (disk) => {
    const report = await backUp(places.data, `${disk.path}/copies`);
    assertEquals([report.isLinked, report.files], [false, 1]);
    await assertRejects(
      () => putBack(`${disk.path}/copies`, places.data, { aside: `${disk.path}/before` }),
      StoreError,
      "name a place on the same disk",
    );
    await assertSound(places.data);
    await putBack(`${disk.path}/copies`, places.data, { aside: `${places.out}/before` });
    await assertSound(places.data);
  }, 8);
});

Deno.test("a node's backup does without the files of others, and is not taken for a server's", async () => {
  await using places = await backupPlaces();
  const { data, out } = places;
  const alone = `${out}/alone`;
  await bring(alone, "room", bytesOfLength(100));
  await backUp(alone, `${out}/alone.tar`);
  await (await openNode(data))[Symbol.asyncDispose]();
  const report = await backUp(data, `${out}/node.tar`);
  assert(report.cluster !== undefined);
  await assertRejects(
    () => putBack(`${out}/alone.tar`, data, { aside: `${out}/before` }),
    StoreError,
    "is of a node of the cluster",
  );
  const restored = await putBack(`${out}/node.tar`, data, { aside: `${out}/before` });
  assertEquals(restored.cluster, report.cluster);
  await (await openNode(data))[Symbol.asyncDispose]();
});
