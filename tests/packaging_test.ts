/** What packages are made of: archives, the manual page, the configuration, the bill of materials, templates. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { describeAccess, selfCommand } from "../lib/cli/announce.ts";
import { readConfig } from "../lib/cli/config_file.ts";
import runtimes from "../lib/cli/packaging/runtimes.json" with { type: "json" };
import { SERVE_FLAGS } from "../lib/cli/serve_flags.ts";
import { SUBCOMMANDS } from "../lib/cli/subcommands.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { tarGz, textFile, zip } from "./tools/packages/archive.ts";
import { LAUNCH, template } from "./tools/packages/build.ts";
import { packagesIn, settleNames } from "./tools/packages/bundle_names.ts";
import { configExample } from "./tools/packages/config_example.ts";
import { manPage } from "./tools/packages/man_page.ts";
import { billOfMaterials } from "./tools/packages/sbom.ts";

const TIME = Date.UTC(2026, 10, 30, 8, 50, 52) / 1000;
const FILES = [textFile("b/run", "#!/bin/sh\n", true), textFile("a.txt", "text")];

Deno.test("an archive has its files in order, of one time, and is the same in any order of them", () => {
  const packed = tarGz(FILES, TIME);
  assertEquals(tarGz([...FILES].reverse(), TIME), packed);
  const tar = gunzipSync(packed);
  assertEquals(tar.length % 512, 0);
  const text = (from: number, length: number): string =>
    new TextDecoder().decode(tar.subarray(from, from + length)).replace(/\0.*$/s, "");
  const fields = [0, 1024].map((at) => [
    text(at, 100),
    ...[text(at + 100, 8), text(at + 124, 12), text(at + 257, 6), text(at + 265, 32)],
    parseInt(text(at + 136, 12), 8),
  ]);
  assertEquals(fields, [
    ["a.txt", "0000644", "00000000004", "ustar", "root", TIME],
    ["b/run", "0000755", "00000000012", "ustar", "root", TIME],
  ]);
  assertEquals([text(512, 4), text(1536, 10)], ["text", "#!/bin/sh\n"]);
  const sum = tar.subarray(0, 512).reduce(
    (all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte),
    0,
  );
  assertEquals(parseInt(text(148, 8), 8), sum);
  assertThrows(() => tarGz([textFile("x".repeat(101), "")], TIME), RangeError);
});

Deno.test("a zip has its files in order, with times that read the same everywhere", () => {
  const packed = zip(FILES, TIME);
  assertEquals(zip([...FILES].reverse(), TIME), packed);
  assertEquals(Object.keys(unzipSync(packed)), ["a.txt", "b/run"]);
  const view = new DataView(packed.buffer);
  const [time, date] = [view.getUint16(10, true), view.getUint16(12, true)];
  assertEquals([date >> 9, (date >> 5) & 15, date & 31], [2026 - 1980, 11, 30]);
  assertEquals([time >> 11, (time >> 5) & 63, (time & 31) * 2], [8, 50, 52]);
});

/** A bundle of two parts that import each other, as a machine makes it. */
async function bundleOf(folder: URL, way: string, names: readonly string[]): Promise<string[]> {
  const [one = "", two = ""] = names;
  await Deno.mkdir(new URL("lib/store/", folder), { recursive: true });
  const at = `${way}/npm/registry.npmjs.org/ws/8.23.0/index.js`;
  await Deno.writeTextFile(new URL(one, folder), `// ${at}\nimport "./${two}";\n`);
  await Deno.writeTextFile(new URL(two, folder), `import "./${one}"; var a = "${at}";\n`);
  await Deno.writeTextFile(new URL("main.js", folder), `await import("./${one}");\n`);
  await Deno.writeTextFile(new URL("lib/store/worker.js", folder), `import "../../${two}";\n`);
  await settleNames(folder, ["main.js", "lib/store/worker.js"]);
  const found = (await Array.fromAsync(Deno.readDir(folder))).filter(({ isFile }) => isFile)
    .map(({ name }) => name).sort();
  return found.map((name) => `${name}: ${Deno.readTextFileSync(new URL(name, folder))}`);
}

Deno.test("a bundle is the same wherever its packages are kept, and tells which are in it", async () => {
  await using dir = await makeDir();
  const [here, there] = ["here", "there"].map((name) => new URL(`file://${dir.path}/${name}/`));
  assert(here !== undefined && there !== undefined);
  const one = await bundleOf(here, "../../../root/.cache/deno", [
    ...["chunk-AAAAAAAA.js", "x509.es-BBBBBBBB.js"],
  ]);
  const two = await bundleOf(there, "../home/ann/deno", [
    "chunk-ZZZZZZZZ.js",
    "x509.es-AAAAAAAA.js",
  ]);
  assertEquals(one, two);
  assertEquals(one.length, 3);
  assert(!one.join().includes("cache") && !one.join().includes("AAAAAAAA"));
  assertEquals(await packagesIn(here), ["ws@8.23.0"]);
});

