/** What clients do when a server refuses a file for now, or answers nonsense. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { openSource, streamSource } from "../lib/client/files/upload_source.ts";
import { formatAddress } from "../lib/cli/values.ts";
import type { Request } from "../lib/wire/requests.ts";
import { Carrier, startWithFiles } from "./fixtures/carrier.ts";
import { bytesOfLength, inFolder, sentFile, sha256Of } from "./fixtures/files.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { ScriptedServer } from "./fixtures/scripted_server.ts";
import { eventFrame, type Json, type RawPeer, within } from "./helpers.ts";

const LOBBY = { room: "lobby" } as const;

Deno.test("what the server could not store stays there, and the same file goes on from it", async () => {
  await inFolder(async (folder) => {
    await using server = startWithFiles();
    await using ann = await new Carrier(server).ready();
    await using bob = await new Carrier(server, { name: "bob" }).ready();
    const path = `${folder}/plan`;
    const bytes = bytesOfLength(200_000);
    await Deno.writeFile(path, bytes);
    const send = ann.link.send.bind(ann.link);
    const asked: Request[] = [];
    let isFull = true;
    ann.link.send = (request) => {
      asked.push(request);
      return request.type === "done" && isFull
        ? Promise.reject(new RequestError("not-stored", "The disk is full", 1))
        : send(request);
    };
    const begin = async () => {
      const source = await openSource(path);
      return ann.transfers.upload({ source, destination: LOBBY });
    };
    const first = await begin();
    await assertRejects(() => within("a refusal", first.result), RequestError, "disk is full");
    await ann.transfers.idle();
    assertEquals(asked.filter(({ type }) => type === "cancel"), []);
    isFull = false;
    asked.length = 0;
    await within("the ack", (await begin()).result);
    assertEquals(asked.map(({ type }) => type), ["put", "done"]);
    assertEquals((await bob.file()).sha256, sha256Of(bytes));
    // It is another file when it was changed.
    await Deno.writeFile(path, bytesOfLength(100, 2));
    await within("the ack", (await begin()).result);
    assertEquals((await bob.file(1)).size, 100);
  });
});

Deno.test("of a pipe that the server could not store nothing stays there", async () => {
  await using server = startWithFiles();
  await using ann = await new Carrier(server).ready();
  const send = ann.link.send.bind(ann.link);
  ann.link.send = (request) =>
    request.type === "done"
      ? Promise.reject(new RequestError("not-stored", "The disk is full", 1))
      : send(request);
  const source = streamSource(new Blob([bytesOfLength(9)]).stream(), "pipe");
  const sending = ann.transfers.upload({ source, destination: LOBBY });
  await assertRejects(() => within("a refusal", sending.result), RequestError, "disk is full");
  await ann.transfers.idle();
  // It is answered after the cancel.
  await send({ type: "who", room: "lobby" });
  assertEquals(server.host.shared.house.files?.store.underWay(), { bytes: 0, count: 0 });
});

const ABC = new TextEncoder().encode("abc");
const FILE = sentFile("x", ABC);

/** Answers each `get` with `data` that has these fields, and nothing else. */
async function answersWith(peer: RawPeer, fields: Json): Promise<void> {
  for (;;) {
    const { id } = await peer.takeType("get");
    const data = { type: "data", id, file: FILE.id, offset: 0, data: ABC.toBase64(), last: true };
    await peer.send(eventFrame({ ...data, about: FILE, ...fields }));
  }
}

for (
  const [what, fields, says] of [
    ["no answer to a cancel", {}, undefined],
    ["a size that is none", { about: { ...FILE, size: 1e18 } }, "size must be a whole number"],
    ["a size in words", { about: { ...FILE, size: "9" } }, "size must be a whole number"],
    ["no hash", { about: { ...FILE, sha256: undefined } }, "sha256"],
    ["no name of the file", { about: undefined }, "does not say what the file"],
    ["what is no base64", { data: "!!" }, "must be base64"],
    ["a hash of something else", { about: { ...FILE, sha256: "0".repeat(64) } }, "its hash is"],
  ] as const
) {
  Deno.test(`get comes to an end with a server that has ${what}`, async () => {
    await inFolder(async (folder) => {
      using server = new ScriptedServer();
      const getting = chatroom(
        ["get", formatAddress(server.addr), FILE.id, "--name", "bot", "-o", `${folder}/x`],
      );
      using peer = await server.letIn({ features: ["people", "files"] });
      // It ends with the connection.
      const answering = answersWith(peer, fields).catch(() => {});
      const { code, stderr } = await within("its end", getting);
      assertEquals(code, says === undefined ? 0 : 1, stderr);
      if (says === undefined) assertEquals(await Deno.readFile(`${folder}/x`), ABC);
      else assertStringIncludes(stderr, says);
      peer[Symbol.dispose]();
      await answering;
    });
  });
}
