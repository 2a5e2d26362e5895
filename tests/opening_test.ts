/** Opening a conversation with a person at hand, who has the passwords. */

import { assertEquals } from "@std/assert";
import type { Conversation, LinkEvent } from "../lib/client/conversation.ts";
import { type AskingOptions, openAsking } from "../lib/client/opening.ts";
import { Memory, type Secrets } from "../lib/client/memory.ts";

const none = { permissions: "none" } as const;

/** A conversation that ends with a code, or begins. */
function conversation(code: string | undefined): Conversation {
  async function* events(): AsyncGenerator<LinkEvent> {
    yield { type: "status", status: "connecting", text: "" };
    await Promise.resolve();
    if (code !== undefined) {
      yield { type: "status", status: "ended", text: `It said ${code}`, cause: "refused", code };
      return;
    }
    yield { type: "status", status: "online", text: "" };
    yield { type: "notice", text: "hello" };
  }
  return {
    name: "ann",
    protocol: "event",
    events: events(),
    send: () => Promise.reject(new Error("nothing is sent here")),
    close: () => Promise.resolve(),
  };
}

/** Plays it: what the server says each time, and what the person answers. */
async function play(
  codes: ReadonlyArray<string | undefined>,
  answers: ReadonlyArray<string | number>,
): Promise<{ asked: string[]; told: string[]; tried: Secrets[]; seen: string[] | number }> {
  const [asked, told, tried]: [string[], string[], Secrets[]] = [[], [], []];
  const options: AskingOptions = {
    given: {},
    name: "ann",
    open: (secrets) => {
      tried.push(secrets);
      return conversation(codes[tried.length - 1]);
    },
    ask: (question) => Promise.resolve(answers[asked.push(question) - 1] ?? 130),
    complain: (line) => void told.push(line),
  };
  const result = await openAsking(options);
  if (typeof result === "number") return { asked, told, tried, seen: result };
  const seen: string[] = [];
  for await (const event of result.events) {
    seen.push(event.type === "status" ? event.status : event.type);
  }
  return { asked, told, tried, seen };
}

const THROUGH = ["connecting", "online", "notice"];
const OUT = ["connecting", "ended"];

Deno.test("a server that wants nothing is not asked about", none, async () => {
  assertEquals(await play([undefined], []), { asked: [], told: [], tried: [{}], seen: THROUGH });
});

Deno.test("each password is asked for when it is wanted, and a wrong one again", none, async () => {
  const played = await play(
    ["password-needed", "bad-password", "name-reserved", undefined],
    ["guess", "open sesame", "correct horse"],
  );
  assertEquals(played.asked, ["Password: ", "Password: ", "Password of ann: "]);
  assertEquals(played.told, ["It said bad-password"]);
  assertEquals(played.tried.at(-1), { password: "open sesame", login: "correct horse" });
  assertEquals(played.seen, THROUGH);
});

Deno.test("who is too quick is asked again for the same", none, async () => {
  const played = await play(["name-reserved", "bad-login", "try-later", undefined], [
    "a",
    "b",
    "c",
  ]);
  assertEquals(played.asked, Array(3).fill("Password of ann: "));
  assertEquals([played.told.length, played.seen], [2, THROUGH]);
});

Deno.test(
  "a person is not asked for ever, nor when the server has other reasons",
  none,
  async () => {
    const often = await play(Array(9).fill("bad-password"), Array(9).fill("guess"));
    assertEquals([often.asked.length, often.seen], [3, OUT]);
    for (const code of ["banned", "try-later", "bad-name", ""]) {
      assertEquals(await play([code], []), { asked: [], told: [], tried: [{}], seen: OUT });
    }
  },
);

Deno.test("who leaves the question leaves with its exit code", none, async () => {
  assertEquals((await play(["password-needed"], [130])).seen, 130);
});

Deno.test("a name's password is shown for that name, from when it was right", none, () => {
  const welcome = {
    type: "welcome",
    protocol: 1,
    server: "s",
    epoch: "e",
    needs: [],
    limits: { payload: 1 },
  } as const;
  const memory = new Memory("ann", [], undefined, { password: "open sesame" });
  const shown = (): unknown[] => {
    const { password, login } = memory.hello(welcome);
    return [password, login];
  };
  assertEquals(shown(), ["open sesame", undefined]);
  const account = { type: "account", action: "", name: "ann", role: "member" } as const;
  memory.proved({ type: "register", password: "correct horse" }, account);
  assertEquals(shown(), ["open sesame", "correct horse"]);
  memory.take({ type: "renamed", from: "ann", to: "ann-2" });
  assertEquals([memory.name, ...shown()], ["ann-2", "open sesame", undefined]);
  memory.take({ type: "renamed", id: "1", from: "ann-2", to: "ann" });
  memory.proved({ type: "unregister" }, account);
  assertEquals(shown(), ["open sesame", undefined]);
});

Deno.test("a room that we were sent out of is not come back to", none, () => {
  const memory = new Memory("ann", []);
  memory.take({ type: "ready", name: "ann", session: "s", room: "lobby", seq: 0, direct: 0 });
  memory.take({ type: "joined", id: "1", room: "dev", name: "ann", seq: 0 });
  memory.take({ type: "left", room: "lobby", name: "bob", reason: "kicked" });
  memory.take({ type: "left", room: "dev", name: "ann", reason: "kicked" });
  const welcome = {
    type: "welcome",
    protocol: 1,
    server: "s",
    epoch: "e",
    needs: [],
    limits: { payload: 1 },
  } as const;
  memory.hello(welcome);
  memory.take({ type: "ready", name: "ann", session: "s", room: "lobby", seq: 0, direct: 0 });
  assertEquals(Object.keys(memory.hello(welcome).resume?.seq ?? {}), ["lobby"]);
});
