/** Another door on the same connections: a protocol of lines, as short as one can be. */

import { assertEquals } from "@std/assert";
import type { Batch } from "../lib/chat/sessions/batch.ts";
import { CLASSIC_TRAITS } from "../lib/chat/sessions/peer.ts";
import { Connection } from "../lib/server/connection.ts";
import type { Door, DoorPeer, Taken } from "../lib/server/door.ts";
import { batchBytes, Encoded } from "../lib/server/encoded.ts";
import type { ListenerHost, SharedState } from "../lib/server/host.ts";
import { TcpTransport } from "../lib/server/tcp_transport.ts";
import type { Event, EventOf } from "../lib/wire/events.ts";
import { joinEvent, RawPeer, startServer, until } from "./helpers.ts";

/** A name in a line, and then what is said; `name: text` comes back. */
class LineDoor implements Door {
  readonly kind = "line";
  readonly traits = CLASSIC_TRAITS;
  readonly awaits = "hello";
  readonly ping = undefined;
  whole = 0;
  #text = "";
  #isIn = false;
  readonly #decoder = new TextDecoder();

  constructor(readonly shared: SharedState, readonly peer: DoorPeer) {}

  get pending(): number {
    return this.#text.length;
  }

  begin(): void {
    this.peer.push(new TextEncoder().encode("Your name?\n"));
  }

  take(chunk: Uint8Array): void {
    this.#text += this.#decoder.decode(chunk, { stream: true });
  }

  next(): Taken | undefined {
    const end = this.#text.indexOf("\n");
    if (end < 0) return undefined;
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    this.whole++;
    return { bytes: line.length, waits: this.#answer(line) };
  }

  encode(batch: Batch): Uint8Array {
    return batchBytes(batch, encodeLines);
  }

  lastWords({ text }: EventOf<"bye">): Uint8Array {
    return new TextEncoder().encode(`${text}\n`);
  }

  #answer(line: string): void | Promise<void> {
    const { house } = this.shared;
    if (this.#isIn) return house.request(this.peer, { type: "say", room: "lobby", text: line });
    this.#isIn = true;
    return house.come(this.peer, { name: line });
  }
}

function encodeLines(events: readonly Event[]): Encoded {
  return new Encoded(
    events.map((event) => event.type === "message" ? `${event.from}: ${event.text}\n` : ""),
  );
}

/** Lets in who connects to a port of its own. */
function listen(host: ListenerHost): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const conn of listener) {
      const transport = new TcpTransport(conn);
      const door = (peer: DoorPeer): Door => new LineDoor(host.shared, peer);
      host.admit(conn.remoteAddr.hostname, () => new Connection({ transport, host, door }));
    }
  })();
  return listener;
}

Deno.test("a door of lines has two talk, and one that does not read costs them nothing", async () => {
  await using server = startServer({ limits: { outboxBytes: 262_144 } });
  using listener = listen(server.host);
  const join = async (name: string): Promise<RawPeer> => {
    const peer = await RawPeer.connect(listener);
    await peer.send(`${name}\n`);
    await until(`${name}'s coming`, () => server.host.shared.house.names("lobby").includes(name));
    return peer;
  };
  using ann = await join("ann");
  using bob = await join("bob");
  using eve = await joinEvent(server, "eve");
  using _slow = await join("slow");
  const hears = async (peer: RawPeer, line: string): Promise<void> => {
    assertEquals(new TextDecoder().decode(await peer.take(line.length + 1)), `${line}\n`);
  };
  for (const peer of [ann, bob]) await hears(peer, "Your name?");
  await ann.send("hello, ", "bob\nand ev", "eryone\n");
  for (const text of ["hello, bob", "and everyone"]) {
    await hears(bob, `ann: ${text}`);
    assertEquals((await eve.takeType("message")).text, text);
  }
  await eve.ask({ type: "say", room: "lobby", text: "hello, ann" });
  for (const peer of [ann, bob]) await hears(peer, "eve: hello, ann");
  // More than the system keeps for one that does not read, and than may wait here.
  for (let i = 0; server.connections === 4; i++) {
    const said = `${i} `.padEnd(60_000, "x");
    await ann.send(`${said}\n`);
    assertEquals((await eve.takeType("message")).text, said);
    await hears(bob, `ann: ${said}`);
  }
  assertEquals(server.host.shared.house.names("lobby"), ["ann", "bob", "eve"]);
  const kinds = [...server.host.live].map(({ figures }) => figures.door);
  assertEquals(kinds, ["line", "line", "event"]);
});
