/** What the client remembers: where, in what form, and what becomes of a file that is no good. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Remembered } from "../lib/cli/remembered.ts";
import { configDir } from "../lib/cli/machine.ts";
import {
  DEFAULT_SETTINGS,
  loadSettings,
  saveSettings,
  type Settings,
  SettingsError,
  settingsPath,
} from "../lib/client/settings.ts";

/** A folder for one test. */
async function temporary(): Promise<AsyncDisposable & { readonly dir: string }> {
  const parent = await Deno.makeTempDir();
  return {
    dir: `${parent}/chatroom`,
    [Symbol.asyncDispose]: () => Deno.remove(parent, { recursive: true }),
  };
}

const CHOSEN: Settings = {
  name: "ann",
  server: "[::1]:99",
  names: { "[::1]:99": "ann", "tls://chat.example:9999": "ann b" },
  bell: "off",
  bells: { dev: "on", "#a.b \"c'": "mentions", "日本": "off" },
  keywords: ["deploy", 'say "hi"'],
  ignored: ["eve"],
  mutedRooms: ["noise"],
  presence: "off",
  colours: "256",
  desktop: true,
  numbers: false,
  view: true,
  aligned: true,
  viewOffered: true,
  people: true,
};

Deno.test("settings are in the system's place for them", { permissions: "none" }, () => {
  const at = (os: typeof Deno.build.os, env: Record<string, string>): string | undefined =>
    configDir({ os, env: (name) => env[name] });
  assertEquals(at("linux", { HOME: "/home/a", XDG_CONFIG_HOME: "/x" }), "/x/chatroom");
  assertEquals(
    at("linux", { HOME: "/home/a", XDG_CONFIG_HOME: "rel" }),
    "/home/a/.config/chatroom",
  );
  assertEquals(
    at("darwin", { HOME: "/Users/a" }),
    "/Users/a/Library/Application Support/chatroom",
  );
  assertEquals(at("windows", { APPDATA: "C:\\A" }), "C:\\A\\chatroom");
  assertEquals([at("linux", {}), at("windows", { HOME: "/x" })], [undefined, undefined]);
  assertEquals(settingsPath("C:\\A\\chatroom"), "C:\\A\\chatroom\\settings.toml");
});

Deno.test("what is saved is there again, in a text that only its owner reads", async () => {
  await using place = await temporary();
  assertEquals(loadSettings(place.dir), { settings: DEFAULT_SETTINGS });
  saveSettings(place.dir, CHOSEN);
  assertEquals(loadSettings(place.dir), { settings: CHOSEN });
  const path = settingsPath(place.dir);
  assertStringIncludes(await Deno.readTextFile(path), 'muted_rooms = ["noise"]\n');
  if (Deno.build.os !== "windows") {
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  }
  const files = await Array.fromAsync(Deno.readDir(place.dir), ({ name }) => name);
  assertEquals(files, ["settings.toml"], "no temporary file stays");
});

Deno.test("any texts come back as they were", async () => {
  await using place = await temporary();
  // The library reads no key of this name, lest it become an object's prototype.
  const word = fc.string({ unit: "grapheme", maxLength: 10 }).filter((w) => w !== "__proto__");
  fc.assert(
    fc.property(fc.array(word), fc.dictionary(word, fc.constant("on" as const)), (words, bells) => {
      const settings = { ...DEFAULT_SETTINGS, keywords: words, bells: { ...bells } };
      saveSettings(place.dir, settings);
      assertEquals(loadSettings(place.dir), { settings });
    }),
    { numRuns: 200 },
  );
});

Deno.test("what a newer version has saved stays", async () => {
  await using place = await temporary();
  await Deno.mkdir(place.dir);
  const path = settingsPath(place.dir);
  await Deno.writeTextFile(path, 'name = "ann"\nhue = 7\n\n[sounds]\njoin = "pling"\n');
  saveSettings(place.dir, { ...DEFAULT_SETTINGS, name: "bob" });
  const text = await Deno.readTextFile(path);
  for (const part of ['name = "bob"', "hue = 7", '[sounds]\njoin = "pling"']) {
    assertStringIncludes(text, part);
  }
});

