/** What is said of NATS servers, what they say of themselves and of messages, and what is refused. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { NatsLink, NatsUnfit } from "../lib/cluster/nats_link.ts";
import { type NatsFlags, natsNames, natsPlace } from "../lib/cluster/nats_place.ts";
import { placeOf } from "../lib/cluster/nats_reply.ts";
import { isFitNats } from "../lib/cluster/nats_version.ts";

const place = (servers: string, more: Partial<NatsFlags> = {}): ReturnType<typeof natsPlace> =>
  natsPlace({ servers, name: "prod", ...more });

Deno.test("servers are named with or without scheme, port, user and password", () => {
  assertEquals(place("nats://127.0.0.1"), {
    servers: ["127.0.0.1:4222"],
    name: "prod",
    isTls: false,
  });
  assertEquals(place("localhost:80, [::1]:5000,").servers, ["localhost:80", "[::1]:5000"]);
  assertEquals(place("tls://a%40b:p%3Aw@nats.example,tls://a%40b:p%3Aw@10.0.0.2:7"), {
    servers: ["nats.example:4222", "10.0.0.2:7"],
    name: "prod",
    isTls: true,
    user: "a@b",
    password: "p:w",
  });
  const { isTls, ca } = place("nats://10.0.0.1", { ca: "PEM" });
  assertEquals([isTls, ca], [true, "PEM"]);
});

Deno.test("what is said wrongly is refused, and no password is shown", () => {
  const refused: readonly [servers: string, more: Partial<NatsFlags>, says: string][] = [
    ["nats://10.0.0.1", {}, "say tls://10.0.0.1:4222"],
    [
      "nats://localhost,nats://10.0.0.1:5",
      {},
      "10.0.0.1:5 would send all that is said unencrypted",
    ],
    ["", {}, "No NATS server is named"],
    ["http://u:secret@a", {}, "not http://…@a"],
    ["nats://u:secret@a:b", {}, "not nats://…@a:b"],
    ["u:secret@a:b", {}, "not …@a:b"],
    ["tls://u:%zzsecret@a", {}, "a % itself is written %25"],
    ["tls://secret%@a", {}, "a % itself is written %25"],
    ["nats://localhost/path", {}, "is written like"],
    ["tls://a:x@h,tls://b:x@h", {}, "the same user and password"],
    ["tls://a:x@h", { credentials: new Uint8Array(1) }, "can't go with a user"],
    ["nats://localhost", { name: "a.b" }, 'not "a.b"'],
    ["nats://localhost", { name: "*" }, 'not "*"'],
    ["nats://localhost", { name: "" }, 'not ""'],
  ];
  for (const [servers, more, says] of refused) {
    const error = assertThrows(() => place(servers, more), TypeError, says);
    assertEquals(error.message.includes("secret"), false, error.message);
  }
});

Deno.test("all that a cluster uses in NATS is below its name", () => {
  assertEquals(natsNames("prod"), {
    stream: "CHATROOM_prod",
    log: "chatroom.prod.log",
    prefix: "chatroom.prod",
    inbox: "chatroom.prod.inbox",
  });
});

Deno.test("servers before 2.10.27 are not fit", () => {
  const fit = ["2.10.27", "v2.10.28", "2.11.0", "2.15.1", "3.0.0", "2.11.0-RC.1", "2.10.27+b2"];
  const unfit = ["2.9.10", "2.10.26", "2.10.27-RC.1", "1.99.99", "", "new"];
  assertEquals(fit.filter((version) => !isFitNats(version)), []);
  assertEquals(unfit.filter(isFitNats), []);
});

Deno.test("the place of a message is read from the subject of its answer, of old and new servers", () => {
  const place = { seq: 17, delivery: 3, at: 1_700_000_000_123 };
  assertEquals(placeOf("$JS.ACK.CHATROOM_x.c.1.17.3.1700000000123456789.0"), place);
  assertEquals(placeOf("$JS.ACK.dom.acc.CHATROOM_x.c.1.17.3.1700000000123999999.0.tok"), place);
  for (const other of ["", "$JS.FC.x", "$JS.ACK.a.b.1.x.3.17.0", "$JS.ACK.a.b.1.2.3"]) {
    assertEquals(placeOf(other), undefined, other);
  }
});

/** A server that greets as `info` says, and answers pings. */
function greeter(info: Readonly<Record<string, unknown>>): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const write = (conn: Deno.Conn, text: string): Promise<number> =>
    conn.write(new TextEncoder().encode(text));
  const greet = async (conn: Deno.Conn): Promise<void> => {
    using _ = conn;
    await write(conn, `INFO ${JSON.stringify({ server_name: "old", headers: true, ...info })}\r\n`);
    const buffer = new Uint8Array(4_096);
    for (let count; (count = await conn.read(buffer)) !== null;) {
      const text = new TextDecoder().decode(buffer.subarray(0, count));
      if (text.includes("PING")) await write(conn, "PONG\r\n");
    }
  };
  (async () => {
    for await (const conn of listener) greet(conn).catch(() => {});
  })().catch(() => {});
  return listener;
}

Deno.test("a server that is too old, or takes too small messages, is refused by what it says", async () => {
  const cases: readonly [info: Readonly<Record<string, unknown>>, says: string][] = [
    [{ version: "2.9.10", max_payload: 1_048_576 }, "old is version 2.9.10"],
    [{ version: "2.10.27", max_payload: 65_536 }, "of 65536 bytes (max_payload)"],
    [{ version: "2.10.27", max_payload: 1_048_576, headers: false }, "has no headers"],
  ];
  for (const [info, says] of cases) {
    using listener = greeter(info);
    const { port } = listener.addr;
    const wants = { needsBytes: 397_312, label: "a test", onTrouble: (): void => {} };
    await assertRejects(
      () => NatsLink.open(place(`nats://127.0.0.1:${port}`), wants),
      NatsUnfit,
      says,
    );
  }
});

Deno.test("a server that is not there is told of by its address", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const wants = { needsBytes: 1, label: "a test", onTrouble: (): void => {} };
  const open = (servers: string): Promise<NatsLink> => NatsLink.open(place(servers), wants);
  const one = `127.0.0.1:${port}`;
  await assertRejects(() => open(one), NatsUnfit, `The NATS server ${one} can't be reached`);
  await assertRejects(
    () => open(`${one},${one}0`.replace(/0$/, "")),
    NatsUnfit,
    "None of the NATS servers",
  );
});
