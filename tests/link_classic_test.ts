/** The client's link in the classic protocol: against a server of the seed's kind, and our own. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { CHEAP, LOGIN, logWith } from "./fixtures/guests.ts";
import { Told } from "./fixtures/told.ts";
import { classicFrame, joinClassic, startServer, until } from "./helpers.ts";

/** A server of the seed's kind: says nothing of itself, relays pairs as the frames came. */
function startSeed(): { addr: Deno.NetAddr; received: string[] } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const received: string[] = [];
  const members = new Map<Deno.TcpConn, Uint8Array>();
  const readFrame = async (conn: Deno.TcpConn): Promise<Uint8Array | undefined> => {
    const take = async (count: number): Promise<Uint8Array | undefined> => {
      const whole = new Uint8Array(count);
      for (let at = 0; at < count;) {
        const n = await conn.read(whole.subarray(at)).catch(() => null);
        if (n === null) return undefined;
        at += n;
      }
      return whole;
    };
    const header = await take(10);
    const payload = header && await take(Number(new TextDecoder().decode(header)));
    return header && payload && new Uint8Array([...header, ...payload]);
  };
  const serve = async (conn: Deno.TcpConn): Promise<void> => {
    const name = await readFrame(conn);
    if (name !== undefined) members.set(conn, name);
    for (let frame; name && (frame = await readFrame(conn)) !== undefined;) {
      received.push(new TextDecoder().decode(name) + new TextDecoder().decode(frame));
      for (const other of members.keys()) {
        if (other !== conn) await other.write(new Uint8Array([...name, ...frame])).catch(() => {});
      }
    }
    members.delete(conn);
    conn.close();
  };
  const tasks: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) tasks.push(serve(conn));
  })();
  return {
    addr: listener.addr,
    received,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await accepting.catch(() => {});
      await Promise.all(tasks);
    },
  };
}

Deno.test("against a server of the seed's kind a link falls back to classic", async () => {
  await using seed = startSeed();
  await using ann = new Told(seed, { fallbackMs: 50 });
  await using bob = new Told(seed, { fallbackMs: 50, name: "Bob Lee" });
  await using carl = new Told(seed, { classic: true, name: "carl" });
  for (const each of [ann, bob, carl]) await each.ready();
  assertEquals([ann.link.protocol, carl.link.protocol], ["classic", "classic"]);
  await ann.link.send({ type: "say", room: "lobby", text: "hello" });
  for (const each of [bob, carl]) {
    const heard = await each.see("ann's message", ({ type }) => type === "message");
    assert(heard.type === "message");
    assertEquals([heard.from, heard.text, heard.room], ["ann", "hello", "lobby"]);
  }
  await carl.link.send({ type: "say", room: "lobby", text: "grüß dich" });
  await ann.see("carl's message", (e) => e.type === "message" && e.text === "grüß dich");
  assertEquals(seed.received, [
    "         3ann5         hello",
    "4         carl11        grüß dich",
  ]);
  const refused = await assertRejects(
    () => ann.link.send({ type: "rooms" }),
    RequestError,
    "classic protocol",
  );
  assertEquals(refused.code, "classic");
});

Deno.test("a message that comes before the fallback is not lost", async () => {
  await using seed = startSeed();
  await using bob = new Told(seed, { classic: true, name: "bob" });
  await bob.ready();
  await using ann = new Told(seed, { fallbackMs: 60_000 });
  await until("ann's name", () => ann.statuses.length > 0);
  let said = 0;
  while (!ann.texts.includes("0") && said < 500) {
    await bob.link.send({
      type: "say",
      room: "lobby",
      text: `${ann.texts.length === 0 ? 0 : said}`,
    });
    said++;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assertEquals([ann.link.protocol, ann.texts[0]], ["classic", "0"]);
});

Deno.test("against our own server a classic link is a classic client", async () => {
  await using server = startServer();
  using bob = await joinClassic(server, "bob");
  await using ann = new Told(server, { classic: true });
  await ann.ready();
  await ann.link.send({ type: "say", room: "lobby", text: "hello" });
  assertEquals(await bob.takePair(), ["ann", "hello"]);
  await bob.send(classicFrame("hi"));
  await ann.see("bob's message", (e) => e.type === "message" && e.text === "hi");
});

Deno.test("a classic link shows the passwords that our own server asks for", async () => {
  const factLog = await logWith({ ann: "member" });
  await using server = startServer({ passwords: CHEAP, factLog, password: "open sesame" });
  await using ann = new Told(server, { classic: true });
  const hears = (what: string, part: string): Promise<unknown> =>
    ann.see(what, (e) => e.type === "message" && e.from === "server" && e.text.includes(part));
  await hears("the question for the server's password", "A password is needed here");
  const answer = await ann.link.send({ type: "login", password: "open sesame" });
  assertEquals(answer.type, "ack");
  await hears("the question for the name's password", "The name ann is reserved");
  await ann.link.send({ type: "login", password: LOGIN });
  await ann.link.send({ type: "say", room: "lobby", text: "/who" });
  await hears("the answer of one who is in", "1 person in lobby: ann");
  // What is shown is nothing that was said.
  assertEquals(ann.events.filter(({ type }) => type === "ack").length, 1);
});

Deno.test("a classic link tells a password to no server that has not asked for it", async () => {
  await using seed = startSeed();
  await using bob = new Told(seed, { classic: true, name: "bob" });
  await using ann = new Told(seed, { classic: true });
  for (const each of [ann, bob]) await each.ready();
  await bob.link.send({ type: "say", room: "lobby", text: "say /login PASSWORD" });
  await ann.see("bob's message", ({ type }) => type === "message");
  const login = { type: "login", password: "secret" } as const;
  const refused = await assertRejects(() => ann.link.send(login), RequestError);
  assertEquals(refused.code, "classic");
  await ann.link.send({ type: "say", room: "lobby", text: "hello" });
  await bob.see("ann's message", ({ type }) => type === "message");
  assertEquals(seed.received.some((frames) => frames.includes("secret")), false);
});
