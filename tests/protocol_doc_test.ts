/** PROTOCOL.md says what is so: its examples are played against a server, its tables held against the code. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Limit } from "../lib/server/limit.ts";
import { LIMITS } from "../lib/server/limits.ts";
import { decodeRequest } from "../lib/wire/decode.ts";
import { EVENTS } from "../lib/wire/events.ts";
import type { Fields } from "../lib/wire/fields.ts";
import { FrameDecoder } from "../lib/wire/frame.ts";
import { REQUESTS } from "../lib/wire/requests.ts";
import { tableOf } from "./docs.ts";
import { toolTest } from "./fixtures/tools.ts";
import { bytes, joinEvent, RawPeer, startServer } from "./helpers.ts";

const text = await Deno.readTextFile(new URL("../lib/wire/PROTOCOL.md", import.meta.url));

/** The code blocks of the file in one language. */
function blocks(language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms");
  return [...text.matchAll(pattern)].map(([, block]) => block ?? "");
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/\b[0-9a-f]{2}\b/g) ?? [], (byte) => parseInt(byte, 16));
}

Deno.test("the classic example holds byte by byte", async () => {
  const [example = ""] = blocks("text");
  const lines = example.trimEnd().split("\n").map((line) => {
    const [, who = "", hex = "", shown = ""] = /^(.{15})((?:[0-9a-f]{2} +)+) +(\S+)$/.exec(line) ??
      [];
    assertEquals(fromHex(hex), bytes(shown.replaceAll("·", " ")), line);
    return { who: who.trim(), sent: fromHex(hex) };
  });
  await using server = startServer();
  using bob = await RawPeer.connect(server);
  await bob.send("3         bob", "4         /who");
  await bob.takePair();
  using ann = await RawPeer.connect(server);
  const expected: Uint8Array[] = [];
  for (const { who, sent } of lines) {
    if (who === "Ann → server") await ann.send(sent);
    else expected.push(sent);
  }
  assertEquals(expected.length, 2);
  const whole = bytes(...expected);
  assertEquals(await bob.take(whole.length), whole);
});

Deno.test("the event example holds, but for what is new each time", async () => {
  const [, , example = "", dump = ""] = blocks("text");
  const id = "00000000-0000-0000-0000-000000000000";
  const frames = example.trimEnd().split("\n").map((line) => {
    const [, from = "", to = "", frame = ""] = /^(\w+) → (\w+)\s+(·.*)$/.exec(line) ?? [];
    return { from, to, frame: frame.replaceAll("·", " ").replaceAll("…", id) };
  });
  await using server = startServer({ version: "chatroom/0.1.0" });
  using bob = await joinEvent(server, "bob");
  using ann = await RawPeer.connect(server);
  const known = (frame: string): string =>
    frame.replaceAll(/[0-9a-f-]{36}/g, id).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
      .replaceAll(/"device":"[0-9a-f]{16}"/g, '"device":"DEVICE"');
  for (const { from, to, frame } of frames) {
    const length = bytes(frame).length;
    assertEquals(Number(frame.slice(0, 10)), length - 10, `the header of ${frame}`);
    if (from === "Ann") await ann.send(frame);
    else {
      if (to === "Bob") assertEquals((await bob.takeEvent()).type, "joined");
      const got = new TextDecoder().decode(await (to === "Ann" ? ann : bob).take(length));
      assertEquals(known(got), known(frame));
    }
  }
  assertEquals(new TextDecoder().decode(fromHex(dump)), frames[4]?.frame);
});

Deno.test("the example of raw bytes is a chunk", async () => {
  const [, example = ""] = blocks("text");
  const frame = example.trimEnd().replaceAll("·", " ").replaceAll("␀", "\0");
  const decoder = new FrameDecoder();
  decoder.take(bytes(frame));
  const { padding, payload } = decoder.next() ?? {};
  assertEquals([padding, decoder.pending], ["right", 0]);
  assertEquals(decodeRequest(payload ?? new Uint8Array()), {
    kind: "value",
    value: { type: "chunk", id: "7", file: "F", offset: 0, data: bytes("hi") },
  });
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  await ann.send(frame);
  const { type, id, code } = await ann.takeEvent();
  assertEquals([type, id, code], ["error", "7", "files-off"]);
});

/** The rows of a table of PROTOCOL.md: each type, and the cell that shows its fields. */
function typesUnder(heading: string): Record<string, string> {
  return Object.fromEntries(
    tableOf(heading).flatMap(([types = "", fields = ""]) =>
      [...types.matchAll(/`(\w+)`/g)].map(([, type = ""]) => [type, fields])
    ),
  );
}

