/**
 * What is recorded of the first version. Zoe has an account in each scene, and is there to its end,
 * so that somebody of today can take her part; each step waits until the one before is over.
 */

import type { RecordingName } from "../fixtures/recorded.ts";
import type { Stage } from "./record_v01.ts";

/** Plays each scene. */
export const SCENES: Readonly<Record<RecordingName, (stage: Stage) => Promise<void>>> = {
  talk,
  directs,
  resume,
  people,
  mod,
  pipe,
  send,
  tail,
  terminal,
  classic,
  upgrade,
};

async function talk(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  const ann = await stage.raw("ann");
  await stage.ask(
    ann,
    { type: "say", id: "a1", room: "lobby", text: "hello, grüße" },
    { type: "say", id: "a1", room: "lobby", text: "hello, grüße" },
    { type: "say", id: "a1", room: "lobby", text: "something else" },
    { type: "say", room: "lobby", text: "waves", action: true },
  );
  await stage.ask(zoe, { type: "say", room: "lobby", text: "hello ann" });
  const bob = await stage.raw("bob", { scrollback: 2 });
  await stage.ask(
    bob,
    { type: "join", room: "dev" },
    { type: "say", room: "dev", text: "is anybody here" },
  );
  await stage.ask(zoe, { type: "join", room: "dev" }, {
    type: "say",
    room: "dev",
    text: "hello bob",
  });
  await stage.ask(
    ann,
    { type: "who", room: "lobby" },
    { type: "rooms" },
    { type: "join", room: "Dev", scrollback: 1 },
    { type: "who", room: "dev" },
    { type: "topic", room: "dev", text: "what we build" },
    { type: "topic", room: "dev" },
    { type: "topic", room: "lobby" },
    { type: "history", room: "lobby", limit: 2 },
    { type: "history", room: "lobby", before: 2 },
    { type: "history", room: "dev" },
    { type: "search", query: "hello" },
    { type: "search", query: "hello", room: "dev" },
    { type: "search", query: "from:zoe hello" },
    { type: "rename", name: "anna" },
    { type: "rooms" },
  );
  await stage.ask(bob, { type: "rename", name: "anna" }, { type: "leave", room: "lobby" });
  await stage.ask(
    bob,
    { type: "say", room: "lobby", text: "not in it" },
    { type: "say", room: "dev", text: "" },
    { type: "say", room: "dev" },
    { type: "join", room: "no room" },
    { type: "leave", room: "lobby" },
    { type: "who", room: "nowhere" },
    { type: "history", room: "nowhere" },
    { type: "dance" },
    { type: "ping" },
    { type: "say", room: "dev", text: "/login secret" },
  );
  await stage.ask(zoe, { type: "leave", room: "dev" });
  await stage.end(bob);
  await stage.end(ann);
  await stage.end(zoe);
}

async function directs(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  const ann = await stage.raw("ann");
  const bob = await stage.raw("bob");
  await stage.ask(
    ann,
    { type: "direct", id: "d1", to: "zoe", text: "just for you" },
    { type: "direct", id: "d1", to: "zoe", text: "just for you" },
    { type: "direct", to: "Bob", text: "and for you" },
    { type: "direct", to: "nobody", text: "hello?" },
    { type: "direct", to: "zoe", text: "" },
  );
  await stage.ask(
    zoe,
    { type: "direct", to: "ann", text: "the first answer" },
    { type: "direct", to: "bob", text: "to bob" },
    { type: "direct", to: "ann", text: "the second answer" },
  );
  await stage.ask(bob, { type: "direct", to: "ann", text: "hello ann" });
  await stage.cut("ann", ann);
  const { session } = ann.ready;
  const seq = { lobby: 0 };
  const { epoch } = JSON.parse(
    stage.recorder.lines.find(([who, , frame]) => who === "ann" && frame?.includes("welcome"))?.[2]
      ?.slice(10) ?? "{}",
  );
  const again = await stage.raw("ann", { session, resume: { epoch, seq, direct: 1 } });
  await stage.ask(zoe, { type: "direct", to: "ann", text: "the third answer" });
  await stage.ask(again, { type: "direct", id: "d1", to: "zoe", text: "just for you" });
  await stage.ask(again, { type: "direct", id: "d2", to: "zoe", text: "thank you" }, {
    type: "search",
    query: "answer",
  });
  await stage.end(bob);
  await stage.end(again);
  await stage.end(zoe);
}

