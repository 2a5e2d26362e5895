/** The load generator as clients of IRC: what it reads, and what it counts of a small server. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import fc from "fast-check";
import { runLoad } from "../lib/load/run.ts";
import { LineScanner } from "../lib/load/scan_lines.ts";
import { makeTalk } from "../lib/load/talk.ts";
import { plan } from "./load_plan.ts";

const none = { permissions: "none" } as const;
const encoder = new TextEncoder();

Deno.test("a client of IRC comes in, joins, hears its load and answers", none, () => {
  const heard: unknown[] = [];
  const ear = {
    message: (time: number) => heard.push(time),
    enter: () => heard.push("in"),
    told: (text: string, isRefusal: boolean) => heard.push([text, isRefusal]),
    answer: (sent: Uint8Array) => heard.push(new TextDecoder().decode(sent)),
  };
  const options = { plan: { protocol: "irc", size: 12 }, tag: "cafe", name: "u", room: undefined };
  const talk = makeTalk({ ...options, ear } as Parameters<typeof makeTalk>[0]);
  assertEquals(new TextDecoder().decode(talk.opening), "NICK u\r\nUSER bench 0 * :A load\r\n");
  for (
    const line of [
      ":here NOTICE * :*** Looking up your hostname",
      "PING :1234",
      ":here 433 * u :Nickname is already in use",
      ":here 001 u :Welcome",
      ":here 422 u :No message of the day",
      ":u!~bench@x JOIN #bench-cafe",
      ":here 353 u = #bench-cafe :u v w",
      ":here 366 u #bench-cafe :End of names",
      ":v!~bench@x PRIVMSG #bench-cafe :Tcafe000000A",
      ":v!~bench@x PRIVMSG #bench-cafe Tcafe000000B",
      "@time=x :v!~bench@x PRIVMSG #bench-cafe :Tcafe000000C",
      ":v!~bench@x PRIVMSG #bench-cafe :Tbabe000000C",
      ":w!~bench@x JOIN #bench-cafe",
      ":w!~bench@x QUIT :gone",
      "ERROR :Closing Link",
    ]
  ) {
    const payload = encoder.encode(line);
    talk.take(payload, 0, payload.length);
  }
  assertEquals(heard, [
    "PONG :1234\r\n",
    ["* u :Nickname is already in use", true],
    "JOIN #bench-cafe\r\n",
    "in",
    ...[17, 18, 19],
    ["Closing Link", true],
  ]);
});

Deno.test("lines are found however they are cut", none, () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 9_000 })),
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }),
      fc.constantFrom("\r\n", "\n"),
      (texts, cuts, ends) => {
        const lines = texts.map((text) => text.replaceAll(/[\r\n]/g, " "));
        const sent = encoder.encode(lines.map((line) => line + ends).join(""));
        const scanner = new LineScanner();
        const found: string[] = [];
        let at = 0;
        for (let turn = 0; at < sent.length; turn++) {
          const space = scanner.space();
          const count = Math.min(space.length, sent.length - at, cuts[turn % cuts.length] ?? 1);
          space.set(sent.subarray(at, at += count));
          scanner.filled(count, (bytes, from, to) => {
            found.push(new TextDecoder().decode(bytes.subarray(from, to)));
          });
        }
        assertEquals(found, lines);
      },
    ),
    { numRuns: 50 },
  );
  const scanner = new LineScanner();
  assertThrows(
    () => {
      for (let n = 0; n < 20; n++) {
        const space = scanner.space();
        space.fill(0x61);
        scanner.filled(space.length, () => {});
      }
    },
    Error,
    "no lines of IRC",
  );
});

/** An IRC server with as much as a load needs: names, channels, and what is said in them. */
class SmallServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #channels = new Map<string, Set<Deno.Conn>>();
  readonly #conns = new Set<Deno.Conn>();
  readonly #taking: Promise<void>;
  /** Whom it lets in no more after so many. */
  #left: number;

  constructor(most = Infinity) {
    this.#left = most;
    this.#taking = this.#accept();
  }

  get addr(): Deno.NetAddr {
    return this.#listener.addr as Deno.NetAddr;
  }

  async #accept(): Promise<void> {
    const talks: Promise<void>[] = [];
    for await (const conn of this.#listener) {
      this.#conns.add(conn);
      talks.push(this.#talk(conn).catch(() => {}));
    }
    await Promise.all(talks);
  }

  async #talk(conn: Deno.Conn): Promise<void> {
    let nick = "";
    const tell = (line: string, to: Iterable<Deno.Conn> = [conn]): Promise<unknown> =>
      Promise.all([...to].map((each) => each.write(encoder.encode(`${line}\r\n`))));
    const lines = conn.readable.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const [command, target = "", ...rest] = line.split(" ");
      if (command === "NICK") nick = target;
      else if (command === "USER") {
        await tell(this.#left-- > 0 ? `:x 001 ${nick} :Welcome` : "ERROR :Full");
      } else if (command === "JOIN") {
        const members = this.#channels.get(target) ?? new Set();
        this.#channels.set(target, members.add(conn));
        await tell(`:${nick}!b@x JOIN ${target}`, members);
        await tell(`:x 366 ${nick} ${target} :End`);
      } else if (command === "PRIVMSG") {
        const others = new Set(this.#channels.get(target));
        others.delete(conn);
        await tell(`:${nick}!b@x PRIVMSG ${target} ${rest.join(" ")}`, others);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) {
      try {
        conn.close();
      } catch {
        // Its client has closed it.
      }
    }
    await this.#taking;
  }
}

for (const rooms of [1, 4]) {
  Deno.test(`a load of IRC in ${rooms} channels arrives whole`, async () => {
    await using server = new SmallServer();
    const load = plan(server, { protocol: "irc", rooms, senders: 4 });
    const { sent, delivered, missing, closed, problems } = await runLoad(load);
    assertEquals({ missing, closed, problems }, { missing: 0, closed: 0, problems: [] });
    assert(sent > 0 && delivered > 0, `${delivered} of ${sent}`);
  });
}

Deno.test("a server of IRC that is full says why, and the load does too", async () => {
  await using server = new SmallServer(5);
  let said = "";
  try {
    await runLoad(plan(server, { protocol: "irc" }));
  } catch (error) {
    said = (error as Error).message;
  }
  assertEquals(said, "The server did not let a client in: Full");
});