/** The cell that shows these fields. */
function cellOf(fields: Fields): string {
  return Object.entries(fields).map(([name, { optional, doc, most, inside }]) => {
    const isShown = inside !== undefined && inside !== EVENTS.message;
    const notes = [
      ...doc === undefined ? [] : [doc],
      ...most === undefined ? [] : [`${most.toLocaleString("en")} at most`],
      ...isShown ? [`{${cellOf(inside)}}`] : [],
    ];
    return `\`${name}${optional ? "?" : ""}\`${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
  }).join(", ");
}

function cellsOf(table: Readonly<Record<string, Fields>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).map(([type, fields]) => [type, cellOf(fields)]),
  );
}

Deno.test("the tables have every request and event with its fields, and no others", () => {
  assertEquals(typesUnder("Requests"), cellsOf(REQUESTS));
  assertEquals(typesUnder("Events that a server sends"), cellsOf(EVENTS));
});

/** All code of the folders of lib, and of those in them. */
async function sources(...folders: string[]): Promise<string> {
  const texts: string[] = [];
  for (const folder of folders) {
    const url = new URL(`../lib/${folder}/`, import.meta.url);
    for await (const { name, isDirectory } of Deno.readDir(url)) {
      if (isDirectory) texts.push(await sources(`${folder}/${name}`));
      else if (name.endsWith(".ts")) texts.push(await Deno.readTextFile(new URL(name, url)));
    }
  }
  return texts.join("\n");
}

Deno.test("every code of an error and reason of a bye is listed, and no others are", async () => {
  const code = await sources("chat", "server", "store", "files", "wire", "web");
  const used = new Set<string>();
  const patterns = [
    /(?:Refusal|bye)\(\s*"([a-z]+(?:-[a-z0-9]+)*)"/g,
    /(?:code|reason): "([a-z]+(?:-[a-z0-9]+)*)"/g,
  ];
  for (const pattern of patterns) {
    for (const [, found = ""] of code.matchAll(pattern)) used.add(found);
  }
  for (const { tells } of Object.values<Limit>(LIMITS)) if (tells !== undefined) used.add(tells);
  assert(used.size > 15);
  const lists = ["Codes of `error`", "Reasons of `bye` and `left`"]
    .map((heading) => tableOf(heading).map(([name = ""]) => name.replaceAll("`", "")));
  for (const list of lists) assertEquals(list, [...new Set(list)].sort());
  const listed = new Set(lists.flat());
  assertEquals([...used].filter((each) => !listed.has(each)), []);
  assertEquals([...listed].filter((each) => !code.includes(`"${each}"`) && !used.has(each)), []);
});

/** The number that a constant of the code has. */
function constant(code: string, name: string): number {
  const found = [...code.matchAll(new RegExp(`\\bconst ${name} = ([\\d_ *]+);`, "g"))];
  assertEquals(found.length, 1, `const ${name}`);
  return (found[0]?.[1] ?? "").replaceAll("_", "").split("*")
    .reduce((product, factor) => product * Number(factor), 1);
}

Deno.test("the limits that are the protocol's are those of the code", async () => {
  const code = await sources("chat", "wire");
  const shown = tableOf("Keeping within limits").map(([, most = ""]) => most);
  const { away, mod, search, topic } = REQUESTS;
  assertEquals(shown, [
    String(constant(code, "MAX_DEPTH")),
    String(constant(code, "MAX_ID_BYTES")),
    constant(code, "MAX_CHUNK_BYTES").toLocaleString("en"),
    `${constant(code, "MAX_CREDIT") / 1_048_576} MiB`,
    String(search.query.most),
    String(constant(code, "MAX_QUERY_TERMS")),
    String(constant(code, "MAX_TERMS")),
    String(away.text.most),
    String(topic.text.most),
    `${mod.forMs.most / (365 * 86_400_000)} years`,
    constant(code, "MAX_SANCTIONS").toLocaleString("en"),
    String(constant(code, "MAX_HOSTED")),
    String(constant(code, "MAX_EDITS")),
    String(constant(code, "MAX_KEYS")),
    String(constant(code, "MAX_OWN_KEYS")),
    String(constant(code, "MAX_TAKEN_BACK")),
    String(constant(code, "MAX_PINS")),
    String(constant(code, "MOST_CHOICES")),
    String(constant(code, "MAX_CHOICE_LENGTH")),
    String(constant(code, "MOST_FROM")),
    String(constant(code, "MOST_QUORUM")),
    String(LIMITS.pageMessages.default),
    String(constant(code, "MOST_FOUND")),
    constant(code, "MOST_COUNTED").toLocaleString("en"),
    String(constant(code, "MAX_LISTED")),
  ]);
});

Deno.test("the codes that a WebSocket closes with are those of the code", async () => {
  const code = await sources("web");
  // These two come from the library.
  const used = new Set(["1002", "1009"]);
  for (const [number] of code.replaceAll(/\/\*[^]*?\*\//g, "").matchAll(/\b10\d\d\b(?!_)/g)) {
    used.add(number);
  }
  used.delete("1006"); // nobody sends it: it stands for a connection that ended without a code
  const shown = tableOf("Over a WebSocket").map(([number = ""]) => number);
  assertEquals(shown, [...used].sort());
});

Deno.test("the statuses that are answered over HTTP are those of the code", async () => {
  const used = new Set(
    [...(await sources("web")).matchAll(/\bstatus: (\d{3})\b/g)].map(([, status = ""]) => status),
  );
  const headings = [
    ...["When no WebSocket is opened", "Fetching a file over HTTP", "Posting to a webhook"],
  ];
  const shown = headings.flatMap((heading) => {
    const statuses = tableOf(heading).map(([status = ""]) => status);
    assertEquals(statuses, [...new Set(statuses)].sort(), heading);
    return statuses;
  });
  assertEquals([...new Set(shown)].sort(), [...used].sort());
});

toolTest("the client in Python works as it stands", ["python3"], async () => {
  const [program = ""] = blocks("python");
  const lines = program.trimEnd().split("\n").filter((line) => line !== "");
  assertEquals(lines.length, 11, "ten lines after the import");
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const child = new Deno.Command("python3", {
    args: ["-c", program, String(server.addr.port), "py"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  assertEquals((await eve.takeType("joined")).name, "py");
  await eve.ask({ type: "say", room: "lobby", text: "grüß dich" });
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode("hello\nworld\n"));
  await input.close();
  const said = [await eve.takeType("message"), await eve.takeType("message")];
  assertEquals(said.map(({ from, text }) => [from, text]), [["py", "hello"], ["py", "world"]]);
  const { code, stdout } = await child.output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "eve: grüß dich\n"]);
  assertMatch(program, /^import json/);
});
