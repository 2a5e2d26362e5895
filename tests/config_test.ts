/** The configuration file of a server: what it may say, what wins over it, and what is told of mistakes. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SERVE_FLAGS } from "../lib/cli/serve_flags.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import type { Result } from "./program.ts";

/** A file with this text, for as long as the test goes on. */
async function file(text: string): Promise<{ path: string; dir: string } & AsyncDisposable> {
  const dir = await makeDir();
  const path = `${dir.path}/chatroom.toml`;
  await Deno.writeTextFile(path, text);
  return { path, dir: dir.path, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

interface Value {
  readonly value: unknown;
  readonly from: string;
  readonly variable?: string;
  readonly line?: number;
}

/** What `config show --json` says of each value. */
function valuesIn({ code, stdout, stderr }: Result): Readonly<Record<string, Value>> {
  assertEquals([code, stderr], [0, ""]);
  return (JSON.parse(stdout) as { values: Record<string, Value> }).values;
}

Deno.test("a flag wins over its variable, that over the file, and the file over the default", async () => {
  await using config = await file(
    '# limits\nmax-payload = "32KiB"\nmax-rooms = 7\n\nmax-devices = 3\nport = 4000\n',
  );
  const env = { CHATROOM_MAX_ROOMS: "8", CHATROOM_MAX_DEVICES: "4" };
  const args = ["config", "show", config.path, "--json", "--max-devices", "5"];
  const values = valuesIn(await chatroom(args, { env }));
  const { path } = config;
  assertEquals(values["max-devices"], { value: "5", from: "flag" } as Value);
  assertEquals(values["max-rooms"], {
    ...{ value: "8", from: "environment", variable: "CHATROOM_MAX_ROOMS" },
  });
  assertEquals(
    values["max-payload"],
    { value: "32KiB", from: "file", file: path, line: 2 } as Value,
  );
  assertEquals(values["port"], { value: "4000", from: "file", file: path, line: 6 } as Value);
  assertEquals(values["max-page"], { value: "200", from: "default" });
  assertEquals(values["max-rooms-per-address"], { value: "4", from: "default" }, "half of all");
});

Deno.test("every flag of serve but --config is a key, and its value in a file is the flag's", async () => {
  const valued = SERVE_FLAGS.filter(({ name }) => name !== "config");
  const written = valued.map(({ name, value, choices, many }) => {
    if (value === undefined) return `${name} = true`;
    return `${name} = ${many ? '["one", "two"]' : JSON.stringify(choices?.[0] ?? "1")}`;
  });
  await using config = await file(written.join("\n"));
  const { readConfig } = await import("../lib/cli/config_file.ts");
  const { problems, values } = readConfig(config.path, SERVE_FLAGS);
  assertEquals(problems, []);
  assertEquals([...values.keys()], valued.map(({ name }) => name));
  assertEquals([...values.values()].map(({ line }) => line), valued.map((_, n) => n + 1));
});

/** Files with one mistake, its line, and what is said of it. */
const MISTAKES: ReadonlyArray<readonly [text: string, line: number, said: string]> = [
  ["port = 1\nmax-romms = 5", 2, 'there is no key "max-romms"; did you mean max-rooms?'],
  ["max_rooms = 5", 1, 'there is no key "max_rooms"; did you mean max-rooms?'],
  ["frobnicate = 5", 1, 'there is no key "frobnicate"; the keys are the flags in chatroom serve'],
  ["\n[limits]\nmax-rooms = 5", 2, "there are no tables, and so no [limits]"],
  ['config = "other.toml"', 1, "a configuration file can't name another one"],
  ["port = 1\n# b\nport = 2", 3, "port stands in line 1, too"],
  ["port = true", 1, "port is PORT: a number, or a text in quotes, not true"],
  ["port = [1]", 1, "not [1]"],
  ['tls = "yes"', 1, 'tls is true or false, not "yes"'],
  ["title = 5", 1, "title is TEXT, a text in quotes, not 5"],
  ['title = ""', 1, "title is empty"],
  ["title = 1979-05-27", 1, "title is TEXT, a text in quotes, not "],
  ["web.host = 1", 1, "web is [HOST:]PORT: a number, or a text in quotes, not {"],
  ['web-host = ["a", 1]', 1, "web-host is NAME, a text in quotes, or a list of such texts, not 1"],
  ['log-level = "loud"', 1, 'log-level is debug, info, warning or error, not "loud"'],
  [
    "tls = true\nkeep = 30d",
    2,
    'the value of keep is a text, which stands in quotes: keep = "30d"',
  ],
  ["tls = true\ntitle", 2, 'doesn\'t have "="'],
  ['title = "never closed', 1, "is not closed"],
  ["port = 70000", 1, "--port: A port is a number from 0 to 65535, not 70000"],
  ["memory = false\nkeep = 30", 2, "--keep: 30 is a time without its unit"],
  ["max-rooms = 0", 1, "--max-rooms (or $CHATROOM_MAX_ROOMS): A whole number from 1 up is needed"],
  ["max-payload = 12", 1, "At least 1KiB is needed, not 12"],
  ["max-name = 99", 1, "At most 32 is possible, not 99"],
  ["max-rooms = 1.5", 1, "A whole number from 1 up is needed, not 1.5"],
  ["max-rooms = -1", 1, "A whole number from 1 up is needed, not -1"],
  ['host = "b\u00fccher/x"', 1, "is no address"],
  ['web = "nowhere"', 1, "--web takes PORT, HOST:PORT or [IPV6]:PORT, not nowhere"],
  ['web = 0\nweb-base = "chat"', 2, "--web-base takes a path such as /chat, not chat"],
  ['web = 0\nweb-host = ["a", "b c"]', 2, "--web-host takes a name or an address alone"],
  ['web = 0\nweb-origin = "x"', 2, "--web-origin takes an origin such as https://example.org"],
  ['web = 0\ntrust-proxy = "x"', 2, "--trust-proxy takes an address such as 127.0.0.1, not x"],
  ["metrics-open = true", 1, "--metrics-open says how the page is served"],
  ['irc-name = "irc.x.org"', 1, "--irc-name is for IRC clients"],
  ['tls-cert = "a.pem"', 1, "--tls-cert and --tls-key go together"],
  ['password-file = "no such file"', 1, "can't be read: No such file"],
  ['memory = true\nkeep = "1d"', 1, "--memory keeps nothing, so it can't go with --keep; --keep"],
  ['cluster-name = "x"', 1, "--cluster-name is about a cluster"],
  ['cluster = "nats://127.0.0.1"\ncluster-replicas = 2', 2, "--cluster-replicas is 3 or 5, or 1"],
];

for (const [text, line, said] of MISTAKES) {
  Deno.test(`serve, config check and config show say where this is wrong: ${JSON.stringify(text)}`, async () => {
    await using config = await file(text);
    const { path } = config;
    const memory = /memory|cluster/.test(text) ? [] : ["--memory"];
    for (
      const [args, code] of [
        [["serve", "--config", path, ...memory], 2],
        [["config", "show", path, ...memory], 2],
        [["config", "check", path, ...memory], 1],
      ] as const
    ) {
      const { code: came, stdout, stderr } = await chatroom(args);
      assertEquals([came, stdout], [code, ""], stderr);
      const [first = "", ...others] = stderr.trimEnd().split("\n");
      const bare = first.replace(/^chatroom: /, "");
      assertStringIncludes(bare, said);
      assert(bare.startsWith(`${path}:${line}: `), bare);
      assertEquals(others, []);
    }
  });
}

Deno.test("config check says all that is wrong, and serve the first and where the rest is", async () => {
  await using config = await file('porrt = 1\nmax-rooms = []\nlog-level = "loud"\n');
  const checked = await chatroom(["config", "check", config.path]);
  assertEquals(checked.code, 1);
  assertEquals(
    checked.stderr.trimEnd().split("\n").map((line) =>
      line.slice(config.path.length, -1).split(" ")[0]
    ),
    [":1:", ":2:", ":3:"],
  );
  const { code, stderr } = await chatroom(["serve", "--memory", "--config", config.path]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, ":1: there is no key");
  assertStringIncludes(
    stderr,
    `; that is not all, and chatroom config check ${config.path} says the rest`,
  );
});

Deno.test("config check says every value that is wrong, and nothing that comes of one", async () => {
  await using config = await file(
    'web = "x"\nweb-base = "/chat"\nmax-rooms = 0\nmax-devices = 0\nkeep-messages = 0\n',
  );
  const { code, stderr } = await chatroom(["config", "check", config.path]);
  assertEquals(code, 1);
  const lines = stderr.trimEnd().split("\n").map((line) =>
    line.slice(config.path.length).split(" ")[0]
  );
  assertEquals(lines.sort(), [":1:", ":3:", ":4:", ":5:"]);
});

Deno.test("config check says at once what no TOML is, what no key is, what no value is, and what files lack", async () => {
  await using config = await file(
    'tls-cert = "no.pem"\ntls-key = "no.key"\nkeep = 30d\nfrobnicate = 1\nport = 70000\n' +
      'max-rooms = 0\npassword-file = "no.txt"\ntitle\nmetrics-open = true\n',
  );
  const { code, stderr } = await chatroom(["config", "check", config.path]);
  assertEquals(code, 1);
  const lines = stderr.trimEnd().split("\n").map((line) => line.slice(config.path.length));
  assertEquals(lines.map((line) => parseInt(line.slice(1))), [1, 3, 4, 5, 6, 7, 8, 9], stderr);
  assertStringIncludes(lines[0] ?? "", "no.pem can't be read: there is no such file");
});

Deno.test("config check looks at a certificate and its key as serve does", async () => {
  const { makeAuthority } = await import("./fixtures/certificates.ts");
  const authority = await makeAuthority();
  const [one, two] = [await authority.issue(), await authority.issue()];
  await using config = await file('tls-cert = "a.pem"\ntls-key = "a.key"\n');
  await Deno.writeTextFile(`${config.dir}/a.pem`, one.cert);
  await Deno.writeTextFile(`${config.dir}/a.key`, two.key);
  const wrong = await chatroom(["config", "check", config.path]);
  assertEquals([wrong.code, wrong.stderr], [
    1,
    `${config.path}:2: The key is not that of the certificate\n`,
  ]);
  await Deno.writeTextFile(`${config.dir}/a.key`, one.key);
  const right = await chatroom(["config", "check", config.path]);
  assertEquals([right.code, right.stderr], [0, ""]);
  assertStringIncludes(right.stdout, "it sets 2 values. Its certificate ends on 20");
});

Deno.test("of --memory and a data directory the one that wins is what is said nearer", async () => {
  await using config = await file('data = "d"\nkeep = "30d"\n');
  const check = (...args: string[]): ReturnType<typeof chatroom> =>
    chatroom(["config", "check", config.path, ...args]);
  assertEquals((await check("--memory")).code, 0);
  await using memory = await file("memory = true\n");
  const by = await chatroom(["config", "show", memory.path, "--data", "d", "--json"]);
  assertEquals([by.code, by.stderr], [0, ""]);
  const both = await check("--memory", "--data", "d");
  assertEquals(both.code, 1);
  assertStringIncludes(both.stderr, "--memory keeps nothing, so it can't go with --data");
});

Deno.test("a path that config show prints holds wherever the file is", async () => {
  await using config = await file('data = "../d"\npassword-file = "p"\n');
  await Deno.writeTextFile(`${config.dir}/p`, "a secret\n");
  const values = valuesIn(await chatroom(["config", "show", config.path, "--json"]));
  const parent = config.dir.replace(/\/[^/]*$/, "");
  assertEquals([values["data"]?.value, values["password-file"]?.value], [
    `${parent}/d`,
    `${config.dir}/p`,
  ]);
});

Deno.test("a letter in a file that turns the line around is shown, and does nothing", async () => {
  await using config = await file('port = "\u202e1"\n');
  for (const args of [["serve", "--memory", "--config"], ["config", "show"]]) {
    const { stderr } = await chatroom([...args, config.path]);
    assertStringIncludes(stderr, ":1: ");
    assert(!stderr.includes("\u202e"), JSON.stringify(stderr));
  }
});

Deno.test("a sound file is said to be, whatever else is on the command line", async () => {
  await using config = await file(
    '# all\nmax-rooms = 9\nweb-host = [\n  "a.org",\n  "b.org",\n]\nweb = 0\n',
  );
  const { code, stdout, stderr } = await chatroom(["config", "check", config.path]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, `${config.path} is sound; it sets 3 values.\n`);
  const values = valuesIn(await chatroom(["config", "show", config.path, "--json"]));
  assertEquals(values["web-host"]?.value, ["a.org", "b.org"]);
  assertEquals(values["web-host"]?.line, 3, "a value of several lines is where it begins");
  assertEquals(values["web"]?.line, 7);
});

Deno.test("what config show prints is a file that comes to the same", async () => {
  await using config = await file(
    'tls = true\nport = 0\ntitle = "Caf\\u00e9 \\"x\\""\nscrollback = 0\n',
  );
  const args = ["config", "show", config.path, "--memory", "--max-rooms", "3"];
  const shown = await chatroom(args);
  assertEquals(shown.code, 0);
  assertStringIncludes(shown.stdout, `# ${config.path}:1\n`);
  await using again = await file(shown.stdout);
  const [before, after] = [
    valuesIn(await chatroom([...args, "--json"])),
    valuesIn(await chatroom(["config", "show", again.path, "--json"])),
  ];
  const bare = (values: Readonly<Record<string, Value>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
  assertEquals(bare(after), bare(before));
  assertEquals(after["max-rooms"]?.from, "file");
});

Deno.test("a flag without a value that a file sets is turned off with =false", async () => {
  await using config = await file("tls = true\nmemory = true\n");
  const args = ["config", "show", config.path, "--json", "--tls=false"];
  const values = valuesIn(await chatroom(args));
  assertEquals(values["tls"], { value: false, from: "flag" });
  assertEquals(values["memory"]?.value, true);
});

Deno.test("paths in a file are seen from where it is", async () => {
  await using config = await file(
    'password-file = "pw"\ndata = "data"\ntls-cert = "/abs/x"\ntls-key = "k"\n',
  );
  await Deno.writeTextFile(`${config.dir}/pw`, "correct horse\n");
  const values = valuesIn(await chatroom(["config", "show", config.path, "--json"]));
  assertEquals(values["password-file"]?.value, `${config.dir}/pw`);
  assertEquals(values["data"]?.value, `${config.dir}/data`);
  assertEquals(values["tls-cert"]?.value, "/abs/x");
});

Deno.test("no secret is shown: neither a password of the environment nor one in an address", async () => {
  await using config = await file(
    'cluster = "nats://joe:gehe/im@x@h1,tls://tok3n@h2:1,joe:geheim@h3"\npassword-file = "pw"\n',
  );
  await Deno.writeTextFile(`${config.dir}/pw`, "s3cret of a file\n");
  const env = { CHATROOM_PASSWORD: "s3cret of a variable" };
  for (const json of [[], ["--json"]]) {
    const args = ["config", "show", config.path, ...json];
    const [own, other] = [await chatroom(args), await chatroom(args, { env })];
    for (const { code, stdout } of [own, other]) {
      assertEquals(code, 0);
      assertEquals(/s3cret|gehe|im@|tok3n|joe/.exec(stdout), null);
      assertStringIncludes(stdout, "(hidden)@h1,tls://(hidden)@h2:1,(hidden)@h3");
    }
    assertStringIncludes(own.stdout, "/pw");
    // A variable wins over the file.
    assertStringIncludes(other.stdout, "CHATROOM_PASSWORD");
    assert(!other.stdout.includes("/pw"));
  }
});

Deno.test("the file is that of the variable, and --config none goes without", async () => {
  await using config = await file("max-rooms = 9\n");
  const env = { CHATROOM_CONFIG: config.path };
  const values = valuesIn(await chatroom(["config", "show", "--json"], { env }));
  assertEquals(values["max-rooms"]?.value, "9");
  const args = ["config", "show", "--json", "--config", "none"];
  assertEquals(valuesIn(await chatroom(args, { env }))["max-rooms"]?.value, "1000");
});

Deno.test("what can't be read as a file is told in one line", async () => {
  await using config = await file("");
  await Deno.writeFile(`${config.dir}/binary`, new Uint8Array([0xff, 0xfe, 0x00]));
  await Deno.writeTextFile(`${config.dir}/large`, "#".repeat(300_000));
  for (
    const [name, said] of [
      ["missing", "No such file"],
      ["binary", "it is not UTF-8 text"],
      ["large", "it has over 262144 bytes"],
      ["", "can't be read"],
    ] as const
  ) {
    const path = `${config.dir}/${name}`;
    for (const args of [["serve", "--config", path], ["config", "check", path]]) {
      const { code, stderr } = await chatroom(args);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, `The configuration file ${path} can't be read`);
      assertStringIncludes(stderr, said);
      assertEquals(stderr.trimEnd().split("\n").length, 1);
    }
  }
});

Deno.test("config takes check or show, one file, and --json where it prints any", async () => {
  for (
    const [args, said] of [
      [[], "config takes check or show, not nothing"],
      [["dance"], "config takes check or show, not dance"],
      [["check", "a", "b"], 'config can\'t take "b"'],
      [["check", "a", "--config", "b"], "name one file: a, or --config FILE"],
      [["check", "--json", "a"], "--json goes with config show"],
      [["check", "--config", "none"], "name a file: chatroom config check FILE"],
    ] as const
  ) {
    const { code, stderr } = await chatroom(["config", ...args]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, said);
  }
});