for (
  const [text, line, what] of [
    ['name = "ann"\nbell = loud\n', 2, "line 2: "],
    ['name = "ann\nbell = "on"\n', 1, "Single-line string cannot contain EOL"],
    ['\n\nbell = "loud"\n', 3, 'bell is "on", "mentions" or "off", not "loud"'],
    ["name = 7\n", 1, "name is a text in quotes, not 7"],
    ['desktop = true\nkeywords = "x"\n', 2, 'keywords is a list of texts in quotes, not "x"'],
    ['bell = "on"\n[bells]\ndev = "loud"\n', 2, "bells is a table of rooms"],
  ] as const
) {
  Deno.test(`a file with ${JSON.stringify(text)} is named and left alone`, async () => {
    await using place = await temporary();
    await Deno.mkdir(place.dir);
    const path = settingsPath(place.dir);
    await Deno.writeTextFile(path, text);
    const { settings, problem = "" } = loadSettings(place.dir);
    assertEquals(settings, DEFAULT_SETTINGS);
    assertStringIncludes(problem, `${path} can't be used: line ${line}: `);
    assertStringIncludes(problem, what);
    assertThrows(() => saveSettings(place.dir, CHOSEN), SettingsError, problem);
    const told: string[] = [];
    const remembered = new Remembered(place.dir, (line) => told.push(line));
    remembered.update({ name: "ann" });
    remembered.update({ name: "bob" });
    assertEquals(told, [problem], "it is said once");
    assertEquals(remembered.settings.name, "bob");
    assertEquals(await Deno.readTextFile(path), text);
  });
}

Deno.test("two that run at once undo nothing of one another", async () => {
  await using place = await temporary();
  const complain = (line: string): never => {
    throw new Error(line);
  };
  const one = new Remembered(place.dir, complain);
  const other = new Remembered(place.dir, complain);
  one.update({ ...one.settings, mutedRooms: ["noise"] });
  other.update({ ...other.settings, bell: "off" });
  const { settings } = loadSettings(place.dir);
  assertEquals([settings.mutedRooms, settings.bell], [["noise"], "off"]);
});

Deno.test("two that run at once keep each other's entries of one list", async () => {
  await using place = await temporary();
  const complain = (line: string): never => {
    throw new Error(line);
  };
  saveSettings(place.dir, { ...DEFAULT_SETTINGS, ignored: ["eve"], bells: { dev: "off" } });
  const one = new Remembered(place.dir, complain);
  const other = new Remembered(place.dir, complain);
  one.update({ ...one.settings, ignored: ["eve", "mallory"], bells: { dev: "off", ops: "on" } });
  other.update({ ...other.settings, ignored: ["eve", "trent"], bells: { DEV: "on" } });
  other.update({ ...other.settings, keywords: ["deploy"], ignored: ["trent"], bells: {} });
  one.update({ ...one.settings, keywords: ["Deploy", "build"] });
  const { settings } = loadSettings(place.dir);
  assertEquals(settings.ignored, ["mallory", "trent"]);
  assertEquals(settings.keywords, ["deploy", "build"]);
  assertEquals(settings.bells, { ops: "on" });
});

Deno.test("a room may be called like something that every object has", async () => {
  await using place = await temporary();
  const bells = Object.fromEntries([["__proto__", "on"], ["constructor", "off"]] as const);
  saveSettings(place.dir, { ...DEFAULT_SETTINGS, bells });
  assertEquals(Object.entries(loadSettings(place.dir).settings.bells), [
    ["__proto__", "on"],
    ["constructor", "off"],
  ]);
});

Deno.test("without settings nothing is read nor written", async () => {
  await using place = await temporary();
  const remembered = new Remembered(undefined, () => assert(false));
  remembered.update({ name: "ann" });
  assertEquals(remembered.settings.name, "ann");
  assertEquals(loadSettings(place.dir), { settings: DEFAULT_SETTINGS });
});

Deno.test({
  name: "a settings file that is a link stays one",
  ignore: Deno.build.os === "windows",
  async fn(): Promise<void> {
    await using place = await temporary();
    await using other = await temporary();
    saveSettings(other.dir, CHOSEN);
    await Deno.mkdir(place.dir);
    await Deno.symlink(settingsPath(other.dir), settingsPath(place.dir));
    saveSettings(place.dir, { ...CHOSEN, name: "bob" });
    assert((await Deno.lstat(settingsPath(place.dir))).isSymlink);
    assertEquals(loadSettings(other.dir).settings.name, "bob");
  },
});