Deno.test("the manual page has every subcommand and every flag, and is the same each time", async () => {
  const page = await manPage(TIME);
  assertEquals(await manPage(TIME), page);
  assertStringIncludes(page, ".Dd November 30, 2026\n");
  for (const { load } of SUBCOMMANDS) {
    const { name, flags } = await load();
    assertStringIncludes(page, `.Ss chatroom "\\&${name}"\n`);
    for (const flag of flags) {
      assertStringIncludes(page, `Fl "\\&\\-${flag.name.replaceAll("-", "\\-")}"`);
    }
  }
  const macro = /^\.(?:\\"|[A-Z][a-z]|nh$)/;
  const odd = page.split("\n").filter((line) => /^[.']/.test(line) && !macro.test(line));
  assertEquals(odd, []);
  assertEquals(/[^\n -~]/.exec(page), null);
});

Deno.test("the configuration that a package installs has every key, and changes nothing", async () => {
  await using dir = await makeDir();
  const file = `${dir.path}/chatroom.toml`;
  await Deno.writeTextFile(file, configExample());
  const { values, problems } = readConfig(file, SERVE_FLAGS);
  assertEquals([values.size, problems], [0, []]);
  // A switch is off there, and a key by itself is right as it stands.
  await Deno.writeTextFile(file, configExample().replaceAll(/^#(?=[a-z][a-z-]* = )/gm, ""));
  const all = readConfig(file, SERVE_FLAGS);
  assertEquals(all.problems, []);
  const keys = SERVE_FLAGS.map(({ name }) => name).filter((name) => name !== "config");
  assertEquals([...all.values.keys()].sort(), keys.sort());
  assert([...all.values.values()].every(({ isOn }) => !isOn));
});

Deno.test("the bill of materials has each package of the lock file, and says which are in it", () => {
  const ws = { name: "ws", version: "8.23.0", licence: "MIT", texts: new Map() };
  const bill = JSON.parse(billOfMaterials([ws], TIME));
  assertEquals([bill.bomFormat, bill.specVersion], ["CycloneDX", "1.6"]);
  assertEquals(bill.metadata.timestamp, "2026-11-30T08:50:52Z");
  const lock = JSON.parse(Deno.readTextFileSync(new URL("../deno.lock", import.meta.url)));
  assertEquals(bill.components.length, Object.keys(lock.npm).length + 1);
  const refs = new Set(bill.components.map((each: Record<string, string>) => each["bom-ref"]));
  for (const { ref, dependsOn } of bill.dependencies.slice(1)) {
    for (const each of [ref, ...dependsOn]) assert(refs.has(each), each);
  }
  for (const each of bill.dependencies[0].dependsOn) assert(refs.has(each), each);
  const found = bill.components.find(({ purl }: { purl: string }) => purl === "pkg:npm/ws@8.23.0");
  const hash = Uint8Array.fromBase64(lock.npm["ws@8.23.0"].integrity.slice("sha512-".length));
  assertEquals(found.hashes, [{ alg: "SHA-512", content: hash.toHex() }]);
  assertEquals([found.scope, found.licenses], ["required", [{ license: { id: "MIT" } }]]);
  const scoped = bill.components.find(({ name }: { name: string }) => name === "headless");
  assertEquals([scoped.group, scoped.scope], ["@xterm", "excluded"]);
  const unknown = { ...ws, name: "not-there" };
  assertThrows(() => billOfMaterials([unknown], TIME), Error, "not-there@8.23.0");
});

Deno.test("packages run the version of Deno that the project is for, with the executable's rights", async () => {
  const ci = await Deno.readTextFile(new URL("../.ci/run", import.meta.url));
  assertStringIncludes(ci, `deno_version=${runtimes.deno}\n`);
  const docker = await Deno.readTextFile(
    new URL("../lib/cli/packaging/Dockerfile", import.meta.url),
  );
  assertStringIncludes(docker, `denoland/deno:${runtimes.deno} `);
  assert(LAUNCH.includes("--no-prompt"));
  const wide = LAUNCH.filter((flag) => /^(?:-A|--allow-(?:all|ffi|import))/.test(flag));
  assertEquals(wide, []);
  const values = { VERSION: "1.2.3", DENO: runtimes.deno };
  const manifest = JSON.parse(template("package.template.json", values));
  assertEquals([manifest.version, manifest.dependencies], ["1.2.3", { deno: runtimes.deno }]);
  assertThrows(() => template("package.template.json", { VERSION: "1" }), Error, "@DENO@");
});

Deno.test("what a launcher says is what people are told to type", () => {
  const lines: string[] = [];
  const addr = { transport: "tcp", hostname: "0.0.0.0", port: 1 } as const;
  Deno.env.set("CHATROOM_COMMAND", "npx -y @chatroom/chatroom");
  try {
    assertEquals(selfCommand(), "npx -y @chatroom/chatroom");
    describeAccess(addr, false, undefined, (line) => lines.push(line));
  } finally {
    Deno.env.delete("CHATROOM_COMMAND");
  }
  assertEquals(lines, [
    "Everybody on the network may come in; npx -y @chatroom/chatroom help password says how to " +
    "change that.",
    "Nothing is encrypted; npx -y @chatroom/chatroom help tls says how to change that.",
  ]);
});
