/** Opening a conversation with a person at hand, who has the passwords. */

import { assertEquals } from "@std/assert";
import { arriving, type Conversation, type LinkEvent } from "../lib/client/conversation.ts";
import { askingForPasswords, type AskingOptions, type Given } from "../lib/client/opening.ts";
import { ResumeState } from "../lib/client/resume_state.ts";

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
    yield { type: "ready", name: "ann", session: "s", room: "lobby", seq: 0, direct: 0 };
  }
  return {
    name: "ann",
    protocol: "event",
    welcome: undefined,
    events: events(),
    tryNow: () => {},
    withdraw: () => false,
    send: () => Promise.reject(new Error("nothing is sent here")),
    close: () => Promise.resolve(),
  };
}

/** How a conversation went, as the terminal is told of it. */
async function hear({ events }: Conversation): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events) {
    seen.push(event.type === "status" ? event.status : event.type);
  }
  return seen;
}

/** What happened in {@linkcode play}. */
interface Played {
  readonly asked: readonly string[];
  readonly told: readonly string[];
  readonly tried: readonly Given[];
  /** What the terminal was told of the last conversation that it was given. */
  readonly seen: readonly string[];
  readonly talks: number;
  readonly code: number;
}

/** Plays it: what the server says each time, and what the person answers. */
async function play(
  codes: ReadonlyArray<string | undefined>,
  answers: ReadonlyArray<string | number>,
): Promise<Played> {
  const [asked, told, tried]: [string[], string[], Given[]] = [[], [], []];
  let [seen, talks]: [string[], number] = [[], 0];
  const options: AskingOptions = {
    given: {},
    name: "ann",
    open: (given) => {
      tried.push(given);
      return conversation(codes[tried.length - 1]);
    },
    talk: async (conversation) => {
      talks++;
      seen = await hear(conversation);
      return 7;
    },
    ask: (question) => Promise.resolve(answers[asked.push(question) - 1] ?? 130),
    complain: (line) => void told.push(line),
  };
  const code = await askingForPasswords(options);
  return { asked, told, tried, seen, talks, code };
}

const THROUGH = ["connecting", "online", "ready"];
const OUT = ["connecting", "ended"];
const RESERVED = "ann is reserved: type its password, or press Enter to take another name";

Deno.test("a server that wants nothing is not asked about", none, async () => {
  const played = await play([undefined], []);
  assertEquals(played, {
    asked: [],
    told: [],
    tried: [{ name: "ann" }],
    seen: THROUGH,
    talks: 1,
    code: 7,
  });
});

Deno.test("the talk begins before a server has said anything", none, async () => {
  const answer = Promise.withResolvers<void>();
  async function* events(): AsyncGenerator<LinkEvent> {
    yield { type: "status", status: "connecting", text: "" };
    await answer.promise;
    yield* conversation(undefined).events;
  }
  const silent: Conversation = { ...conversation(undefined), events: events() };
  const fail = (): never => {
    throw new Error("nobody is asked, or told anything");
  };
  const code = await askingForPasswords({
    given: {},
    name: "ann",
    open: () => silent,
    talk: async (conversation) => {
      answer.resolve();
      return (await hear(conversation)).length;
    },
    ask: fail,
    complain: fail,
  });
  assertEquals(code, 1 + THROUGH.length);
});

Deno.test("the terminal is not told of an end that is a question", none, async () => {
  const left = await play(["password-needed"], [130]);
  assertEquals([left.seen, left.talks, left.code], [["connecting"], 1, 130]);
});

Deno.test(
  "a conversation that is yet to come is that one from when it is there",
  none,
  async () => {
    const loading = Promise.withResolvers<Conversation>();
    const coming = arriving(loading.promise, "an");
    assertEquals([coming.name, coming.protocol], ["an", undefined]);
    const sent = coming.send({ type: "rooms" });
    const heard = hear(coming);
    loading.resolve({
      ...conversation(undefined),
      send: ({ type }) => Promise.resolve({ type: "notice", text: type }),
    });
    assertEquals(await sent, { type: "notice", text: "rooms" });
    assertEquals(await heard, THROUGH);
    assertEquals([coming.name, coming.protocol], ["ann", "event"]);
  },
);

Deno.test("who was asked sees the chat when the server takes long to answer", none, async () => {
  const answer = Promise.withResolvers<void>();
  async function* events(): AsyncGenerator<LinkEvent> {
    yield { type: "status", status: "connecting", text: "" };
    await answer.promise;
    yield { type: "status", status: "online", text: "" };
  }
  const slow: Conversation = { ...conversation(undefined), events: events() };
  const opened = [conversation("password-needed"), slow];
  const seen: string[][] = [];
  await askingForPasswords({
    given: {},
    name: "ann",
    open: () => opened.shift() ?? slow,
    talk: async (conversation) => {
      answer.resolve();
      return seen.push(await hear(conversation));
    },
    ask: () => Promise.resolve("open sesame"),
    complain: () => {},
    patienceMs: 1,
  });
  // Nothing is lost of what came after the patience was over.
  assertEquals(seen, [["connecting"], ["connecting", "online"]]);
});

