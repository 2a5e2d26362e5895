/** `chatroom serve --web` from the outside: what it prints, what it refuses, how it ends. */

import { TextLineStream } from "@std/streams/text-line-stream";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { webUrl } from "../lib/cli/web_place.ts";
import type { WebListener } from "../lib/web/serve_web.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { startServer } from "./helpers.ts";
import { command } from "./program.ts";

Deno.test({
  name: "serve --web says where the page is, serves it, and SIGTERM ends it with 0",
  ignore: Deno.build.os === "windows",
  async fn(): Promise<void> {
    const child = command([
      "serve",
      "--memory",
      "--port",
      "0",
      "--web",
      "0",
      "--web-base",
      "/chat/",
      "--log-level",
      "error",
    ])
      .spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
    let url: string | undefined;
    while (url === undefined) {
      const { value, done } = await lines.next();
      assert(!done, "it ended");
      url = /^The web page is at (http:\/\/127\.0\.0\.1:\d+\/chat\/)$/.exec(value)?.[1];
    }
    const page = await fetch(url);
    assertEquals(page.status, 200);
    assertStringIncludes(await page.text(), "chatroom");
    const metrics = await (await fetch(`${url}metrics`)).text();
    assertStringIncludes(metrics, "chatroom_ready 1");
    const socket = new WebSocket(`${url.replace("http", "ws")}ws`);
    const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
    const types: string[] = [];
    await new Promise<void>((resolve) => {
      socket.onopen = () => socket.send(JSON.stringify({ type: "hello", name: "ann" }));
      socket.onmessage = ({ data }) => {
        types.push(JSON.parse(data).type);
        if (types.at(-1) === "ready") resolve();
      };
    });
    child.kill("SIGTERM");
    const { code, reason } = await closed;
    assertEquals([types, code, reason], [["welcome", "ready", "bye"], 1001, "shutdown"]);
    while (!(await lines.next()).done);
    await child.stdin.close();
    const stderr = new TextDecoder().decode(await new Response(child.stderr).bytes());
    assertEquals([(await child.status).code, stderr], [0, ""]);
  },
});

Deno.test("where the page is served everywhere, it is named by an address that others can use", () => {
  const lan = Deno.networkInterfaces().find(({ family, address }) =>
    family === "IPv4" && !/^(127\.|169\.254\.)/.test(address)
  )?.address;
  const at = (hostname: string): string =>
    webUrl({ addr: { hostname, port: 8080 } } as WebListener, {
      hostname,
      port: 8080,
      base: "/chat",
    }, true);
  assertEquals(at("0.0.0.0"), `https://${lan ?? "127.0.0.1"}:8080/chat/`);
  assertEquals(at("127.0.0.1"), "https://127.0.0.1:8080/chat/");
  assertEquals(at("192.0.2.7"), "https://192.0.2.7:8080/chat/");
});

Deno.test("flags of the web that can't be meant are refused in one line", async (t) => {
  for (
    const [args, part] of [
      [["--web", "here"], "--web takes PORT, HOST:PORT or [IPV6]:PORT, not here"],
      [["--web", "127.0.0.1"], "--web takes PORT, HOST:PORT"],
      [["--web", "::1"], "--web takes PORT, HOST:PORT"],
      [["--web", "99999"], "--web: A port is a number from 0 to 65535, not 99999"],
      [
        ["--web-base", "/chat"],
        "--web-base says how the page is served; say where with --web PORT",
      ],
      [["--metrics-open"], "--metrics-open says how the page is served"],
      [["--web", "0", "--web-base", "chat"], "--web-base takes a path such as /chat, not chat"],
      [["--web", "0", "--web-base", "/../x"], "--web-base takes a path"],
      [["--web", "0", "--web-origin", "example.org"], "--web-origin takes an origin such as"],
      [["--web", "0", "--web-origin", "https://a.example/path"], "--web-origin takes an origin"],
      [
        ["--web", "0", "--trust-proxy", "nginx"],
        "--trust-proxy takes an address such as 127.0.0.1",
      ],
      [["--title", " "], '--title takes a line of 1 to 64 characters that can be seen, not " "'],
      [["--title", "Tea\u202e"], "--title takes a line"],
      [["--title", "x".repeat(65)], "--title takes a line"],
      [["--web", "0", "--web-connections", "0"], "A whole number from 1 up is needed, not 0"],
    ] as const
  ) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await chatroom([
        "serve",
        "--memory",
        "--port",
        "0",
        ...args,
      ]);
      assertEquals([code, stdout, stderr.trimEnd().split("\n").length], [2, "", 1], stderr);
      assertStringIncludes(stderr, part);
    });
  }
});

Deno.test("serve --web explains in one line why it can't listen, and ends", async () => {
  await using server = startServer();
  const taken = String(server.addr.port);
  const quiet = ["--log-level", "error"];
  const args = ["serve", "--memory", "-p", "0", "--web", taken, ...quiet];
  const { code, stdout, stderr } = await chatroom(args);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  assertStringIncludes(
    stderr,
    `Can't serve the web page on 127.0.0.1:${taken}: the port is in use`,
  );
});

Deno.test("nothing of the web is loaded without --web", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("../main.ts", import.meta.url).href],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  /** What is loaded with a module, following only what is not put off. */
  const loaded = new Set<string>();
  const walk = (specifier: string): void => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    // deno-lint-ignore no-explicit-any
    const found = modules.find((each: any) => each.specifier === specifier);
    for (const { code, isDynamic } of found?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) walk(code.specifier);
    }
  };
  walk(new URL("../lib/cli/serve.ts", import.meta.url).href);
  assert(loaded.size > 20);
  assertEquals(
    [...loaded].filter((each) => /npm:\/?(ws|prom-client)@|web\/serve_web/.test(each)),
    [],
  );
});