async function resume(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  const ann = await stage.raw("ann");
  await stage.ask(ann, { type: "join", room: "dev" });
  await stage.ask(zoe, { type: "join", room: "dev" });
  await stage.ask(ann, { type: "say", id: "r1", room: "dev", text: "one" });
  await stage.ask(zoe, { type: "say", room: "dev", text: "two" }, {
    type: "say",
    room: "lobby",
    text: "three",
  });
  await stage.cut("ann", ann);
  await stage.ask(
    zoe,
    { type: "say", room: "dev", text: "four" },
    { type: "say", room: "lobby", text: "five" },
    { type: "topic", room: "dev", text: "numbers" },
  );
  const { epoch } = JSON.parse(
    stage.recorder.lines.find(([who, , frame]) => who === "ann" && frame?.includes("welcome"))?.[2]
      ?.slice(10) ?? "{}",
  );
  const { session } = ann.ready;
  const point = { epoch, seq: { lobby: 1, dev: 0 }, direct: 0 };
  const again = await stage.raw("ann", { session, resume: point });
  await stage.ask(again, { type: "say", id: "r1", room: "dev", text: "one" }, {
    type: "say",
    room: "dev",
    text: "six",
  });
  // One that comes back with fewer rooms is in those alone; so it is with an epoch that has gone.
  await stage.cut("ann", again);
  const fewer = await stage.raw("ann", { session, resume: { epoch, seq: { dev: 4 } } });
  await stage.ask(zoe, { type: "say", room: "lobby", text: "seven" });
  await stage.ask(fewer, { type: "say", room: "lobby", text: "eight" });
  await stage.cut("ann", fewer);
  const other = await stage.raw("ann", { session, resume: { epoch: "another", seq: { dev: 4 } } });
  await stage.ask(other, { type: "who", room: "dev" });
  await stage.end(other);
  await stage.end(zoe);
}

/** Accounts, by clients of the first version. */
async function people(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  const ann = await stage.raw("ann");
  await stage.ask(
    ann,
    { type: "passwd", password: "battery staple" },
    { type: "register", password: "short" },
    { type: "register", password: "correct battery" },
    { type: "register", password: "correct battery" },
    { type: "join", room: "mine" },
    { type: "say", room: "mine", text: "my own room" },
    { type: "passwd", password: "battery staple" },
  );
  const bob = await stage.raw("bob");
  await stage.ask(bob, { type: "rename", name: "ann" });
  await stage.ask(zoe, { type: "direct", to: "ann", text: "welcome" });
  await stage.ask(zoe, { type: "say", room: "lobby", text: "ann: are you there?" });
  await stage.ask(ann, { type: "rename", name: "guest" }, {
    type: "login",
    name: "ann",
    password: "battery staple",
  });
  // After a wrong password all from this address have to wait.
  await stage.ask(bob, { type: "login", name: "ann", password: "wrong words" });
  await stage.ask(ann, { type: "unregister" });
  await stage.end(bob);
  await stage.end(ann);
  await stage.end(zoe);
}

async function mod(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  const olga = await stage.raw("olga");
  const ann = await stage.raw("ann");
  await stage.ask(
    ann,
    { type: "mod", action: "kick", target: "zoe", room: "lobby" },
    { type: "bans" },
    { type: "audit" },
  );
  await stage.ask(
    olga,
    { type: "mod", action: "mute", target: "ann", room: "lobby", forMs: 60_000, reason: "noise" },
  );
  await stage.ask(
    ann,
    { type: "say", room: "lobby", text: "may I?" },
    { type: "direct", to: "zoe", text: "may I?" },
    { type: "topic", room: "lobby", text: "may I?" },
  );
  await stage.ask(
    olga,
    { type: "bans" },
    { type: "mod", action: "unmute", target: "ann", room: "lobby" },
    { type: "mod", action: "unmute", target: "ann", room: "lobby" },
    { type: "mod", action: "op", target: "zoe", room: "lobby" },
  );
  const bob = await stage.raw("bob");
  await stage.ask(zoe, {
    type: "mod",
    action: "ban",
    target: "bob",
    room: "lobby",
    only: true,
    reason: "enough",
  });
  await stage.ask(bob, { type: "join", room: "lobby" });
  await stage.ask(
    olga,
    { type: "bans", room: "lobby" },
    {
      type: "mod",
      action: "ban",
      target: "bob",
      forMs: 60_000,
    },
    { type: "audit", limit: 3 },
    { type: "mod", action: "deop", target: "zoe", room: "lobby" },
  );
  await stage.ask(olga, { type: "mod", action: "kick", target: "ann", reason: "good night" });
  await stage.end(olga);
  await stage.end(zoe);
}

async function pipe(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  await stage.ask(zoe, { type: "say", room: "lobby", text: "earlier" });
  const ann = await stage.program("ann", ["connect"]);
  await ann.line("hello from a pipe");
  await stage.ask(zoe, { type: "say", room: "lobby", text: "hello ann" }, {
    type: "direct",
    to: "ann",
    text: "only for you",
  });
  await ann.line("/who is no command here");
  await stage.cut("ann");
  await stage.ask(zoe, { type: "say", room: "lobby", text: "while you were away" });
  await stage.back("ann");
  await ann.line("I am back");
  await ann.end();
  await stage.end(zoe);
}

