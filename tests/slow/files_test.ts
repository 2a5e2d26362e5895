/** Files through a whole server: large ones, links that break and servers that die, full disks, half uploads. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { RequestError } from "../../lib/client/conversation.ts";
import type { FileTransfer } from "../../lib/client/files/file_transfer.ts";
import { FileTransfers } from "../../lib/client/files/file_transfers.ts";
import { openSource, streamSource } from "../../lib/client/files/upload_source.ts";
import { Link } from "../../lib/client/link.ts";
import { diskPaths, namesIn } from "../../lib/files/disk_paths.ts";
import { PART_MS } from "../../lib/files/kept_files.ts";
import type { SentFile } from "../../lib/wire/events.ts";
import { startProbed } from "../bench/probed_server.ts";
import { ServerProcess } from "../crash/server.ts";
import { someBytes } from "../file_store_contract.ts";
import { fill, outputOf, peakOf } from "../fixtures/large_files.ts";
import { onSmallDisk } from "../fixtures/small_disk.ts";
import { makeDir } from "../fixtures/stored_server.ts";
import { joinEvent, until, within } from "../helpers.ts";
import { Proxy } from "../proxy.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const MIB = 1_048_576;
/** How long the whole of a large file may take, in ms. Reached only by a test that fails. */
const PATIENCE_MS = 600_000;

Deno.test({
  name: "1 GiB goes from a command to a pipe, equal, and takes no more memory than a small file",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using dir = await makeDir();
    const path = `${dir.path}/large.bin`;
    const sha256 = await fill(path, 1_024);
    await using server = await startProbed([], [
      ...[
        "--port",
        "0",
        "--data",
        `${dir.path}/data`,
        "--max-file",
        "2GiB",
        "--max-files",
        "40GiB",
      ],
      ...["--max-files-per-address", "4GiB"],
    ]);
    const addr = { hostname: "127.0.0.1", port: server.port, transport: "tcp" } as const;
    const place = `127.0.0.1:${server.port}`;
    // With the first bytes the heap for what is soon garbage grows to its full size, and keeps that.
    const small = `${dir.path}/small.bin`;
    await fill(small, 64);
    await outputOf("send", "--name", "bob", "--file", small, place);
    const idle = (await server.holdings()).resident;
    let got = "";
    const peak = await peakOf(server.pid, async () => {
      await within(
        "the upload",
        outputOf("send", "--name", "bob", "--file", path, place),
        PATIENCE_MS,
      );
      using ann = await joinEvent({ addr }, "ann");
      const { messages } = await ann.ask({ type: "history", room: "lobby", files: true });
      const { id } = messages.at(-1).file;
      const get = outputOf("get", "--name", "bob", "-o", "-", place, id);
      got = await within("the download", get, PATIENCE_MS);
    });
    assertEquals(got, sha256);
    assert(
      peak - idle <= 64 * MIB,
      `${(peak - idle) / MIB} MiB more than the ${idle / MIB} before`,
    );
  },
});

const CUTS = 20;
/** A part between two cuts takes longer than progress is told apart. */
const CUT_MIB = 192;

/** A server that can be killed, and the way to it, which can be cut. */
class Mortal implements AsyncDisposable {
  readonly #dir: string;
  #process: ServerProcess;
  proxy: Proxy | undefined;

  constructor(dir: string) {
    this.#dir = dir;
    this.#process = this.#start();
  }

  async begin(): Promise<Proxy> {
    return this.proxy = new Proxy(await this.#place());
  }

  /** Kills it and starts another in its place. */
  async die(): Promise<void> {
    await this.#process.kill();
    this.proxy?.cut();
    this.#process = this.#start();
    this.proxy?.retarget(await this.#place());
  }

  async place(): Promise<{ addr: Deno.NetAddr }> {
    return await this.#place();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy?.[Symbol.asyncDispose]();
    await this.#process.kill();
  }

  async #place(): Promise<{ addr: Deno.NetAddr }> {
    const place = await this.#process.listening;
    assert(place !== undefined, "the server did not start");
    return { addr: { ...place, transport: "tcp" } };
  }

  #start(): ServerProcess {
    return new ServerProcess([
      MAIN,
      "serve",
      "--port",
      "0",
      "--data",
      this.#dir,
      "--max-file",
      "1GiB",
    ]);
  }
}

/** Breaks things as a transfer gets on: half of the times the link, the other half the server. */
class Breaker {
  readonly #mortal: Mortal;
  #next = 1;
  broken = 0;
  #breaking: Promise<void> = Promise.resolve();

  constructor(mortal: Mortal) {
    this.#mortal = mortal;
  }

  /** To be called with each progress of the one transfer that is looked at. */
  look({ done }: FileTransfer): void {
    if (done < CUT_MIB * MIB * this.#next / (CUTS / 2 + 1) || this.#next > CUTS / 2) return;
    const dies = this.#next++ % 2 === 0;
    this.broken++;
    this.#breaking = this.#breaking.then(() =>
      dies ? this.#mortal.die() : Promise.resolve(this.#mortal.proxy?.cut())
    );
  }

