/** `chatroom hook` in processes of its own, beside a server and without one. */

import { assertEquals, assertMatch } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { databasePath } from "../lib/store/directory.ts";
import { serveWeb } from "../lib/web/serve_web.ts";
import { append, say } from "./fixtures/facts.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { chatroom } from "./fixtures/in_process.ts";

/** A directory in which something was said in Dev. */
async function kept(): Promise<AsyncDisposable & { readonly path: string }> {
  const dir = await makeDir();
  await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
  await append(log, say("dev", "hello", { title: "Dev" }));
  return dir;
}

Deno.test("a hook is made, listed, used and removed, while a server runs or not", async () => {
  await using dir = await kept();
  const data = ["--data", dir.path];
  const made = await chatroom(["hook", "add", "dev", "--name", "ci", ...data]);
  assertMatch(made.stdout, /^\/hook\/[0-9a-f]{32}\n$/);
  assertMatch(made.stderr, /^What is posted there is said in Dev as ci \(hook\)\. Put it behind/);
  const path = made.stdout.trim();
  {
    await using server = await startStored(dir.path);
    await using door = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0, base: "/x" });
    const page = `http://127.0.0.1:${door.addr.port}/x`;
    const another = await chatroom(["hook", "add", "dev", "--name", "cd", ...data]);
    const url = another.stdout.trim();
    assertEquals(url.replace(/[0-9a-f]{32}$/, "TOKEN"), `${page}/hook/TOKEN`);
    for (const to of [url, page + path]) {
      const headers = { "Content-Type": "text/plain" };
      const answer = await fetch(to, { method: "POST", body: "built", headers });
      assertEquals([answer.status, await answer.text()], [200, "ok"]);
    }
    const listed = await chatroom(["hook", "list", "--room", "dev", ...data]);
    assertMatch(listed.stdout, /^\w+: ci \(hook\) in Dev, since [\d-]+\n\w+: cd \(hook\) in Dev, /);
    const gone = await chatroom(["hook", "remove", "ci", ...data]);
    assertEquals(gone.stdout, "ci (hook) says nothing in Dev any more.\n");
    const late = await fetch(page + path, { method: "POST", body: "late" });
    assertEquals([late.status, await late.text()], [404, "There is no such hook.\n"]);
    const { entries } = await server.factLog.index.page(roomLog("dev"), { after: 1, limit: 9 });
    assertEquals(entries.map(({ message: { from, text } }) => [from, text]), [
      ["cd (hook)", "built"],
      ["ci (hook)", "built"],
    ]);
    // Nothing of a token is on the disk.
    const bytes = new TextDecoder("latin1").decode(await Deno.readFile(databasePath(dir.path)));
    for (const each of [url, path]) assertEquals(bytes.includes(each.slice(-32)), false);
  }
  const [hook] = (await chatroom(["hook", "list", "--json", ...data])).stdout.split("\n");
  const { id, name, room, by } = JSON.parse(hook ?? "");
  assertEquals([name, room, by], ["cd", "Dev", "(console)"]);
  assertEquals((await chatroom(["hook", "remove", id, ...data])).code, 0);
  assertEquals((await chatroom(["hook", "list", ...data])).stdout, "There are no hooks.\n");
});

Deno.test("what chatroom hook can't do is said in one line", async () => {
  await using dir = await kept();
  for (
    const [code, ...args] of [
      [2, "hook"],
      [2, "hook", "make"],
      [2, "hook", "add"],
      [2, "hook", "add", "dev", "ci"],
      [2, "hook", "add", "a b"],
      [2, "hook", "list", "dev"],
      [2, "hook", "list", "--name", "ci"],
      [2, "hook", "remove", "ci", "--json"],
      [1, "hook", "add", "none"],
      [1, "hook", "add", "dev", "--name", "ci (hook)"],
      [1, "hook", "add", "dev", "--name", "x".repeat(30)],
      [1, "hook", "remove", "ci"],
      [1, "hook", "remove", "ci", "--room", "none"],
    ] as const
  ) {
    const said = await chatroom([...args, "--data", dir.path]);
    assertEquals([said.code, said.stdout], [code, ""], args.join(" "));
    assertMatch(said.stderr, /^[^\n]+\n$/, args.join(" "));
  }
});

Deno.test("what a hook has said with a key is said once, also after a restart", async () => {
  await using dir = await kept();
  const made = await chatroom(["hook", "add", "dev", "--name", "ci", "--data", dir.path]);
  for (const [body, status] of [["built", 200], ["built", 200], ["other", 422]] as const) {
    await using server = await startStored(dir.path);
    await using door = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0 });
    const headers = { "Content-Type": "text/plain", "Idempotency-Key": "build 7" };
    const url = `http://127.0.0.1:${door.addr.port}${made.stdout.trim()}`;
    const answer = await fetch(url, { method: "POST", body, headers });
    await answer.text();
    assertEquals([answer.status, server.factLog.index.last(roomLog("dev"))], [status, 2]);
  }
});