Deno.test("each password is asked for when it is wanted, and a wrong one again", none, async () => {
  const played = await play(
    ["password-needed", "bad-password", "name-reserved", undefined],
    ["guess", "open sesame", "correct horse"],
  );
  assertEquals(played.asked, [
    "Password of the server: ",
    "Password of the server: ",
    "Password of ann: ",
  ]);
  assertEquals(played.told, ["It said bad-password", RESERVED]);
  assertEquals(played.tried.at(-1), {
    name: "ann",
    password: "open sesame",
    login: "correct horse",
  });
  assertEquals(played.seen, THROUGH);
});

Deno.test("a name that somebody has is told, and another one asked for", none, async () => {
  const played = await play(["name-taken", "name-taken", undefined], ["bob", " ", "carl "]);
  assertEquals(played.asked, ["Another name: ", "Another name: ", "Another name: "]);
  assertEquals(played.told, ["It said name-taken", "It said name-taken"]);
  assertEquals(played.tried.map(({ name }) => name), ["ann", "bob", "carl"]);
  assertEquals([played.seen, played.talks, played.code], [THROUGH, 2, 7]);
});

Deno.test("a reserved name says what it wants, and may be given up for another", none, async () => {
  const played = await play(["name-reserved", "bad-login", undefined], [
    "guess",
    "",
    "guess",
    "bob",
  ]);
  const names = ["Another name: ", "Another name: "];
  assertEquals(played.asked, ["Password of ann: ", "Password of ann: ", ...names]);
  // A password is easily typed once more where it was asked for a moment ago.
  assertEquals(played.told, [
    RESERVED,
    "It said bad-login",
    "What you type next is a NAME, no password: it is shown here, and to everybody.",
    "That was typed as a password a moment ago, so it is taken for no name.",
  ]);
  assertEquals(played.tried.at(-1), { name: "bob" });
});

Deno.test("a wait for the server is told at once, and once", none, async () => {
  const told: string[] = [];
  async function* events(): AsyncGenerator<LinkEvent> {
    const text = "Wrong passwords came from your address; try again in 8 s";
    yield { type: "status", status: "offline", text, retryInMs: 8_100, code: "try-later" };
    assertEquals(told, ["Wrong passwords came from your address; waiting 9 s."]);
    await Promise.resolve();
    yield { type: "status", status: "online", text: "" };
  }
  const opened = [
    conversation("password-needed"),
    { ...conversation(undefined), events: events() },
  ];
  const seen: string[][] = [];
  await askingForPasswords({
    given: {},
    name: "ann",
    open: () => opened.shift() ?? conversation(undefined),
    talk: async (conversation) => seen.push(await hear(conversation)),
    ask: () => Promise.resolve("open sesame"),
    complain: (line) => void told.push(line),
  });
  assertEquals([told.length, seen], [1, [["connecting"], ["online"]]]);
});

Deno.test(
  "a name that turns out to be taken late, or after many passwords, is asked for",
  none,
  async () => {
    const played = await play(
      ["bad-password", "bad-password", "bad-password", "name-taken", undefined],
      ["a", "b", "c", "bob"],
    );
    assertEquals(played.asked.at(-1), "Another name: ");
    assertEquals([played.seen, played.code], [THROUGH, 7]);
    const tried: string[] = [];
    const answer = Promise.withResolvers<void>();
    async function* late(): AsyncGenerator<LinkEvent> {
      await answer.promise;
      yield* conversation("name-taken").events;
    }
    const opened = [conversation("password-needed"), {
      ...conversation(undefined),
      events: late(),
    }];
    const code = await askingForPasswords({
      given: {},
      name: "ann",
      open: ({ name }) => {
        tried.push(name);
        return opened.shift() ?? conversation(undefined);
      },
      talk: async (conversation) => {
        if (tried.length === 2) answer.resolve();
        return (await hear(conversation)).length;
      },
      ask: (question) => Promise.resolve(question === "Another name: " ? "bob" : "open sesame"),
      complain: () => {},
      patienceMs: 1,
    });
    assertEquals([tried, code], [["ann", "ann", "bob"], THROUGH.length]);
  },
);

Deno.test("who is too quick is asked again for the same", none, async () => {
  const played = await play(["name-reserved", "bad-login", "try-later", undefined], [
    "a",
    "b",
    "c",
  ]);
  assertEquals(played.asked, Array(3).fill("Password of ann: "));
  assertEquals([played.told.length, played.seen], [3, THROUGH]);
});

Deno.test(
  "a person is not asked for ever, nor when the server has other reasons",
  none,
  async () => {
    const often = await play(Array(9).fill("bad-password"), Array(9).fill("guess"));
    assertEquals([often.asked.length, often.seen], [3, OUT]);
    for (const code of ["banned", "try-later", "bad-name", ""]) {
      const once = { asked: [], told: [], tried: [{ name: "ann" }], seen: OUT, talks: 1, code: 7 };
      assertEquals(await play([code], []), once);
    }
  },
);

Deno.test("a name's password is shown for that name, from when it was right", none, () => {
  const welcome = {
    type: "welcome",
    protocol: 1,
    server: "s",
    epoch: "e",
    needs: [],
    limits: { payload: 1 },
  } as const;
  const memory = new ResumeState({ name: "ann", secrets: { password: "open sesame" } });
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
  const memory = new ResumeState({ name: "ann" });
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
