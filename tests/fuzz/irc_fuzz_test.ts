/**
 * The IRC door against random lines, over TCP and WebSocket and with what comes by the door of frames, beside
 * clients of all three that talk to each other and must not notice.
 */

import { assertEquals } from "@std/assert";
import { eventFrame, joinEvent, RawPeer, until } from "../helpers.ts";
import { IrcPeer, type IrcWire } from "../irc_peer.ts";
import { connectSocket, type IrcWebServer, SocketWire, startIrcWeb } from "../irc_socket_peer.ts";
import { webFrame, WebSocketPeer } from "../web_peer.ts";
import { attackLines, attackRequest, BYSTANDERS, checkLine, nastyText } from "./irc_attack.ts";
import { fuzz } from "./fuzz.ts";
import { Random } from "./random.ts";

const SESSIONS = 8;
const PAUSE_MS = 2;
const ALL_CAPS = [
  ...["message-tags", "server-time", "account-tag", "batch", "labeled-response", "away-notify"],
  ...["account-notify", "extended-join", "extended-monitor", "invite-notify", "setname"],
  ...["draft/multiline", "draft/message-redaction", "echo-message", "userhost-in-names"],
];

/** A client each of whose lines is looked at. */
class CheckedPeer extends IrcPeer {
  override async line(): Promise<string> {
    const line = await super.line();
    checkLine(line);
    return line;
  }
}

/** Reads all lines until the end of a connection, and looks at each. */
async function readAll(wire: IrcWire): Promise<void> {
  const peer = new CheckedPeer(wire);
  // What the server does is that it closes; whatever it writes before that is whole lines.
  try {
    while (await peer.lineOrEnd() !== undefined);
  } catch (error) {
    if (!/The connection closed/.test((error as Error).message)) throw error;
  }
}

fuzz("whatever is said to the IRC door, nobody else is told a line of it", 0.1, async (random) => {
  const problems: string[] = [];
  const seeds = Array.from({ length: SESSIONS }, () => random.below(2 ** 31));
  await using server = await startIrcWeb({
    onProblem: (text) => problems.push(text),
    limits: { nameMs: 100, sessionMs: 500 },
  });
  using ann = await new CheckedPeer(await RawPeer.connect(server.irc))
    .comeIn("ann", { caps: ALL_CAPS, rooms: ["#lobby", "#dev"] });
  using bea = await new CheckedPeer((await connectSocket(server)).raw)
    .comeIn("bea", { rooms: ["#lobby", "#dev"] });
  using eve = await joinEvent(server.server, "eve", { features: ["life"] });
  await ann.ask("MONITOR + a1,a2,e3,eve");
  let round = 0;
  /** Each says something, and the other two hear just that of them, next. */
  const converse = async (): Promise<void> => {
    const n = ++round;
    const hears = async (peer: IrcPeer, nick: string): Promise<void> => {
      const line = await peer.until(new RegExp(`^(@\\S+ )?:${nick}!\\S+ PRIVMSG #lobby `));
      assertEquals(line.replace(/^.*? PRIVMSG #lobby :?/, ""), `${nick} ${n}`);
    };
    const eveHears = async (nick: string): Promise<void> => {
      for (;;) {
        const { type, room, from, text } = await eve.takeEvent();
        if (type !== "message" || from !== nick || room !== "lobby") continue;
        return assertEquals(text, `${nick} ${n}`);
      }
    };
    await ann.send(`PRIVMSG #lobby :ann ${n}`);
    await Promise.all([hears(bea, "ann"), eveHears("ann"), hears(ann, "ann")]);
    await bea.send(`PRIVMSG #lobby :bea ${n}`);
    await Promise.all([hears(ann, "bea"), eveHears("bea")]);
    await eve.send(eventFrame({ type: "say", id: `${n}`, room: "lobby", text: `eve ${n}` }));
    await Promise.all([hears(ann, "eve"), hears(bea, "eve")]);
  };
  let over = false;
  const talking = (async () => {
    while (!over) {
      await converse();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  const attacks = seeds.map((seed, n) => attack(server, new Random(String(seed)), n));
  try {
    await Promise.race([Promise.all(attacks), talking]);
  } finally {
    over = true;
    await talking;
  }
  await Promise.all(attacks);
  await until("the end of all other connections", () => server.server.connections === 3);
  await converse();
  // The server still answers, and those who were attacked are who they were.
  await Promise.all([ann.sync(), bea.sync()]);
  assertEquals(await ann.ask("ISON ann bea eve"), [`:irc.test 303 ann :${BYSTANDERS.join(" ")}`]);
  assertEquals(problems, []);
});

/** One attacker, by one of the doors, from its connection to its end. */
async function attack(server: IrcWebServer, random: Random, n: number): Promise<void> {
  switch (n % 4) {
    case 0:
      return await attackFrames(server, random, n);
    case 1:
      return await attackSocket(server, random, n);
    default:
      return await attackPlainly(server, random, n);
  }
}

async function attackPlainly({ irc }: IrcWebServer, random: Random, n: number): Promise<void> {
  using raw = await RawPeer.connect(irc);
  const reading = readAll(raw);
  const lines = attackLines(random, n);
  const whole = lines.flatMap((line) => [...line, ...random.oneIn(9) ? [0x0a] : [0x0d, 0x0a]]);
  const pieces = whole.length > 2_000
    ? [Uint8Array.from(whole)]
    : random.cut(Uint8Array.from(whole));
  try {
    for (const piece of pieces) await raw.send(piece);
    if (random.oneIn(3)) await raw.send("x".repeat(random.pick([16_384, 20_000])));
    else if (random.oneIn(2)) await raw.send(`\r\nQUIT :${nastyText(random)}\r\n`);
    await raw.conn.closeWrite();
  } catch {
    // Thrown out in the middle of it.
  }
  await reading;
}

async function attackSocket({ door }: IrcWebServer, random: Random, n: number): Promise<void> {
  const isBinary = random.oneIn(2);
  const protocol = isBinary ? "binary.ircv3.net" : "text.ircv3.net";
  using peer = await WebSocketPeer.open(door, { "Sec-WebSocket-Protocol": protocol }, "/irc");
  const reading = readAll(new SocketWire(peer, isBinary ? 2 : 1));
  try {
    for (const line of attackLines(random, n)) {
      // Text that is none would end the connection at once, which is tried now and then.
      const opcode = random.oneIn(30) ? 1 : isText(line) ? 1 + random.below(2) : 2;
      await peer.send(webFrame(opcode, line));
      if (random.oneIn(10)) await peer.send(webFrame(9, random.bytes(20)));
    }
    await peer.send(random.oneIn(3) ? random.bytes(50) : webFrame(8, new Uint8Array([0x03, 0xe8])));
    await peer.conn.closeWrite();
  } catch {
    // As above.
  }
  await reading;
}

function isText(line: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(line);
    return true;
  } catch {
    return false;
  }
}

async function attackFrames({ server }: IrcWebServer, random: Random, n: number): Promise<void> {
  using peer = await joinEvent(server, `e${n}`, { features: ["people", "life"] });
  const buffer = new Uint8Array(16_384);
  const reading = (async () => {
    try {
      while (await peer.conn.read(buffer) !== null);
    } catch {
      // Reset.
    }
  })();
  try {
    await peer.send(eventFrame({ type: "join", room: "dev" }));
    for (const request of random.list(30, () => attackRequest(random))) {
      await peer.send(eventFrame(request));
    }
    await peer.conn.closeWrite();
  } catch {
    // As above.
  }
  await reading;
}
