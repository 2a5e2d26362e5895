/** Files over HTTP: what comes under which headers, and to whom. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Identity } from "../lib/tls/identity.ts";
import { makeAuthority, webSecurely } from "./fixtures/certificates.ts";
import { LOGIN, reserve } from "./fixtures/guests.ts";
import { toolTest } from "./fixtures/tools.ts";
import {
  memoryFiles,
  pathTo,
  pngOf,
  sendsFile,
  textOf,
  withoutKey,
} from "./fixtures/sent_files.ts";
import { found, NOTHING, startFiles } from "./fixtures/web_files.ts";
import { joinEvent, type Json, RawPeer, startServer, until } from "./helpers.ts";
import { joinWeb, request, type WebServer } from "./web_peer.ts";

Deno.test("a file comes whole, to be saved under its name, and can do nothing in a browser", async () => {
  await using web = await startFiles();
  using ann = await joinEvent(web.server, "ann");
  const data = textOf(100_000);
  const file = await sendsFile(ann, { name: "Plan für März.html", data });
  const path = await pathTo(ann, file);
  const { status, headers, body } = await request(web.door, `GET ${path}`);
  assertEquals(status, 200);
  assertEquals(body, new TextDecoder().decode(data));
  const told = Object.fromEntries([...headers].filter(([name]) => name !== "date"));
  assertEquals(told, {
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "connection": "close",
    "content-disposition":
      `attachment; filename="Plan f_r M_rz.html"; filename*=UTF-8''Plan%20f%C3%BCr%20M%C3%A4rz.html`,
    "content-length": "100000",
    "content-security-policy": "default-src 'none'; sandbox",
    "content-type": "application/octet-stream",
    "cross-origin-resource-policy": "same-origin",
    "etag": `"${file.sha256}"`,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  const head = await request(web.door, `HEAD ${path}`);
  assertEquals([head.status, head.body, head.headers.get("content-length")], [200, "", "100000"]);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    assertEquals((await request(web.door, `${method} ${path}`)).status, 405, method);
  }
});

Deno.test("a picture is shown as what its first bytes say, and nothing else is", async () => {
  await using web = await startFiles();
  using ann = await joinEvent(web.server, "ann");
  const html = new TextEncoder().encode("<script>alert(1)</script>");
  for (
    const [name, data, type, kind] of [
      ["a.png", pngOf(640, 480), "image/png", "inline"],
      ["a.html", pngOf(640, 480), "image/png", "inline"],
      ["large.png", pngOf(8_000, 5_001), "application/octet-stream", "attachment"],
      ["fake.png", html, "application/octet-stream", "attachment"],
      ["a.svg", html, "application/octet-stream", "attachment"],
      ["a.html", html, "application/octet-stream", "attachment"],
    ] as const
  ) {
    const path = await pathTo(ann, await sendsFile(ann, { name, data }));
    const { headers } = await request(web.door, `GET ${path}`);
    const disposition = `${kind}; filename="${name}"`;
    assertEquals([headers.get("content-type"), headers.get("content-disposition")], [
      type,
      disposition,
    ]);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("content-security-policy"), "default-src 'none'; sandbox");
  }
});

Deno.test("ranges and conditions are answered as the client's copy needs it", async () => {
  await using web = await startFiles();
  using ann = await joinEvent(web.server, "ann");
  const file = await sendsFile(ann, { name: "a.txt", data: textOf(200_000) });
  const path = await pathTo(ann, file);
  const etag = `"${file.sha256}"`;
  const whole = new TextDecoder().decode(textOf(200_000));
  const get = async (headers: Json): Promise<[number, string | undefined, string]> => {
    const { status, headers: told, body } = await request(web.door, `GET ${path}`, headers);
    assertEquals(told.get("etag"), etag);
    return [status, told.get("content-range"), body];
  };
  assertEquals(await get({ Range: "bytes=16-31" }), [
    206,
    "bytes 16-31/200000",
    whole.slice(16, 32),
  ]);
  // Over the edge of what is read at once.
  assertEquals(await get({ Range: "bytes=65530-131080" }), [
    206,
    "bytes 65530-131080/200000",
    whole.slice(65_530, 131_081),
  ]);
  assertEquals(await get({ Range: "bytes=-5" }), [
    206,
    "bytes 199995-199999/200000",
    whole.slice(-5),
  ]);
  assertEquals(await get({ Range: "bytes=200000-" }), [416, "bytes */200000", ""]);
  assertEquals(await get({ Range: "bytes=0-1,4-5" }), [200, undefined, whole]);
  assertEquals(await get({ Range: "bytes=0-0", "If-Range": etag }), [206, "bytes 0-0/200000", "0"]);
  assertEquals(await get({ Range: "bytes=0-0", "If-Range": '"x"' }), [200, undefined, whole]);
  assertEquals(await get({ "If-None-Match": etag }), [304, undefined, ""]);
  assertEquals(await get({ "If-Match": '"x"' }), [412, undefined, ""]);
});

