/** `chatroom export`, `import` and `check` as a shell uses them. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { Data, jsonLine } from "./fixtures/data.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { command } from "./program.ts";

Deno.test("a data directory goes through a pipe into another, and both are sound", async () => {
  using first = new Data();
  using second = new Data();
  await first.say({ seq: 3, text: "one" }, {
    room: "dev",
    text: "\u009b31mtwo\nlines",
    from: "bob",
  });
  const out = await chatroom(["export", "--data", first.directory]);
  assertEquals([out.code, out.stderr], [0, ""]);
  assertEquals(
    out.stdout,
    '{"room":"lobby","seq":3,"from":"ann","at":"2026-11-23T09:12:00.000Z","text":"one"}\n' +
      '{"room":"dev","seq":1,"from":"bob","at":"2026-11-23T09:12:00.000Z",' +
      '"text":"\\u009b31mtwo\\nlines"}\n',
  );
  const into = ["import", "--data", `${second.directory}/new`];
  const done = await chatroom(into, { input: out.stdout });
  assertEquals([done.code, done.stderr], [0, ""]);
  assertStringIncludes(done.stdout, "Stored 2 messages in 2 rooms of ");
  const again = await chatroom(["export", "--data", `${second.directory}/new`]);
  assertEquals(again.stdout, out.stdout);
  const check = await chatroom(["check", "--data", `${second.directory}/new`]);
  assertEquals([check.code, check.stderr], [0, ""]);
  assertStringIncludes(check.stdout, "chatroom.db: no problems; 2 messages");
  const twice = await chatroom(into, { input: out.stdout });
  assertEquals([twice.code, twice.stdout], [1, ""]);
  assertStringIncludes(twice.stderr, "This was imported already, at 20");
});

Deno.test("export --format text has a line for each message, with nothing in it that acts", async () => {
  using data = new Data();
  await data.say({ text: "one\ntwo \u001b[2J" }, { room: "dev", text: "waves", action: true });
  const { stdout } = await chatroom(["export", "--data", data.directory, "--format", "text"]);
  assertEquals(
    stdout,
    "2026-11-23 09:12Z [lobby] ann: one↵two ␛[2J\n2026-11-23 09:12Z [dev] * ann waves\n",
  );
});

Deno.test("an export whose reader goes away ends quietly", async () => {
  using data = new Data();
  await data.say(...Array.from({ length: 5_000 }, () => ({ text: "x".repeat(200) })));
  await using child = command(["export", "--data", data.directory]).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  assert((await lines.next()).value?.startsWith('{"room":"lobby","seq":1,'));
  await lines.return?.();
  await child.stdin.close();
  const stderr = await new Response(child.stderr).text();
  assertEquals([(await child.status).code, stderr], [0, ""]);
});

Deno.test("check says what is wrong and exits with 1, in JSON too", async () => {
  using data = new Data();
  await data.say({}, {}, {});
  data.tamper("DELETE FROM message WHERE seq = 2");
  const problem = 'room 1 ("lobby") holds 2 of 3 messages; the first that is missing is 2';
  const told = await chatroom(["check", "--data", data.directory]);
  assertEquals([told.code, told.stderr], [1, ""]);
  const [first, last = ""] = told.stdout.split("\n");
  assertEquals(first, `Problem: ${problem}.`);
  assertStringIncludes(last, "chatroom.db: 1 problem; 2 messages");
  const json = await chatroom(["check", "--data", data.directory, "--json", "--quick"]);
  const { problems, messages } = JSON.parse(json.stdout);
  assertEquals([json.code, problems, messages], [1, [problem], 2]);
});

Deno.test("an import tells on stderr what of an old export nobody could say now", async () => {
  using data = new Data();
  const old = ["x\n", "\n"].map((text) => jsonLine({ text, from: "127.0.0.1" }));
  const done = await chatroom(["import", "--data", data.directory], {
    input: `${old.join("\n")}\n`,
  });
  assertEquals([done.code, done.stderr], [
    0,
    "Stored without blank lines at the end and with LF for CR LF, as texts are kept: 1\n" +
    "Left out, since their texts are blank lines and nothing else: 1\n" +
    "Names that are addresses, which nobody can take now: 127.0.0.1\n",
  ]);
});

Deno.test("a bad line is named, and an import stores nothing then", async () => {
  using data = new Data();
  const file = `${data.directory}/bad.jsonl`;
  await Deno.writeTextFile(file, `${jsonLine({})}\n{"room":"lobby"}\n`);
  const bad = await chatroom(["import", "--data", data.directory, file]);
  assertEquals([bad.code, bad.stdout], [1, ""]);
  assertEquals(
    bad.stderr,
    "Line 2: The field from is missing: it must be a string (of whole characters); " +
      "nothing was stored\n",
  );
  await Deno.writeFile(file, new Uint8Array([0x7b, 0xff, 0x0a]));
  const noText = await chatroom(["import", "--data", data.directory, file]);
  assertEquals([noText.code, noText.stderr], [
    1,
    "Line 1 is not UTF-8 text; nothing was stored\n",
  ]);
  assertEquals((await chatroom(["export", "--data", data.directory])).stdout, "");
});

Deno.test("a line that no message needs is not read to its end, and a larger one is for a larger limit", async () => {
  using data = new Data();
  const into = ["import", "--data", data.directory];
  const endless = await chatroom(into, {
    input: `${jsonLine({})}\n${"x".repeat(10_000_000)}`,
  });
  assertEquals([endless.code, endless.stderr], [
    1,
    "Line 2 is longer than 458752 bytes; nothing was stored\n",
  ]);
  const large = `${jsonLine({ text: "\u0001".repeat(100_000) })}\n`;
  const refused = await chatroom(into, { input: large });
  assertStringIncludes(refused.stderr, "Line 1 is longer than 458752 bytes");
  const stored = await chatroom([...into, "--max-payload", "100000"], { input: large });
  assertEquals([stored.code, stored.stderr], [0, ""]);
});

for (
  const [args, code, part] of [
    [["export"], 1, "There is no DIR/chatroom.db; --data names the data directory of a server"],
    [["check"], 1, "There is no DIR/chatroom.db"],
    [["import", "DIR/none.jsonl"], 1, "Can't read DIR/none.jsonl: No such file or directory"],
    [["export", "--format", "xml"], 2, "--format is jsonl or text, not xml"],
    [["export", "--since", "soon"], 2, "--since is a date such as 2026-11-01"],
    [["check", "extra"], 2, 'check can\'t take "extra"'],
  ] as Array<[string[], number, string]>
) {
  Deno.test(`chatroom ${args.join(" ")} says in one line what is wrong`, async () => {
    using data = new Data();
    const [name = "", ...rest] = args.map((arg) => arg.replace("DIR", data.directory));
    const result = await chatroom([name, "--data", data.directory, ...rest]);
    assertEquals([result.code, result.stdout, result.stderr.split("\n").length], [code, "", 2]);
    assertStringIncludes(result.stderr.replaceAll(data.directory, "DIR"), part);
  });
}

Deno.test("export says which rooms there are when it is asked for another", async () => {
  using data = new Data();
  await data.say({}, { room: "Dev" });
  const { code, stderr } = await chatroom(["export", "--data", data.directory, "--room", "#x"]);
  assertEquals([code, stderr], [1, `There is no room x in ${data.directory}; it has Dev, lobby\n`]);
});
