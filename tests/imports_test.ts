/** Imports point one way: main → cli → server | store | client | load | web | tls → chat | wire. */

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("..", import.meta.url);

/** What the files of a folder may import from other folders of lib. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  cli: ["server", "store", "client", "load", "web", "tls", "chat", "wire"],
  server: ["chat", "wire"],
  store: ["chat", "wire"],
  client: ["chat", "wire"],
  load: ["wire"],
  tls: [],
  web: ["server", "chat", "wire"],
  // The house speaks in events, and needs their types and names; it knows no bytes.
  chat: ["wire/event.ts"],
  wire: [],
};

/** Every TypeScript file below lib, as a path like `chat/room.ts`. */
async function* sources(folder = ""): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(`lib/${folder}`, ROOT))) {
    if (entry.isDirectory) yield* sources(`${folder}${entry.name}/`);
    else if (entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts")) {
      yield `${folder}${entry.name}`;
    }
  }
}

function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, path]) => path ?? "");
}

Deno.test("imports point one way", async () => {
  let seen = 0;
  for await (const path of sources()) {
    const [folder = ""] = path.split("/");
    const allowed = ALLOWED[folder];
    assert(allowed !== undefined, `lib/${folder} has no row in this test`);
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    for (const specifier of importsOf(source)) {
      if (!specifier.startsWith(".")) continue;
      const target = new URL(specifier, `file:///lib/${path}`).pathname;
      if (target === "/deno.json" && path === "cli/version.ts") continue;
      assert(target.startsWith("/lib/"), `lib/${path} imports ${specifier}, from outside lib`);
      const within = target.slice("/lib/".length);
      if (within.startsWith(`${folder}/`)) continue;
      seen++;
      const fits = allowed.some((place) => within === place || within.startsWith(`${place}/`));
      assert(fits, `lib/${path} must not import ${within}`);
    }
  }
  assert(seen > 20, "the test no longer sees the imports");
});

Deno.test("the house and the wire use nothing of Deno", async () => {
  for await (const path of sources()) {
    if (!/^(chat|wire)\//.test(path)) continue;
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assertEquals(/\bDeno\b|node:/.exec(code), null, `lib/${path} is not pure`);
  }
});

Deno.test("only main.ts reads the arguments and ends the process", async () => {
  for await (const path of sources()) {
    const source = await Deno.readTextFile(new URL(`lib/${path}`, ROOT));
    assertEquals(/Deno\.(args|exit)\b/.exec(source), null, `lib/${path}`);
  }
});