Deno.test("an empty file is a file", async () => {
  await using web = await startFiles();
  using ann = await joinEvent(web.server, "ann");
  const path = await pathTo(ann, await sendsFile(ann, { name: "empty", data: new Uint8Array() }));
  for (const headers of [{}, { Range: "bytes=0-" }]) {
    const { status, body, headers: told } = await request(web.door, `GET ${path}`, headers);
    assertEquals([status, body, told.get("content-length")], [200, "", "0"]);
  }
});

Deno.test("one connection fetches one after the other", async () => {
  await using web = await startFiles();
  using ann = await joinEvent(web.server, "ann");
  const path = await pathTo(ann, await sendsFile(ann, { name: "a", data: textOf(70_000) }));
  using peer = await RawPeer.connect(web.door);
  for (let i = 0; i < 3; i++) {
    await peer.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-69990\r\n\r\n`);
    let head = "";
    while (!head.endsWith("\r\n\r\n")) head += new TextDecoder().decode(await peer.take(1));
    assertStringIncludes(head, "206 Partial Content");
    assertEquals(await peer.take(69_991), textOf(70_000).subarray(0, 69_991));
  }
});

Deno.test("a link leads to where the one who asks for it can come", async (t) => {
  const asks = async (web: WebServer, peer: RawPeer): Promise<Json> => {
    const { id } = await sendsFile(peer, { name: "a b.txt", data: textOf(10) });
    const link = await peer.ask({ type: "link", file: id });
    assertEquals(link.file, id);
    const hours = (Date.parse(link.until) - Date.now()) / 3_600_000;
    assert(hours > 0.9 && hours <= 1, `${hours} hours`);
    assertEquals((await found(web.door, link.path))[0], 200);
    return withoutKey({
      ...link,
      path: link.path.replace(id, "ID"),
      url: link.url?.replace(id, "ID"),
      file: "ID",
    });
  };
  const query = (who: string, device: string): string =>
    `for=${
      new TextEncoder().encode(who).toBase64({ alphabet: "base64url", omitPadding: true })
    }&by=${device}&until=…&key=…`;
  await t.step("on this machine", async () => {
    await using web = await startFiles();
    await reserve(web.server.host.shared.house, { ann: "member" });
    using ann = await joinEvent(web.server, "ann", { login: LOGIN });
    const { account } = ann.ready;
    const path = `/file/ID/a%20b.txt?${query(`account ${account}`, ann.ready.device)}`;
    const url = `http://127.0.0.1:${web.door.addr.port}${path}`;
    assertEquals(await asks(web, ann), { type: "link", file: "ID", path, url });
  });
  await t.step("at the page, below a path, by another name", async () => {
    await using web = await startFiles({ base: "/chat" });
    const { port } = web.door.addr;
    using ann = await joinWeb(web.door, "ann", {}, undefined, "/chat/ws");
    const { path, url } = await asks(web, ann);
    assertMatch(path, /^\/chat\/file\/ID\/a%20b\.txt\?for=/);
    assertEquals(url, `http://127.0.0.1:${port}${path}`);
  });
  await t.step("behind a proxy with a name", async () => {
    const proxy = { trustedProxies: ["127.0.0.1"], hosts: ["chat.example.org"] };
    await using web = await startFiles({ ...proxy, base: "/chat" });
    using ann = await joinEvent(web.server, "ann");
    const { path, url } = await asks(web, ann);
    assertEquals(url, `https://chat.example.org${path}`);
  });
  await t.step("and so does one that invites", async () => {
    const proxy = { trustedProxies: ["127.0.0.1"], hosts: ["chat.example.org"] };
    await using web = await startFiles({ ...proxy, base: "/chat" });
    await reserve(web.server.host.shared.house, { ann: "operator" });
    using ann = await joinEvent(web.server, "ann", { login: LOGIN });
    const { token, url } = await ann.ask({ type: "invite", room: "lobby", link: {} });
    assertEquals(url, `https://chat.example.org/chat/#invite=${token}`);
  });
  await t.step("not where there is no web door", async () => {
    await using server = startServer({ files: memoryFiles() });
    using ann = await joinEvent(server, "ann");
    const { id } = await sendsFile(ann, { name: "a", data: textOf(10) });
    const refused = await ann.ask({ type: "link", file: id });
    assertEquals([refused.type, refused.code], ["error", "no-web"]);
  });
});

