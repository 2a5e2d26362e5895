/** IRC over WebSockets: the same door, a message for each line. */

import { TextLineStream } from "@std/streams/text-line-stream";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { joinEvent, RawPeer, until } from "./helpers.ts";
import { IrcPeer } from "./irc_peer.ts";
import { command } from "./program.ts";
import { connectSocket, type IrcWebServer, SocketWire, startIrcWeb } from "./irc_socket_peer.ts";
import { request, requestUpgrade, startWeb, webFrame, WebSocketPeer } from "./web_peer.ts";

/** The head of the answer to a request for a WebSocket. */
async function headOf({ door }: IrcWebServer, headers: Record<string, string>): Promise<string> {
  using peer = await RawPeer.connect(door);
  const all = {
    "Host": `127.0.0.1:${door.addr.port}`,
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  await peer.send(`GET /irc HTTP/1.1\r\n${lines.join("")}\r\n`);
  let head = "";
  while (!head.includes("\r\n\r\n")) head += new TextDecoder().decode(await peer.take(1));
  return head;
}

Deno.test("irc over WebSocket: one room with those who come by TCP, and the same answers", async () => {
  await using server = await startIrcWeb();
  using ann = await IrcPeer.enter(server, "ann", { rooms: ["#a"] });
  using bob = await (await connectSocket(server)).comeIn("bob", { rooms: ["#a"] });
  assertEquals(await ann.sync(), [":bob!~bob@guest JOIN #a"]);
  using eve = await joinEvent(server.server, "eve", { room: "a" });
  for (const each of [ann, bob]) await each.until(/eve.*JOIN/);
  await eve.ask({ type: "say", room: "a", text: "one\r\ntwo 😀" });
  const said = [":eve!~user@guest PRIVMSG #a :one", ":eve!~user@guest PRIVMSG #a :two 😀"];
  for (const each of [ann, bob]) assertEquals(await each.sync(), said);
  await bob.send("PRIVMSG #a :from a page");
  assertEquals(await ann.line(), ":bob!~bob@guest PRIVMSG #a :from a page");
  await bob.expect("WHOIS", ":irc.test 431 bob :No nick was given");
});

Deno.test("irc over WebSocket: the subprotocols, in the order of the client", async () => {
  await using server = await startIrcWeb();
  for (const protocol of ["text.ircv3.net", "binary.ircv3.net", ""]) {
    using ann = await (await connectSocket(server, protocol)).comeIn("ann", { rooms: ["#a"] });
    await ann.expect(
      "PRIVMSG #b :é",
      ":irc.test 403 ann #b :There is no room b; /list lists them",
    );
    await ann.send("QUIT :bye");
    assertEquals(await ann.rest(), "ERROR :Closing Link: ann (Quit: bye)\r\n");
    assertEquals((ann.raw as SocketWire).code, 1000);
    await until("its going", () => server.server.host.shared.house.present === 0);
  }
  for (
    const [asked, given] of [
      ["text.ircv3.net", "text.ircv3.net"],
      ["binary.ircv3.net, text.ircv3.net", "binary.ircv3.net"],
      ["x, text.ircv3.net, binary.ircv3.net", "text.ircv3.net"],
      ["x", undefined],
    ] as const
  ) {
    const head = await headOf(server, { "Sec-WebSocket-Protocol": asked });
    assertEquals(/^sec-websocket-protocol: (.*)$/im.exec(head)?.[1], given, asked);
  }
});

Deno.test("irc over WebSocket: pings, pieces, several lines in one, and what is no frame", async () => {
  await using server = await startIrcWeb();
  const ann = await (await connectSocket(server)).comeIn("ann", { rooms: ["#a"] });
  using _ann = ann;
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  await ann.until(/bob.*JOIN/);
  const { peer } = ann.raw;
  const part = (text: string): Uint8Array => new TextEncoder().encode(text);
  await peer.send(webFrame(9, part("hey")));
  assertEquals(await peer.takeWebFrame(), { opcode: 10, payload: part("hey") });
  // A message in two frames with a ping between them; one that has its end; one with several lines.
  await peer.send(webFrame(1, part("PRIVMSG #a :on"), false), webFrame(9, part("x")));
  await peer.send(webFrame(0, part("e")));
  assertEquals((await peer.takeWebFrame()).opcode, 10);
  await peer.send(webFrame(1, part("PRIVMSG #a :two\r\n")));
  await peer.send(webFrame(2, part("PRIVMSG #a :three\nPRIVMSG #a :four")));
  await peer.send(webFrame(1, part("")), webFrame(1, part("\r\n")), webFrame(10, part("")));
  await peer.send(webFrame(2, part("PRIVMSG #a :\xff").subarray(0, -1)));
  assertMatch(await ann.line(), /^:irc\.test FAIL PRIVMSG INVALID_UTF8 :/);
  for (const text of ["one", "two", "three", "four"]) {
    assertEquals(await bob.line(), `:ann!~ann@guest PRIVMSG #a :${text}`);
  }
  await peer.send(webFrame(1, part(`PRIVMSG #a :${"x".repeat(16_000)}`)));
  assertEquals(await ann.line(), ":irc.test 417 ann :That line is too long");
  await peer.send(webFrame(1, part("x".repeat(16_385))));
  // No line may follow the close, which says that it was too large.
  assertEquals([await ann.rest(), ann.raw.code], ["", 1009]);
  await bob.until(/^:ann!~ann@guest QUIT /);
});

Deno.test("irc over WebSocket: the rules of the web door hold, and only where there is IRC", async () => {
  await using plain = await startWeb();
  assertEquals((await requestUpgrade(plain.door, {}, "/irc")).status, 404);
  await using server = await startIrcWeb({}, { origins: ["https://kiwi.example.org"] });
  for (
    const [origin, status] of [
      ["https://kiwi.example.org", 101],
      ["http://127.0.0.1", 403],
      ["https://evil.example", 403],
      ["null", 403],
    ] as const
  ) {
    const [first = ""] = (await headOf(server, { Origin: origin })).split("\r\n");
    assertEquals(Number(first.split(" ")[1]), status, origin);
  }
  assertEquals((await request(server.door, "GET /irc")).status, 426);
  assertEquals((await requestUpgrade(server.door, { Host: "evil.example" }, "/irc")).status, 421);
});

Deno.test("irc over WebSocket: passwords are taken where nobody reads along", async () => {
  await using server = await startIrcWeb({}, { trustedProxies: ["127.0.0.1"] });
  const capsBehind = async (headers: Record<string, string>): Promise<string> => {
    using peer = new IrcPeer(
      new SocketWire(await WebSocketPeer.open(server.door, headers, "/irc")),
    );
    await peer.send("CAP LS 302");
    return await peer.until(/ CAP /);
  };
  assertMatch(await capsBehind({}), /sasl=PLAIN/);
  const far = { "X-Forwarded-For": "198.51.100.7" };
  assertMatch(await capsBehind({ ...far, "X-Forwarded-Proto": "https" }), /sasl=PLAIN/);
  assertEquals((await capsBehind(far)).includes("sasl"), false);
});

Deno.test("serve --irc says that it takes IRC clients everywhere where it does", async () => {
  const args = ["--memory", "--port", "0", "--irc", "0.0.0.0:0", "--log-level", "error"];
  const child = command(["serve", ...args]).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  let said: string | undefined;
  while (said === undefined) {
    const { value, done } = await lines.next();
    assert(!done, "it ended");
    said = /^IRC clients are taken at .*$/.exec(value)?.[0];
  }
  assertMatch(said, /^IRC clients are taken at 0\.0\.0\.0:\d+$/);
  await lines.return?.();
  child.kill("SIGTERM");
  await child.status;
});

Deno.test("serve --irc --web says where IRC clients come in, by both ways", async () => {
  const args = ["--memory", "--port", "0", "--irc", "0", "--web", "0", "--web-base", "/chat/"];
  const child = command(["serve", ...args, "--log-level", "error"]).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  let said: RegExpExecArray | null = null;
  while (said === null) {
    const { value, done } = await lines.next();
    assert(!done, "it ended");
    said =
      /^IRC clients are taken at 127\.0\.0\.1:(\d+), and at (ws:\/\/127\.0\.0\.1:(\d+)\/chat\/irc)$/
        .exec(value);
  }
  const [, port, url = ""] = said;
  const ann = new WebSocket(url, ["binary.ircv3.net", "text.ircv3.net"]);
  const came = Promise.withResolvers<unknown>();
  ann.onopen = () => ann.send("NICK ann\r\nUSER ann 0 * :Ann");
  ann.onmessage = ({ data }) => came.resolve(data);
  ann.onerror = came.reject;
  assert(await came.promise instanceof Blob, "a binary message");
  using bob = new IrcPeer(
    await RawPeer.connect({ addr: { hostname: "127.0.0.1", port: Number(port) } }),
  );
  await bob.send("NICK ann", "NICK bob", "USER bob 0 * :Bob");
  assertMatch(await bob.line(), /^:irc\.local 433 /);
  await bob.until(/^:irc\.local 422 bob /);
  ann.close();
  await bob.send("QUIT");
  await bob.rest();
  await child.stdin.close();
  child.kill("SIGTERM");
  while (!(await lines.next()).done);
  const stderr = new TextDecoder().decode(await new Response(child.stderr).bytes());
  assertEquals([(await child.status).code, stderr], [0, ""]);
});