  /** The next transfer. */
  async again(): Promise<void> {
    await this.#breaking;
    this.#next = 1;
  }
}

Deno.test("with 20 cuts, kills of the server among them, a file arrives once, and equal", async () => {
  await using dir = await makeDir();
  const path = `${dir.path}/cut.bin`;
  const sha256 = await fill(path, CUT_MIB);
  await using mortal = new Mortal(`${dir.path}/data`);
  const { addr: { hostname, port } } = await mortal.begin();
  const link = new Link({
    connect: (signal) => Deno.connect({ hostname, port, signal }),
    name: "ann",
    random: () => 0,
  });
  const breaker = new Breaker(mortal);
  const transfers = new FileTransfers(link, { onProgress: (each) => breaker.look(each) });
  const files: SentFile[] = [];
  const reading = (async () => {
    for await (const _ of transfers.conversation.events);
  })();
  const upload = transfers.upload({
    source: await openSource(path),
    destination: { room: "lobby" },
  });
  await within("the upload", upload.result, PATIENCE_MS);
  await breaker.again();
  {
    using bob = await joinEvent(await mortal.place(), "bob");
    const { messages } = await bob.ask({ type: "history", room: "lobby", files: true });
    for (const { file } of messages) files.push(file);
  }
  assertEquals(files.map(({ sha256 }) => sha256), [sha256]);
  const download = transfers.download(files[0] as SentFile, { path: `${dir.path}/got.bin` });
  await within("the download", download.result, PATIENCE_MS);
  await breaker.again();
  await link.close();
  await reading;
  assertEquals(breaker.broken, CUTS);
  const found = createHash("sha256").update(await Deno.readFile(`${dir.path}/got.bin`));
  assertEquals(found.digest("hex"), sha256);
  assertEquals(await namesIn(diskPaths(`${dir.path}/data`).parts), []);
});

Deno.test("a disk that gets full: told, nothing half is left, and the talk goes on", (t) =>
  onSmallDisk(t, async ({ path }) => {
    await using mortal = new Mortal(path);
    const { addr: { hostname, port } } = await mortal.begin();
    const link = new Link({
      connect: (signal) => Deno.connect({ hostname, port, signal }),
      name: "ann",
    });
    const transfers = new FileTransfers(link);
    const reading = (async () => {
      for await (const _ of transfers.conversation.events);
    })();
    let more = 200;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => {
        if (more-- > 0) controller.enqueue(new Uint8Array(MIB));
        else controller.close();
      },
    });
    const destination = { room: "lobby" };
    const upload = transfers.upload({ source: streamSource(endless, "endless"), destination });
    const error = await assertRejects(() => upload.result, RequestError);
    assertEquals([error.code, /disk of the server is nearly full/.test(error.message)], [
      "not-stored",
      true,
    ]);
    await until("the part is gone", () => [...Deno.readDirSync(`${path}/files/part`)].length === 0);
    const said = await link.send({ type: "say", room: "lobby", text: "still here" });
    assertEquals(said.type, "ack");
    await Deno.writeFile(`${path}/../small.bin`, someBytes(1_000));
    const small = await openSource(`${path}/../small.bin`);
    assertEquals((await transfers.upload({ source: small, destination }).result).type, "ack");
    await Deno.remove(`${path}/../small.bin`);
    await link.close();
    await reading;
  }, 64));

const HALVES = 1_000;

Deno.test("of 1,000 half uploads nothing is left after their time", async () => {
  await using dir = await makeDir();
  const { parts } = diskPaths(dir.path);
  const serve = (): ServerProcess =>
    new ServerProcess([
      ...[MAIN, "serve", "--port", "0", "--data", dir.path],
      ...["--max-uploads", "2000", "--max-transfers", "2000"],
      ...["--max-request-rate", "100000", "--request-burst", "100000"],
    ]);
  const first = serve();
  const place = await first.listening;
  assert(place !== undefined);
  using ann = await joinEvent({ addr: { ...place, transport: "tcp" } }, "ann");
  const data = someBytes(1_000).toBase64();
  for (let n = 0; n < HALVES; n++) {
    const name = `half ${n}`;
    const { file } = await ann.ask({ type: "put", room: "lobby", name, size: 2_000 });
    await ann.ask({ type: "chunk", file, offset: 0, data });
  }
  await first.kill();
  const names = await namesIn(parts);
  assertEquals(names.length, 2 * HALVES);
  const old = (Date.now() - PART_MS - 60_000) / 1_000;
  for (const name of names) await Deno.utime(`${parts}/${name}`, old, old);
  const second = serve();
  assert(await second.listening !== undefined);
  try {
    await until("the parts are gone", () => [...Deno.readDirSync(parts)].length === 0);
  } finally {
    await second.stop();
  }
});