Deno.test("what is no link, or one that was changed, leads to nothing, in the same words", async () => {
  await using web = await startFiles();
  using ann = await joinEvent(web.server, "ann");
  using bob = await joinEvent(web.server, "bob");
  const file = await sendsFile(ann, { name: "a.txt", data: textOf(10) });
  const path = await pathTo(ann, file);
  assertEquals((await found(web.door, path))[0], 200);
  const never = path.replace(file.id, "neverwas");
  const bobs = new URLSearchParams((await pathTo(bob, file)).split("?")[1]).get("for") ?? "";
  for (
    const wrong of [
      never,
      path.replace(/for=[^&]+/, `for=${bobs}`),
      path.replace(/until=\d+/, "until=9999999999999"),
      path.replace(/&key=.*/, ""),
      path.replace(/key=.*/, "key=AAAA"),
      `/file/${file.id}/a.txt`,
      `/file/${file.id}`,
      "/file/",
      "/file//",
      "/file/../file/x/y",
    ]
  ) assertEquals(await found(web.door, wrong), NOTHING, wrong);
  assertEquals((await request(web.door, "GET /files")).body, "There is nothing here.\n");
});

Deno.test("a link is over in its time", async () => {
  await using web = await startFiles({ limits: { webLinkMs: 300 } });
  using ann = await joinEvent(web.server, "ann");
  const path = await pathTo(ann, await sendsFile(ann, { name: "a", data: textOf(10) }));
  assertEquals((await found(web.door, path))[0], 200);
  const end = Number(/until=(\d+)/.exec(path)?.[1]);
  await until("its end", () => Date.now() >= end);
  assertEquals(await found(web.door, path), NOTHING);
});

Deno.test("over TLS it is the same file, by parts too, and the link says so", async () => {
  const authority = await makeAuthority();
  const pair = await authority.issue({ names: ["localhost", "127.0.0.1"] });
  await using web = await startFiles(webSecurely(new Identity(pair)));
  using ann = await joinEvent(web.server, "ann");
  const data = textOf(3_000_000);
  const { id } = await sendsFile(ann, { name: "a", data });
  const { url } = await ann.ask({ type: "link", file: id });
  assertMatch(url, /^https:\/\/127\.0\.0\.1:/);
  using client = Deno.createHttpClient({ caCerts: [authority.cert] });
  const whole = await fetch(url, { client });
  assertEquals(new Uint8Array(await whole.arrayBuffer()), data);
  const part = await fetch(url, { client, headers: { Range: "bytes=1000000-2000000" } });
  assertEquals(part.status, 206);
  assertEquals(new Uint8Array(await part.arrayBuffer()), data.subarray(1_000_000, 2_000_001));
});

Deno.test("a file whose bytes are lost is told from one that is not there, to whoever may read it", async () => {
  const files = memoryFiles();
  await using web = await startFiles({}, { files });
  using ann = await joinEvent(web.server, "ann");
  const file = await sendsFile(ann, { name: "a", data: textOf(10) });
  const path = await pathTo(ann, file);
  await files.tidy(() => Promise.resolve(new Set()));
  for (const method of ["GET", "HEAD"]) {
    assertEquals((await request(web.door, `${method} ${path}`)).status, 410, method);
  }
  assertStringIncludes(String((await found(web.door, path))[1]), "file-gone: ");
});

/** Runs curl in a folder; resolves with what it prints. */
async function curl(folder: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command("curl", { args: ["-sS", ...args], cwd: folder, stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout);
}

toolTest(
  "curl fetches a file, a part of it, and the rest of one that was cut",
  ["curl"],
  async () => {
    await using web = await startFiles();
    using ann = await joinEvent(web.server, "ann");
    const data = textOf(1_000_000);
    const { id } = await sendsFile(ann, { name: "plan (1).txt", data });
    const { url } = await ann.ask({ type: "link", file: id });
    const folder = await Deno.makeTempDir();
    try {
      await curl(folder, ["-OJ", url]);
      assertEquals(await Deno.readFile(`${folder}/plan (1).txt`), data);
      assertEquals(await curl(folder, ["-r", "16-31", url]), "000000000000016\n");
      await Deno.writeFile(`${folder}/cut`, data.subarray(0, 123_456));
      await curl(folder, ["-C", "-", "-o", "cut", url]);
      assertEquals(await Deno.readFile(`${folder}/cut`), data);
      const told = await curl(folder, ["-I", url]);
      assertMatch(told, /^HTTP\/1\.1 200 OK\r\n/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