async function send(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  const one = await stage.program("ann", ["send", "the build is done"]);
  await one.end();
  const two = await stage.program("ann", ["send", "--room", "dev", "--wait-reply", "anybody?"]);
  await stage.ask(zoe, { type: "join", room: "dev" }, {
    type: "say",
    room: "dev",
    text: "ann: yes",
  });
  await two.end();
  await stage.end(zoe);
}

async function tail(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  await stage.ask(
    zoe,
    { type: "say", room: "lobby", text: "one" },
    { type: "say", room: "lobby", text: "two" },
    { type: "join", room: "dev" },
    { type: "say", room: "dev", text: "three" },
  );
  const log = await stage.program("log", ["tail", "-n", "1", "--room", "lobby", "--room", "dev"]);
  await stage.ask(
    zoe,
    { type: "say", room: "dev", text: "four" },
    { type: "topic", room: "dev", text: "numbers" },
    { type: "say", room: "lobby", text: "five" },
  );
  await log.stop();
  await stage.end(zoe);
}

async function terminal(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  await stage.ask(zoe, { type: "say", room: "lobby", text: "hello, who comes" });
  const ann = await stage.terminal("ann", ["connect"]);
  await ann.type("good morning");
  await stage.ask(zoe, { type: "direct", to: "ann", text: "for your eyes" });
  const lines = [
    "/msg zoe thank you",
    "/me waves",
    "/who",
    "/rooms",
    "/join dev",
    "/topic what we build",
    "first",
    "/history 5",
    "/search hello",
    "/nick anna",
    "/leave",
    "/bans",
  ];
  for (const line of lines) await ann.type(line);
  await stage.ask(zoe, { type: "say", room: "lobby", text: "anna: see you" });
  await ann.type("/quit");
  await ann.end();
  await stage.end(zoe);
}

async function classic(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  const ann = await stage.program("ann", ["connect", "--classic"]);
  await ann.line("hello");
  await stage.ask(zoe, { type: "say", room: "lobby", text: "hello ann" }, {
    type: "say",
    room: "lobby",
    text: "waves",
    action: true,
  }, { type: "direct", to: "ann", text: "only for you" });
  await ann.line("/who");
  await ann.line("/msg zoe thank you");
  await ann.line("/join dev");
  await ann.line("/rooms");
  await ann.line("/topic what we build");
  await stage.ask(zoe, { type: "join", room: "dev" });
  await ann.line("is anybody here");
  await ann.end();
  await stage.end(zoe);
}

/** All that is kept, a stop in the middle, and what is left of it. */
async function upgrade(stage: Stage): Promise<void> {
  const zoe = await stage.raw("zoe");
  const olga = await stage.raw("olga");
  const ann = await stage.raw("ann");
  const eve = await stage.raw("eve");
  await stage.ask(
    zoe,
    { type: "join", room: "dev" },
    { type: "topic", room: "dev", text: "what we build" },
  );
  await stage.ask(ann, { type: "join", room: "dev" }, {
    type: "say",
    id: "u1",
    room: "dev",
    text: "one",
  });
  await stage.ask(
    zoe,
    { type: "say", room: "dev", text: "two" },
    { type: "direct", to: "ann", text: "first" },
    { type: "direct", to: "ann", text: "second" },
  );
  await stage.ask(eve, { type: "register", password: "correct battery" });
  await stage.raw("bob");
  await stage.ask(
    olga,
    { type: "mod", action: "ban", target: "bob", reason: "noise" },
    { type: "mod", action: "mute", target: "eve" },
  );
  const { epoch } = JSON.parse(
    stage.recorder.lines.find(([who, , frame]) => who === "ann" && frame?.includes("welcome"))?.[2]
      ?.slice(10) ?? "{}",
  );
  for (const [who, peer] of Object.entries({ ann, zoe, olga, eve })) await stage.cut(who, peer);
  await stage.restart();
  const later = await stage.raw("zoe");
  await stage.ask(later, { type: "join", room: "dev" });
  const { session } = ann.ready;
  const point = { epoch, seq: { lobby: 0, dev: 1 }, direct: 1 };
  const back = await stage.raw("ann", { session, resume: point });
  await stage.ask(
    back,
    { type: "say", id: "u1", room: "dev", text: "one" },
    { type: "history", room: "dev" },
    { type: "search", query: "two" },
  );
  await stage.ask(later, { type: "direct", to: "ann", text: "third" }, {
    type: "mod",
    action: "mute",
    target: "ann",
    room: "dev",
    only: true,
  });
  const owner = await stage.raw("olga");
  await stage.ask(owner, { type: "bans" }, { type: "audit" });
  const silent = await stage.raw("eve", { login: "correct battery" });
  await stage.ask(silent, { type: "say", room: "lobby", text: "may I?" });
  // He is told why he can't come in, and nothing else.
  await stage.raw("bob").catch(() => {});
  for (const peer of [silent, owner, back, later]) await stage.end(peer);
}
