/** Files that are saved while nobody looks: whatever goes wrong with one, the others are saved. */

import { assertEquals } from "@std/assert";
import { FileSaver, type FileSaverOptions } from "../lib/client/files/file_saver.ts";
import { orAborted } from "../lib/words/or_aborted.js";
import { streamSource } from "../lib/client/files/upload_source.ts";
import type { Event } from "../lib/wire/events.ts";
import { Carrier, startWithFiles } from "./fixtures/carrier.ts";
import { bytesOfLength, inFolder, namesIn } from "./fixtures/files.ts";

/** What a reader is told who saves what `ann` sends, each file with so many bytes of its own. */
async function saved(
  names: readonly string[],
  { folder, ...options }: Pick<FileSaverOptions, "folder"> & Partial<FileSaverOptions>,
  before: (saver: FileSaver, bob: Carrier, events: readonly Event[]) => Promise<void> | void,
): Promise<{ told: string[]; isAll: boolean }> {
  await using server = startWithFiles();
  await using ann = await new Carrier(server).ready();
  await using bob = await new Carrier(server, { name: "bob" }).ready();
  for (const [n, name] of names.entries()) {
    const source = streamSource(new Blob([bytesOfLength(1_000, n + 1)]).stream(), name);
    await ann.transfers.upload({ source, destination: { room: "lobby" } }).result;
  }
  await bob.file(names.length - 1);
  const told: string[] = [];
  const complain = (line: string): void => void told.push(line);
  const { transfers } = bob;
  const saver = new FileSaver({ transfers, folder, json: false, complain, ...options });
  await before(saver, bob, bob.brought);
  const isAll = await saver.settled();
  return { told, isAll };
}

const takeAll = (saver: FileSaver, _: Carrier, events: readonly Event[]): void => {
  for (const event of events) saver.take(event, () => Promise.resolve());
};

Deno.test("a file that can't be read is taken for another, and what comes is saved beside it", async () => {
  await inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.txt`, bytesOfLength(1_000));
    const open = Deno.open;
    Deno.open = async (path, options) => {
      if (path !== `${folder}/a.txt` || options !== undefined) return await open(path, options);
      throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    };
    try {
      const { told, isAll } = await saved(["a.txt"], { folder }, takeAll);
      assertEquals([told, isAll], [[`Saved ${folder}/a (2).txt`], true]);
    } finally {
      Deno.open = open;
    }
  });
});

Deno.test("what goes wrong with what is told of one file ends nothing", async () => {
  await inFolder(async (folder) => {
    const { told, isAll } = await saved(
      ["a", "b"],
      { folder, json: true },
      (saver, _, events) => {
        for (const [n, event] of events.entries()) {
          saver.take(
            event,
            () => n === 0 ? Promise.reject(new Error("no room")) : Promise.resolve(),
          );
        }
      },
    );
    assertEquals([told, isAll], [["a was not saved: no room"], false]);
    assertEquals(await namesIn(folder), ["a", "b"]);
  });
});

Deno.test("a part of the disk stays free, whatever others send", async () => {
  await inFolder(async (folder) => {
    let free = 2_000;
    const { told, isAll } = await saved(["a", "b"], {
      folder,
      roomIn: () => Promise.resolve({ free, all: 10_000 }),
    }, async (saver, _, events) => {
      saver.take(events[0] as Event, () => Promise.resolve());
      await saver.settled();
      free = 1_499;
      saver.take(events[1] as Event, () => Promise.resolve());
    });
    const why = `the disk of ${folder} has 1.5 kB free, and 500 bytes of it stay so`;
    assertEquals(told, [
      `Saved ${folder}/a`,
      `b was not saved: ${why}; make room, and run it again`,
    ]);
    assertEquals([isAll, await namesIn(folder)], [false, ["a"]]);
  });
});

Deno.test("what waits when the link ends is not begun, and leaves nothing behind", async () => {
  await inFolder(async (folder) => {
    const names = Array.from({ length: 9 }, (_, n) => `${n}`);
    const { told, isAll } = await saved(names, { folder }, async (saver, bob, events) => {
      takeAll(saver, bob, events);
      await bob.link.close();
    });
    assertEquals([told.filter((line) => !line.startsWith("Saved ")), isAll], [[], false]);
    const left = (await namesIn(folder)).filter((name) => name.endsWith(".part"));
    const empty = left.filter((name) => Deno.statSync(`${folder}/${name}`).size === 0);
    assertEquals(empty, []);
  });
});

Deno.test("what was given up before it was waited for fails without anybody", async () => {
  const reason = new Error("given up");
  const waited = Promise.withResolvers<void>();
  const caught = await orAborted(AbortSignal.abort(reason), waited.promise).catch((error) => error);
  waited.reject(new Error("nobody looks"));
  // An error that nobody takes would end the test by now.
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(caught, reason);
});
