/** The page's link: opening, coming back, and giving up only where that is right. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { PageSocket } from "./fixtures/page_socket.ts";
import { until } from "./helpers.ts";
import { Chat } from "../lib/web/page/chat.js";
import { PageConnection } from "../lib/web/page/connection.js";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";

/** A link whose sockets and tellings the test holds. */
function link({ known = false, unsent = [] as Request[], probeMs = 5_000 } = {}): {
  connection: PageConnection;
  sockets: PageSocket[];
  told: string[];
  last: () => PageSocket;
  retryIn: () => number;
} {
  let retry = 0;
  const sockets: PageSocket[] = [];
  const told: string[] = [];
  const connection = new PageConnection({
    open: () => {
      const socket = new PageSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    hello: () => ({ type: "hello", name: "ann" }),
    unsent: () => unsent,
    take: (event: Event) => void told.push(event.type),
    status: ({ kind, cause, code, retryAt }) => {
      told.push([kind, cause, code].filter((part) => part).join(" "));
      retry = (retryAt ?? 0) - Date.now();
    },
    known,
    probeMs,
    random: () => 0,
  });
  connection.connect();
  return {
    connection,
    sockets,
    told,
    last: () => sockets.at(-1) as PageSocket,
    retryIn: () => retry,
  };
}

Deno.test("a link says hello, sends what waits, and is online", () => {
  const say: Request = { type: "say", id: "1", room: "lobby", text: "hi" };
  const { connection, told, last } = link({ unsent: [say] });
  last().letIn();
  assertEquals(last().sent, [{ type: "hello", name: "ann" }, say]);
  assertEquals(told, ["connecting", "welcome", "ready", "online"]);
  last().tell({ type: "ping" });
  assertEquals(last().sent.at(-1), { type: "pong" });
  connection.close();
  assertEquals(told.at(-1), "ended left");
});

Deno.test("what a lost server may have is sent once more where it is refused for now, and nothing else is", async () => {
  const say: Request = { type: "say", id: "1", room: "lobby", text: "hi" };
  const unsent = [say];
  const { connection, told, last } = link({ unsent });
  last().letIn();
  const refuse = (id: string, retryAfterMs: number): void =>
    last().tell({ type: "error", id, code: "try-later", text: "Not now", retryAfterMs });
  const sent = (id: string): number => last().sent.filter((each) => each.id === id).length;
  refuse("1", 1);
  await until("it is sent again", () => sent("1") === 2);
  assertEquals(told.includes("error"), false);
  // One that comes later, one that has to wait for long, and one that is taken back.
  refuse("2", 1);
  refuse("1", 60_000);
  assertEquals(told.filter((each) => each === "error").length, 2);
  refuse("1", 1);
  unsent.pop();
  unsent.push({ ...say, id: "3" });
  await delay(400);
  assertEquals([sent("1"), sent("3")], [2, 0]);
  connection.close();
});

Deno.test("a link that was lost comes back by itself, and at once when it is woken", async () => {
  const { connection, sockets, told, last } = link();
  last().letIn();
  last().close();
  assertEquals(told.at(-1), "waiting");
  await until("Another attempt", () => sockets.length === 2);
  last().close();
  connection.wake();
  assertEquals(sockets.length, 3);
  last().letIn();
  assertEquals(told.at(-1), "online");
  connection.close();
});

Deno.test("an answer goes to who asked, and without a connection there is none", async () => {
  const { connection, told, last } = link();
  await assertRejects(() => connection.ask({ type: "rooms" }), Error, "no connection");
  last().letIn();
  const rooms = connection.ask({ type: "rooms" });
  last().tell({ type: "rooms", id: last().sent.at(-1)?.id, rooms: [] });
  assertEquals((await rooms).type, "rooms");
  assertEquals(told.includes("rooms"), false);
  const refused = connection.ask({ type: "join", room: " " });
  last().tell({ type: "error", id: last().sent.at(-1)?.id, code: "bad-room", text: "No such" });
  await assertRejects(() => refused, Error, "No such");
  const lost = connection.ask({ type: "rooms" });
  last().close();
  await assertRejects(() => lost, Error, "was lost");
  connection.close();
});

Deno.test("what is larger than the server takes is refused before it costs the connection", async () => {
  const { connection, last } = link();
  last().letIn();
  const say = (text: string): Request => ({ type: "say", room: "lobby", text });
  assertEquals(connection.excess(say("short")), undefined);
  assertStringIncludes(connection.excess(say("ü".repeat(100))) ?? "", "the server takes 200");
  await assertRejects(
    () => connection.ask({ type: "topic", room: "lobby", text: "ü".repeat(100) }),
    Error,
    "the server takes 200",
  );
  connection.close();
});

Deno.test("a link that may be dead is asked, and given up when it says nothing", async () => {
  const { connection, told, last } = link({ probeMs: 20 });
  last().letIn();
  connection.probe();
  assertEquals(last().sent.at(-1), { type: "ping" });
  last().tell({ type: "pong" });
  connection.probe();
  await until("It is given up", () => told.includes("waiting"));
  connection.close();
});

Deno.test("who is to come later does so by itself, and no sooner than the server said", async () => {
  for (const known of [false, true]) {
    const { connection, sockets, told, last } = link({ known });
    const asked = performance.now();
    last().tell({ type: "error", code: "try-later", text: "Wait", retryAfterMs: 200 });
    assertEquals(told.at(-1), "waiting try-later");
    await until("Another attempt", () => sockets.length === 2);
    assert(performance.now() - asked >= 200);
    last().letIn();
    assertEquals(told.at(-1), "online");
    connection.close();
  }
});

Deno.test("a link ends where trying again would be wrong, and only there", () => {
  const replaced = link();
  replaced.last().letIn();
  replaced.last().tell({ type: "bye", reason: "replaced", text: "Elsewhere" });
  replaced.last().close();
  assertEquals(replaced.told.at(-1), "ended dismissed replaced");

  const shutdown = link();
  shutdown.last().letIn();
  shutdown.last().tell({ type: "bye", reason: "shutdown", text: "Bye", retryAfterMs: 1_000 });
  shutdown.last().close();
  assertEquals(shutdown.told.at(-1), "waiting shutdown");
  shutdown.connection.close();

  const nobody = link();
  nobody.last().close();
  assertEquals(nobody.told.at(-1), "ended unreachable");

  const known = link({ known: true });
  known.last().close();
  assertEquals(known.told.at(-1), "waiting");
  known.connection.close();

  const lasting = ["bad-password", "password-needed", "name-reserved", "bad-login", "bad-invite"];
  for (const code of lasting) {
    const refused = link({ known: true });
    refused.last().tell({ type: "error", code, text: "No" });
    assertEquals(refused.told.at(-1), `ended refused ${code}`);
  }
  for (const reason of ["kicked", "banned"]) {
    const sent = link();
    sent.last().letIn();
    sent.last().tell({ type: "bye", reason, text: "Away" });
    sent.last().close();
    assertEquals(sent.told.at(-1), `ended dismissed ${reason}`);
  }

  const taken = link();
  taken.last().tell({ type: "error", code: "name-taken", text: "Taken" });
  assertEquals(taken.told.at(-1), "ended refused name-taken");

  // Somebody else took it meanwhile: trying again would not bring it back.
  const away = link({ known: true });
  away.last().tell({ type: "error", code: "name-taken", text: "Taken" });
  assertEquals(away.told.at(-1), "ended refused name-taken");
});

Deno.test("a room that one came for and was sent out of is not entered again by a new connection", () => {
  const sockets: PageSocket[] = [];
  const chat = new Chat({
    open: () => {
      const socket = new PageSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    changed: () => {},
    status: () => {},
    heard: () => {},
    asked: () => {},
  }, { name: "ann", room: "dev" });
  const rooms = (): unknown[] =>
    sockets.map(({ sent: [hello] }) => hello?.type === "hello" && hello.room);
  chat.link.connect();
  sockets[0]?.tell({
    type: "welcome",
    protocol: 1,
    epoch: "e",
    needs: [],
    limits: { payload: 200 },
  });
  sockets[0]?.tell({ type: "ready", name: "ann", session: "s", room: "dev", seq: 0, direct: 0 });
  sockets[0]?.tell({ type: "left", room: "dev", name: "ann", reason: "kicked" });
  sockets[0]?.close();
  chat.link.wake();
  sockets[1]?.letIn();
  assertEquals(rooms(), ["dev", undefined]);
  chat.close();
});

Deno.test("a server that says when to try again is not asked before", () => {
  const { connection, told, last, retryIn } = link({ known: true });
  last().tell({ type: "welcome", protocol: 1, epoch: "e", needs: [], limits: { payload: 200 } });
  last().tell({ type: "error", code: "try-later", text: "Wait.", retryAfterMs: 20_000 });
  assertEquals(told.at(-1), "waiting try-later");
  assert(retryIn() >= 19_000, `${retryIn()} ms`);
  connection.close();
});

Deno.test("a server that is none of the cluster is not shown who we are", () => {
  const sockets: PageSocket[] = [];
  const chat = new Chat(
    {
      open: () => {
        const socket = new PageSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      isOther: () => sockets.length === 1,
      changed: () => {},
      status: () => {},
      heard: () => {},
      asked: () => {},
    },
    { name: "ann", password: "secret" },
    undefined,
  );
  chat.link.connect();
  sockets[0]?.letIn();
  assertEquals(sockets[0]?.sent, []);
  assertEquals(chat.welcome, undefined);
  chat.close();
});
