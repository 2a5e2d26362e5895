/** A backup may be from anywhere: what is put back has nothing but what a backup has, or nothing at all. */

import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { packTar } from "modern-tar";
import { kindOfEntry } from "../lib/backup/layout.ts";
import { hashOfFile } from "../lib/backup/make_backup.ts";
import { namesIn } from "../lib/files/disk_paths.ts";
import { StoreError } from "../lib/store/faults.ts";
import { inertLine } from "../lib/words/inert.js";
import { backUp, backupPlaces, bring, putBack } from "./fixtures/backups.ts";
import { bytesOfLength, sha256Of } from "./fixtures/files.ts";

type Entry = Parameters<typeof packTar>[0][number];

/** A file of a tar. */
function file(
  name: string,
  body: string | Uint8Array<ArrayBuffer>,
  more: Partial<Entry["header"]> = {},
): Entry {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { header: { name, size: bytes.length, type: "file", ...more }, body: bytes };
}

/** What a sound backup has in it, by names. */
async function partsOf(dir: string): Promise<{ database: Uint8Array<ArrayBuffer>; note: string }> {
  return {
    database: await Deno.readFile(`${dir}/chatroom.db`),
    note: await Deno.readTextFile(`${dir}/backup.json`),
  };
}

/** A sound backup in a directory, and what is tried with tars that are made of it. */
async function withBackup(
  work: (
    parts: {
      database: Uint8Array<ArrayBuffer>;
      note: string;
      blob: Uint8Array<ArrayBuffer>;
      dir: string;
    },
    refused: (
      what: string,
      entries: Entry[],
      says: string,
      options?: Parameters<typeof putBack>[2],
    ) => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  await using places = await backupPlaces();
  const { data, out } = places;
  const blob = bytesOfLength(1_000);
  await bring(data, "room", blob);
  await backUp(data, `${out}/dir`);
  const parts = await partsOf(`${out}/dir`);
  await work({ ...parts, blob, dir: `${out}/dir` }, async (what, entries, says, options = {}) => {
    await Deno.writeFile(`${out}/x.tar`, await packTar(entries));
    const error = await assertRejects(
      () => putBack(`${out}/x.tar`, `${out}/back`, options),
      StoreError,
      says,
      what,
    );
    // One line, which no escape of the tar's gets into.
    assertEquals(error.message, inertLine(error.message), what);
    assertEquals(await namesIn(out), ["dir", "x.tar"], what);
  });
}

Deno.test("a tar has no entry but those of a backup, whatever it is called and whatever it is", () =>
  withBackup(async ({ database, note, blob }, refused) => {
    const sha256 = sha256Of(blob);
    const rest = [
      file(`files/${sha256.slice(0, 2)}/${sha256}`, blob),
      file("chatroom.db", database),
    ];
    const all = [...rest, file("backup.json", note)];
    for (
      const name of [
        ...[
          "../evil",
          "/etc/evil",
          "files/../../evil",
          "files/ab/../../../evil",
          "boot",
          "control",
        ],
        ...["chatroom.db-wal", "files/part/x", `files/00/${sha256}`, `files/${sha256}`, "C:\\evil"],
        ...["files\\..\\evil", "x\nbackup.json", "\u001b[2Jx", "CHATROOM.DB", "a/./b"],
      ]
    ) {
      await refused(name, [file(name, "x"), ...all], "is no backup of ours: it has a file ");
    }
    const linked = { size: 0, linkname: "/etc/passwd" };
    for (const type of ["symlink", "link", "fifo", "character-device", "block-device"] as const) {
      for (const name of ["chatroom.db", "tls-key.pem", `files/${sha256.slice(0, 2)}`]) {
        await refused(
          `${type} ${name}`,
          [{ header: { name, type, ...linked } }, ...all],
          `it has a ${type} `,
        );
      }
    }
    await refused(
      "a folder",
      [{ header: { name: "../x/", type: "directory", size: 0 } }, ...all],
      "it has a directory",
    );
    await refused("twice", [...all, file("chatroom.db", database)], 'it has "chatroom.db" twice');
    await refused(
      "the note twice",
      [...all, file("./backup.json", note)],
      'it has "backup.json" twice',
    );
    await refused(
      "a large note",
      [...rest, file("backup.json", new Uint8Array(1_048_577))],
      "has 1048577 bytes",
    );
    await refused("no note", rest, "it has no backup.json");
    await refused("no database", [file("backup.json", note)], "its chatroom.db was changed");
    await refused("nothing", [], "it has no backup.json");
  }));

Deno.test("what a backup says of itself is looked at, and the database as one from anywhere", () =>
  withBackup(async ({ database, note, dir }, refused) => {
    const said = JSON.parse(note);
    const notes: ReadonlyArray<readonly [what: string, note: string, says: string]> = [
      ["no JSON", "{", "is no JSON"],
      ["not ours", "[]", "is not one of ours"],
      ["deep", "[".repeat(100_000), "is no JSON"],
      ["no layout", "{}", "is not one of ours"],
      ["no hash", JSON.stringify({ ...said, database: 7 }), "is not one of ours"],
      ["newer", JSON.stringify({ ...said, layout: 2 }), "by a newer chatroom (layout 2)"],
      [
        "another hash",
        JSON.stringify({ ...said, database: sha256Of(new Uint8Array()) }),
        "was changed since",
      ],
    ];
    for (const [what, text, says] of notes) {
      await refused(what, [file("chatroom.db", database), file("backup.json", text)], says);
    }
    const tampered = async (sql: string): Promise<Entry[]> => {
      {
        using db = new DatabaseSync(`${dir}/chatroom.db`);
        db.exec(sql);
      }
      const bytes = await Deno.readFile(`${dir}/chatroom.db`);
      const own = { ...said, database: await hashOfFile(`${dir}/chatroom.db`) };
      return [file("chatroom.db", bytes), file("backup.json", JSON.stringify(own))];
    };
    await refused(
      "a trigger",
      await tampered("CREATE TRIGGER t AFTER INSERT ON message BEGIN SELECT 1; END"),
      'there is a trigger "t", which is not ours',
      { isDamagedTaken: true },
    );
    await refused("a missing file", await tampered("DROP TRIGGER t"), "is missing");
    // It would be read for ever.
    await refused(
      "a view in the place of a table",
      await tampered(
        "ALTER TABLE blob RENAME TO gone; CREATE VIEW blob AS WITH RECURSIVE n(sha256) AS " +
          "(SELECT 1 UNION ALL SELECT sha256 + 1 FROM n) SELECT sha256, sha256 AS size FROM n",
      ),
      'there is a view "blob", which is not ours',
      { isDamagedTaken: true },
    );
    await tampered("DROP VIEW blob; ALTER TABLE gone RENAME TO blob");
    await refused(
      "newer tables",
      await tampered("PRAGMA user_version = 99"),
      "by a newer chatroom",
    );
    await refused(
      "another program's",
      await tampered("PRAGMA application_id = 1"),
      "of another program",
    );
  }));

Deno.test("a file of other bytes than it is called by is left out, and that is no sound backup", () =>
  withBackup(async ({ database, note, blob }, refused) => {
    const sha256 = sha256Of(blob);
    const name = `files/${sha256.slice(0, 2)}/${sha256}`;
    const other = bytesOfLength(blob.length, 2);
    const rest = [file("chatroom.db", database), file("backup.json", note)];
    await refused("other bytes", [file(name, other), ...rest], "it was changed, and is left out");
  }));

Deno.test("a tar that was cut anywhere, or changed, leaves nothing behind", async () => {
  await using places = await backupPlaces();
  const { data, out } = places;
  await bring(data, "room", bytesOfLength(1_000));
  await backUp(data, `${out}/whole.tar`);
  const whole = await Deno.readFile(`${out}/whole.tar`);
  const tried: Array<readonly [what: string, bytes: Uint8Array]> = [
    ...[0, 1, 511, 512, 513, 1_000, 1_536, 5_000, whole.length - 1_536, whole.length - 1_024]
      .map((length) => [`${length} bytes`, whole.subarray(0, length)] as const),
    ["a byte of a header", whole.map((byte, at) => at === 10 ? byte ^ 1 : byte)],
    ["a byte of a file", whole.map((byte, at) => at === 600 ? byte ^ 1 : byte)],
    ["a byte of the database", whole.map((byte, at) => at === 100_000 ? byte ^ 1 : byte)],
    ["packed", new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
  ];
  for (const [what, bytes] of tried) {
    await Deno.writeFile(`${out}/x.tar`, bytes);
    await assertRejects(() => putBack(`${out}/x.tar`, `${out}/back`), StoreError, undefined, what);
    assertEquals(await namesIn(out), ["whole.tar", "x.tar"], what);
  }
});

Deno.test("a tar that another program has made of a backup is taken", async () => {
  await using places = await backupPlaces();
  const { data, out } = places;
  await bring(data, "room", bytesOfLength(1_000));
  await backUp(data, `${out}/dir`);
  const entries: Entry[] = [];
  const walk = async (folder: string): Promise<void> => {
    entries.push({ header: { name: `./${folder}`, type: "directory", size: 0 } });
    for await (const { name, isDirectory } of Deno.readDir(`${out}/dir/${folder}`)) {
      if (isDirectory) await walk(`${folder}${name}/`);
      else {
        const bytes = await Deno.readFile(`${out}/dir/${folder}${name}`);
        entries.push(file(`./${folder}${name}`, bytes, { pax: { comment: "by another program" } }));
      }
    }
  };
  await walk("");
  await Deno.writeFile(`${out}/other.tar`, await packTar(entries));
  assertEquals((await putBack(`${out}/other.tar`, `${out}/back`)).files, 1);
});

Deno.test("in a directory no link is followed, and what else is there stays there", async () => {
  await using places = await backupPlaces();
  const { data, out } = places;
  await bring(data, "room", bytesOfLength(1_000));
  await backUp(data, `${out}/dir`);
  await Deno.writeTextFile(`${out}/dir/boot`, "an-epoch 7\n");
  await Deno.writeTextFile(`${out}/dir/control`, "1 2\n");
  await Deno.mkdir(`${out}/dir/lost+found`);
  await putBack(`${out}/dir`, `${out}/back`);
  assertEquals(await namesIn(`${out}/back`), ["chatroom.db", "files", "lock"]);
  await Deno.symlink("/etc/passwd", `${out}/dir/tls-key.pem`);
  await assertRejects(
    () => putBack(`${out}/dir`, `${out}/again`),
    StoreError,
    "it is no plain file",
  );
});

Deno.test("the data directory is as it was when something is wrong with what is asked for", async () => {
  await using places = await backupPlaces();
  const { data, out } = places;
  await bring(data, "room", bytesOfLength(1_000));
  await backUp(data, `${out}/x.tar`);
  const before = await namesIn(data);
  const refused = async (
    says: string,
    options: Parameters<typeof putBack>[2],
    backup = `${out}/x.tar`,
  ): Promise<void> => {
    await assertRejects(() => putBack(backup, data, options), StoreError, says);
    assertEquals(await namesIn(data), before);
  };
  await refused("is not empty: it has boot, chatroom.db, ", {});
  await refused("is there already, and is not empty", { aside: out });
  await refused("name a place beside it", { aside: `${data}/before` });
  await refused("There is no ", { aside: `${out}/before` }, `${out}/none`);
  await Deno.copyFile(`${out}/x.tar`, `${data}/x.tar`);
  await assertRejects(
    () => putBack(`${data}/x.tar`, data, { aside: `${out}/before` }),
    StoreError,
    "move it elsewhere first",
  );
});

Deno.test("what an entry is goes by its whole name", () => {
  const sha256 = "ab".repeat(32);
  assertEquals(kindOfEntry(`files/ab/${sha256}`), { kind: "blob", sha256 });
  for (
    const name of [
      `files/ab/${sha256}\n`,
      `files/ab/${sha256.toUpperCase()}`,
      "",
      ".",
      "files",
      "backup.json/",
    ]
  ) {
    assertEquals(kindOfEntry(name), undefined);
  }
});
