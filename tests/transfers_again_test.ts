/** Files on their way that go on after a restart of the client, and those that begin anew. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import type { FileTransfer, KeptTransfer } from "../lib/client/files/file_transfer.ts";
import type { LinkOptions } from "../lib/client/link_options.ts";
import { openSource, streamSource } from "../lib/client/files/upload_source.ts";
import { Carrier, startWithFiles } from "./fixtures/carrier.ts";
import { bytesOfLength, inFolder, namesIn, sha256Of, written } from "./fixtures/files.ts";
import { within } from "./helpers.ts";
import { Proxy } from "./proxy.ts";

const MIB = 1_048_576;
const LOBBY = { room: "lobby" } as const;

/** Resolves with what is kept when 2.5 MiB have passed and the link was closed then. */
async function leftHalfway(
  proxy: Proxy,
  start: (carrier: Carrier) => Promise<FileTransfer>,
  options: Partial<LinkOptions> = {},
): Promise<readonly KeptTransfer[]> {
  const half = Promise.withResolvers<void>();
  let before: number | undefined;
  proxy.onPassed = (passed) => {
    before ??= passed;
    if (passed - before < 2.5 * MIB) return;
    proxy.hold();
    half.resolve();
  };
  await using carrier = await new Carrier(proxy, options).ready();
  const transfer = await start(carrier);
  await within("the first half", half.promise);
  await carrier.link.close();
  proxy.onPassed = () => {};
  proxy.release();
  const error = await assertRejects(() => transfer.result, RequestError);
  assertEquals(error.code, "ended");
  // As it is written to a file, and read again.
  return JSON.parse(JSON.stringify(carrier.kept));
}

Deno.test("an upload of an account goes on after a restart of the client", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using proxy = new Proxy(server);
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    const secrets = { login: "open sesame" };
    {
      await using first = await new Carrier(server).ready();
      await first.link.send({ type: "register", password: secrets.login });
    }
    const bytes = bytesOfLength(3 * MIB);
    const path = await written(folder, "big", bytes);
    const [kept] = await leftHalfway(
      proxy,
      async ({ transfers }) =>
        transfers.upload({ source: await openSource(path), destination: LOBBY, text: "at last" }),
      { secrets },
    );
    assert(kept !== undefined);
    const begun: number[] = [];
    const onProgress = ({ state, done }: FileTransfer): void => {
      if (state === "running") begun.push(done);
    };
    await using ann = await new Carrier(server, { secrets }, onProgress).ready();
    await within("the ack", (await ann.transfers.resume(kept)).result);
    assert((begun[0] ?? 0) >= MIB, `it began at ${begun[0]}`);
    assertEquals((await bob.file()).sha256, sha256Of(bytes));
    assertStringIncludes(bob.brought[0]?.text ?? "", "at last");
  });
});

Deno.test("a file that was changed since then is sent from its beginning", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using proxy = new Proxy(server);
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    const path = await written(folder, "big", bytesOfLength(3 * MIB));
    const [kept] = await leftHalfway(
      proxy,
      async ({ transfers }) =>
        transfers.upload({ source: await openSource(path), destination: LOBBY }),
    );
    assert(kept !== undefined);
    const bytes = bytesOfLength(3 * MIB + 1, 9);
    await Deno.writeFile(path, bytes);
    // The server has not been told that the first one has left, and keeps its name for it.
    await using ann = await new Carrier(server, { name: "anna" }).ready();
    await within("the ack", (await ann.transfers.resume(kept)).result);
    assertEquals((await bob.file()).sha256, sha256Of(bytes));
  });
});

Deno.test("a download goes on after a restart, and begins anew where its part is another's", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using proxy = new Proxy(server);
    await using ann = await new Carrier(server, { name: "eve" }).ready();
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    const bytes = bytesOfLength(3 * MIB);
    const source = streamSource(new Blob([bytes]).stream(), "big");
    await ann.transfers.upload({ source, destination: LOBBY }).result;
    const file = await bob.file();
    for (const isSpoilt of [false, true]) {
      const [kept] = await leftHalfway(
        proxy,
        ({ transfers }) => Promise.resolve(transfers.download(file, { folder })),
        { name: isSpoilt ? "dora" : "carl" },
      );
      assert(kept !== undefined);
      const part = `${folder}/${(await namesIn(folder)).find((name) => name.endsWith(".part"))}`;
      if (isSpoilt) await Deno.writeFile(part, bytesOfLength(MIB, 9));
      const begun: number[] = [];
      await using again = await new Carrier(
        server,
        { name: isSpoilt ? "gus" : "fay" },
        ({ state, done }) => {
          if (state === "running") begun.push(done);
        },
      ).ready();
      const path = await within("the file", (await again.transfers.resume(kept)).result);
      assert((begun[0] ?? 0) >= MIB, `it began at ${begun[0]}`);
      assertEquals(sha256Of(await Deno.readFile(String(path))), sha256Of(bytes));
      await Deno.remove(String(path));
    }
    assertEquals(await namesIn(folder), []);
  });
});
