/** Files that are sent and fetched over real servers, whatever becomes of the connection. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import type { FileTransfer } from "../lib/client/files/file_transfer.ts";
import { openSource, streamSource } from "../lib/client/files/upload_source.ts";
import { Carrier, startWithFiles } from "./fixtures/carrier.ts";
import { bytesOfLength, inFolder, namesIn, sha256Of, written } from "./fixtures/files.ts";
import { startServer, until, within } from "./helpers.ts";
import { Proxy } from "./proxy.ts";

const MIB = 1_048_576;
const LOBBY = { room: "lobby" } as const;

Deno.test("a file arrives as it was sent, with what is said of it", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using ann = await new Carrier(server).ready();
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    for (const [n, length] of [0, 1, 16_384, 16_385, 3 * MIB + 7].entries()) {
      const bytes = bytesOfLength(length, n + 1);
      const source = await openSource(await written(folder, `sent ${n}`, bytes));
      const sending = ann.transfers.upload({ source, destination: LOBBY, text: `number ${n}` });
      const ack = await within("the ack", sending.result);
      assertEquals([sending.state, sending.done, ack.room], ["done", length, "lobby"]);
      const file = await bob.file(n);
      assertEquals([file.name, file.size, file.sha256], [`sent ${n}`, length, sha256Of(bytes)]);
      assertStringIncludes(bob.brought[n]?.text ?? "", `: number ${n}`);
      const saving = bob.transfers.download(file, { folder });
      const path = await within("the file", saving.result);
      assertEquals(path, `${folder}/sent ${n} (2)`);
      assertEquals(await Deno.readFile(path), bytes);
      assertEquals([saving.state, saving.done], ["done", length]);
    }
    assertEquals((await namesIn(folder)).filter((name) => name.includes("part")), []);
    assertEquals([ann.kept, bob.kept], [[], []]);
  });
});

Deno.test("files to one person are that one's to fetch, and nobody else's", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using ann = await new Carrier(server).ready();
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    await using eve = await new Carrier(server, { name: "eve" }).ready();
    const bytes = bytesOfLength(50_000);
    const source = streamSource(new Blob([bytes]).stream(), "secret.bin");
    await ann.transfers.upload({ source, destination: { to: "bob" } }).result;
    const direct = await bob.see("a file", (event) => event.type === "direct");
    const file = direct.type === "direct" ? direct.file : undefined;
    assert(file !== undefined);
    const path = await bob.transfers.download(file, { folder }).result;
    assertEquals(await Deno.readFile(path), bytes);
    const denied = eve.transfers.download(file, { folder: `${folder}` });
    const error = await assertRejects(() => denied.result, RequestError);
    assertEquals([error.code, denied.state], ["no-such-file", "failed"]);
    assertEquals(await namesIn(folder), ["secret.bin"]);
  });
});

Deno.test("an upload goes on after each of many cuts, and arrives once and equal", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using proxy = new Proxy(server);
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    const bytes = bytesOfLength(6 * MIB);
    let cuts = 0;
    proxy.onPassed = (passed) => {
      if (cuts === 10 || passed < (cuts + 1) * 600_000) return;
      cuts++;
      proxy.cut();
    };
    const begun: number[] = [];
    await using ann = await new Carrier(proxy, {}, ({ state, done }) => {
      if (state === "running") begun.push(done);
    }).ready();
    const source = await openSource(await written(folder, "big", bytes));
    const sending = ann.transfers.upload({ source, destination: LOBBY });
    await within("the ack", sending.result);
    assertEquals(cuts, 10);
    assertEquals(begun, begun.toSorted((a, b) => a - b), "nothing that has arrived is sent again");
    const file = await bob.file();
    assertEquals(file.sha256, sha256Of(bytes));
    // One more message would be there by now.
    await bob.link.send({ type: "who", room: "lobby" });
    assertEquals(bob.brought.length, 1);
  });
});

Deno.test("what comes from a pipe goes on after a cut, too", async () => {
  await using server = startWithFiles();
  await using proxy = new Proxy(server);
  const bytes = bytesOfLength(2 * MIB);
  let isCut = false;
  proxy.onPassed = (passed) => {
    if (isCut || passed < MIB) return;
    isCut = true;
    proxy.cut();
  };
  await using ann = await new Carrier(proxy).ready();
  await using bob = await new Carrier(server, { name: "bob" }).ready();
  const source = streamSource(new Blob([bytes]).stream(), "pipe");
  await ann.transfers.upload({ source, destination: LOBBY }).result;
  assert(isCut);
  const { size, sha256 } = await bob.file();
  assertEquals([size, sha256], [bytes.length, sha256Of(bytes)]);
});

Deno.test("an ack that was lost does not send the file twice", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using proxy = new Proxy(server);
    await using ann = await new Carrier(proxy).ready();
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    const source = await openSource(await written(folder, "plan", bytesOfLength(100)));
    const send = ann.link.send.bind(ann.link);
    // What the server answers to the end of the file does not come through.
    ann.link.send = (request) => {
      if (request.type === "done") proxy.hold("answers");
      return send(request);
    };
    const sending = ann.transfers.upload({ source, destination: LOBBY });
    await bob.file();
    ann.link.send = send;
    proxy.cut();
    proxy.release();
    const ack = await within("the ack", sending.result);
    assertEquals(ack.seq, bob.brought[0]?.seq);
    await bob.link.send({ type: "who", room: "lobby" });
    assertEquals(bob.brought.length, 1);
  });
});

Deno.test("a download goes on after each of many cuts", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using proxy = new Proxy(server);
    await using ann = await new Carrier(server).ready();
    const bytes = bytesOfLength(4 * MIB + 11);
    let cuts = 0;
    proxy.onPassed = (passed) => {
      if (cuts === 6 || passed < (cuts + 1) * 600_000) return;
      cuts++;
      proxy.cut();
    };
    await using bob = await new Carrier(proxy, { name: "bob" }).ready();
    const source = streamSource(new Blob([bytes]).stream(), "big");
    await ann.transfers.upload({ source, destination: LOBBY }).result;
    const path = await bob.transfers.download(await bob.file(), { folder }).result;
    assertEquals(cuts, 6);
    assertEquals(sha256Of(await Deno.readFile(path)), sha256Of(bytes));
    assertEquals(await namesIn(folder), ["big"]);
  });
});

Deno.test("what is cancelled is not sent, and leaves nothing behind", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    const cancelHalfway = (transfer: FileTransfer): void => {
      if (transfer.done > MIB) transfer.cancel();
    };
    await using ann = await new Carrier(server, {}, cancelHalfway).ready();
    const bytes = bytesOfLength(24 * MIB);
    const sending = ann.transfers.upload({
      source: streamSource(new Blob([bytes]).stream(), "big"),
      destination: LOBBY,
    });
    const error = await assertRejects(() => sending.result, RequestError);
    assertEquals([error.code, sending.state], ["cancelled", "cancelled"]);
    const source = streamSource(new Blob([bytes]).stream(), "big");
    await bob.transfers.upload({ source, destination: LOBBY }).result;
    const saving = ann.transfers.download(await ann.file(), { folder });
    await assertRejects(() => saving.result, RequestError, "big was cancelled");
    await ann.transfers.idle();
    assertEquals(await namesIn(folder), []);
    assertEquals([ann.kept, ann.transfers.running], [[], []]);
    assertEquals(bob.brought.length, 0);
    // The link is as good as before.
    await ann.link.send({ type: "say", room: "lobby", text: "still here" });
  });
});

Deno.test("whom the server asks to wait at the end of a file does so, and sends none of it again", async () => {
  await using server = startWithFiles();
  await using ann = await new Carrier(server).ready();
  await using bob = await new Carrier(server, { name: "bob" }).ready();
  const send = ann.link.send.bind(ann.link);
  const asked: string[] = [];
  let refuses = 2;
  ann.link.send = (request) => {
    if (request.type !== asked.at(-1)) asked.push(request.type);
    return request.type === "done" && refuses-- > 0
      ? Promise.reject(new RequestError("slow-down", "Wait", 1))
      : send(request);
  };
  const source = streamSource(new Blob([bytesOfLength(40_000)]).stream(), "plan");
  const sending = ann.transfers.upload({ source, destination: LOBBY });
  await within("the ack", sending.result);
  assertEquals(asked, ["put", "chunk", "done", "put", "done", "put", "done"]);
  assertEquals((await bob.file()).size, 40_000);
  refuses = 1;
  ann.link.send = (request) =>
    request.type === "done"
      ? Promise.reject(new RequestError("muted", "Wait for an hour", 3_600_000))
      : send(request);
  const later = streamSource(new Blob([bytesOfLength(9)]).stream(), "more");
  const refused = ann.transfers.upload({ source: later, destination: LOBBY });
  await assertRejects(() => within("a refusal", refused.result), RequestError, "Wait for an hour");
});

Deno.test("what is said with a file and may hold a password goes nowhere, not even to the disk", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using ann = await new Carrier(server).ready();
    const asked: string[] = [];
    const send = ann.link.send.bind(ann.link);
    ann.link.send = (request) => {
      asked.push(request.type);
      return send(request);
    };
    const source = await openSource(await written(folder, "plan", bytesOfLength(9)));
    const text = "\n/login my password";
    const sending = ann.transfers.upload({ source, destination: LOBBY, text });
    const kept = ann.kept.length;
    const error = await assertRejects(() => sending.result, RequestError);
    assertEquals([error.code, asked, kept, ann.kept], ["may-be-secret", [], 0, []]);
  });
});

Deno.test("one file that is saved twice at once comes for both", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using ann = await new Carrier(server).ready();
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    const bytes = bytesOfLength(3 * MIB);
    const source = streamSource(new Blob([bytes]).stream(), "plan");
    await ann.transfers.upload({ source, destination: LOBBY }).result;
    const file = await bob.file();
    const saving = ["one", "two"].map((name) =>
      bob.transfers.download(file, { path: `${folder}/${name}` })
    );
    await within("both", Promise.all(saving.map(({ result }) => result)));
    for (const name of ["one", "two"]) {
      assertEquals(sha256Of(await Deno.readFile(`${folder}/${name}`)), file.sha256);
    }
  });
});

Deno.test("many files take turns, and chat goes on between them", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    let most = 0;
    await using ann = await new Carrier(server, {}, () => {
      const running = ann.transfers.running.filter(({ state }) => state === "running");
      most = Math.max(most, running.length);
    }).ready();
    const files = Array.from({ length: 9 }, (_, n) => bytesOfLength(300_000 + n, n + 1));
    const sent = files.map((bytes, n) =>
      ann.transfers.upload({
        source: streamSource(new Blob([bytes]).stream(), `file ${n}`),
        destination: LOBBY,
      }).result
    );
    await ann.link.send({ type: "say", room: "lobby", text: "in between" });
    await within("all files", Promise.all(sent));
    assert(most <= 2, `${most} at once`);
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    await until("all messages", () => bob.brought.length === files.length);
    await Promise.all(
      bob.brought.map(({ file }) => file && bob.transfers.download(file, { folder }).result),
    );
    for (const [n, bytes] of files.entries()) {
      assertEquals(sha256Of(await Deno.readFile(`${folder}/file ${n}`)), sha256Of(bytes));
    }
  });
});

Deno.test("a file over the limit is refused before a byte of it is sent, a longer pipe when it is", async () => {
  await using server = startWithFiles({ limits: { fileBytes: 100_000 } });
  await using ann = await new Carrier(server).ready();
  await inFolder(async (folder) => {
    const path = await written(folder, "big", bytesOfLength(100_001));
    const known = ann.transfers.upload({ source: await openSource(path), destination: LOBBY });
    const error = await assertRejects(() => known.result, RequestError);
    assertEquals([error.code, known.done], ["file-too-large", 0]);
  });
  let read = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => {
      if (++read > 300) controller.close();
      else controller.enqueue(new Uint8Array(1_000));
    },
  });
  const source = streamSource(stream, "pipe");
  const unknown = ann.transfers.upload({ source, destination: LOBBY });
  const error = await assertRejects(() => unknown.result, RequestError);
  assertEquals(error.code, "file-too-large");
  await ann.transfers.idle();
  assertEquals(read, 301, "the pipe was read to its end");
});

Deno.test("a server without files says so in a sentence", async () => {
  await using server = startServer();
  await using ann = await new Carrier(server).ready();
  const source = streamSource(new Blob(["x"]).stream(), "pipe");
  const sending = ann.transfers.upload({ source, destination: LOBBY });
  const error = await assertRejects(() => sending.result, RequestError);
  assertEquals([error.code, error.message], [
    "no-files",
    "This server takes no files: its operator has switched them off, or it is of an earlier version",
  ]);
});

Deno.test("a caption that is too long is refused before the file is sent", async () => {
  await using server = startWithFiles({ limits: { payloadBytes: 2_000 } });
  await using ann = await new Carrier(server).ready();
  const bytes = bytesOfLength(100_000);
  const long = ann.transfers.upload({
    source: streamSource(new Blob([bytes]).stream(), "pipe"),
    destination: LOBBY,
    text: "x".repeat(2_000),
  });
  const error = await assertRejects(() => long.result, RequestError);
  assertEquals([error.code, long.done], ["too-long", 0]);
  // A server that takes short frames only gets the file in small chunks.
  const source = streamSource(new Blob([bytes]).stream(), "pipe");
  await within("the ack", ann.transfers.upload({ source, destination: LOBBY }).result);
});
