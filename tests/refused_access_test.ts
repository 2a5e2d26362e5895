/**
 * Every refusal of accounts and moderation, at both doors. The last test holds the list against the
 * code, so that none is added without one here.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { ACTIONS } from "../lib/chat/people/permissions.ts";
import type { Sanction } from "../lib/chat/people/records.ts";
import { type Guest, LOGIN, reserve } from "./fixtures/guests.ts";
import { atEachDoor, expect, refuses, type Scenario } from "./fixtures/scenario.ts";
import { until } from "./helpers.ts";

/** A scenario of refusals with these codes. */
interface Refusals extends Scenario {
  readonly codes: readonly string[];
}

const STAFF = { owner: "owner", oper: "operator" } as const;
const HOW = "/login PASSWORD shows that a name is yours, and what you are with it";
const DEEDS = ACTIONS.filter((action) => action !== "bans" && action !== "audit");

/** More bans than may be kept, but for none. */
function manyBans(): Sanction[] {
  return Array.from({ length: 10_000 }, (_, n): Sanction => ({
    ...{ kind: "ban", room: "", subject: "name", key: `guest ${n}`, target: `guest ${n}` },
    ...{ by: "owner", at: 0, until: 0, reason: "" },
  }));
}

const REFUSALS: readonly Refusals[] = [
  {
    what: "no password, a wrong one, and any at all while that is held against the address",
    codes: ["password-needed", "bad-password", "try-later"],
    options: { password: "open sesame" },
    async play({ refused }): Promise<void> {
      await refused("ann", "A password is needed here", {}, "password-needed");
      const wrong = { password: "open" };
      await refused("ann", "That is not this server's password", wrong, "bad-password");
      await refused("ann", "try again in 1 s", { password: "open sesame" }, "try-later");
    },
  },
  {
    what: "a reserved name without its password, at the door and inside",
    codes: ["name-reserved", "bad-login", "try-later"],
    roles: STAFF,
    async play({ enter, refused }): Promise<void> {
      await refused("owner", "The name owner is reserved", {}, "name-reserved");
      using bob = await enter("bob");
      await refuses(
        bob,
        "/nick \u043ewner",
        "name-reserved",
        "looks like owner, which is reserved",
      );
      await refuses(bob, "/nick owner", "name-reserved", "The name owner is reserved");
      await refuses(bob, "/login wrong horse", "bad-login", "not the password of owner");
      await refuses(bob, `/login ${LOGIN}`, "try-later", "try again in 1 s");
      await refused("owner", "try again in 1 s", { login: LOGIN }, "try-later");
      await expect(bob, "/who", "in lobby: bob");
    },
  },
  {
    what: "names that have no password, or that are somebody's already",
    codes: ["not-registered", "not-logged-in", "already-registered"],
    async play({ enter, house }): Promise<void> {
      using bob = await enter("bob");
      await refuses(bob, `/login ${LOGIN}`, "not-registered", "Nobody has reserved the name bob");
      await refuses(bob, `/passwd ${LOGIN}`, "not-logged-in", "You have not reserved your name");
      await refuses(bob, "/unregister", "not-logged-in", "You have not reserved your name");
      await reserve(house, { bob: "member", oper: "operator" });
      for (;;) {
        if ((await bob.told()).includes("is reserved now; you are bob-2. If it is yours, /login")) {
          break;
        }
      }
      await refuses(bob, "/unregister", "not-logged-in", "You have not reserved your name");
      await expect(bob, `/login ${LOGIN}`, "You are bob");
      await refuses(bob, `/register ${LOGIN}`, "already-registered", "bob is reserved for you");
    },
  },
  {
    what: "passwords that are too short or too long, and missing ones",
    codes: ["weak-password"],
    async play({ enter }): Promise<void> {
      using bob = await enter("bob");
      for (const command of ["register", "passwd", "login"]) {
        await expect(bob, `/${command}`, `/${command} needs a password`);
      }
      const weak = ["short", "x".repeat(257)];
      const says = "A password has 8 to 256 characters";
      for (const password of weak) {
        await refuses(bob, `/register ${password}`, "weak-password", says);
      }
      for (const password of ["bob", "B o b"]) {
        await refuses(bob, `/register ${password}`, "weak-password", "was taken for the password");
      }
      await expect(bob, `/register ${LOGIN}`, "is yours now");
      await refuses(bob, "/passwd bob", "weak-password", "was taken for the password");
      for (const password of weak) await refuses(bob, `/passwd ${password}`, "weak-password", says);
      await expect(bob, `/login ${LOGIN}`, "You are bob");
    },
  },
  {
    what: "more names than the server keeps, or than one address may reserve",
    codes: ["too-many-accounts", "try-later"],
    options: { limits: { accounts: 1, registrationsPerHour: 2 } },
    async play({ enter }): Promise<void> {
      using ann = await enter("ann");
      using bob = await enter("bob");
      await expect(ann, `/register ${LOGIN}`, "is yours now");
      await refuses(bob, `/register ${LOGIN}`, "too-many-accounts", "The server keeps 1 names");
      await expect(ann, "/unregister", "anybody's again");
      await expect(ann, `/register ${LOGIN}`, "is yours now");
      await expect(ann, "/unregister", "anybody's again");
      const line = `/register ${LOGIN}`;
      await refuses(ann, line, "try-later", "Your address has reserved many names");
    },
  },
  {
    what: "more passwords of one address than are hashed in an hour, right ones too",
    codes: ["try-later"],
    roles: STAFF,
    async play({ enter }): Promise<void> {
      using owner = await enter("owner", { login: LOGIN });
      const says = "Many passwords came from your address";
      for (const command of ["login", "passwd"]) {
        const line = `/${command} ${LOGIN}`;
        // One more may be hashed every 6 s, so the machine's speed says how many are in all.
        for (let i = 0; i < 700 && !(await owner.types(line)).includes(says);) i++;
        await refuses(owner, line, "try-later", says);
      }
    },
  },
  {
    what: "an owner's name is not given back, nor taken away",
    codes: ["last-owner", "not-allowed"],
    roles: STAFF,
    async play({ enter }): Promise<void> {
      using owner = await enter("owner", { login: LOGIN });
      await refuses(owner, "/unregister", "last-owner", "An owner's name stays reserved");
      await refuses(owner, "/deop owner", "not-allowed", "owner is an owner");
    },
  },
  {
    what: "whatever a member asks for that takes a role",
    codes: ["not-allowed"],
    async play({ enter }): Promise<void> {
      using bob = await enter("bob");
      using _eve = await enter("eve");
      for (const deed of DEEDS) {
        const says = `You are a member here, and may not ${deed}; ${HOW}.`;
        for (const whom of ["eve", "#lobby eve", "192.0.2.7", "bob"]) {
          await refuses(bob, `/${deed} ${whom}`, "not-allowed", says);
        }
        await expect(bob, `/${deed}`, `/${deed} needs a name`);
      }
      await refuses(
        bob,
        "/bans",
        "not-allowed",
        `You are a member here, and may not list bans; ${HOW}.`,
      );
      await refuses(
        bob,
        "/audit",
        "not-allowed",
        `You are a member here, and may not audit; ${HOW}.`,
      );
    },
  },
  {
    what: "whatever an operator asks for that takes an owner, or of an equal",
    codes: ["not-allowed"],
    roles: { ...STAFF, olaf: "operator", carl: "member" },
    async play({ enter }): Promise<void> {
      using oper = await enter("oper", { login: LOGIN });
      for (const deed of DEEDS) {
        for (const whom of ["olaf", "owner"]) {
          await refuses(oper, `/${deed} ${whom}`, "not-allowed", `may not ${deed}`);
          await refuses(oper, `/${deed} #lobby ${whom}`, "not-allowed", `may not ${deed}`);
        }
      }
      await refuses(oper, "/deop carl", "not-allowed", "may not deop");
    },
  },
  {
    what: "a name that is banned, at the door and inside, and a room",
    codes: ["banned"],
    roles: { ...STAFF, carl: "member" },
    async play({ enter, refused }): Promise<void> {
      using oper = await enter("oper", { login: LOGIN });
      using bob = await enter("bob");
      await refuses(bob, "/nick carl", "name-reserved", "The name carl is reserved");
      await expect(oper, "/ban carl 1h spam", "carl is banned until 2");
      const says = "You are banned by oper until 2";
      await refused("carl", says, {}, "banned");
      await refused("carl", says, { login: LOGIN }, "banned");
      await refuses(bob, "/nick carl", "banned", says);
      await refuses(bob, `/login ${LOGIN}`, "banned", says);
      using dora = await enter("dora");
      await expect(dora, "/join dev", "dev");
      await expect(oper, "/ban #dev bob no bots", "bob is banned (in dev)");
      await refuses(bob, "/join dev", "banned", "You are banned from dev by oper: no bots");
      await expect(bob, "/who", "in lobby: bob");
    },
  },
  {
    what: "whatever somebody says who is muted",
    codes: ["muted"],
    roles: STAFF,
    async play({ enter }): Promise<void> {
      using oper = await enter("oper", { login: LOGIN });
      using bob = await enter("bob");
      await expect(oper, "/mute bob", "bob is muted");
      await bob.told();
      const lines = ["hello", "/me waves", "/msg oper hi", "/topic mine", "/nick bobby"];
      for (const line of [...lines, `/register ${LOGIN}`]) {
        await refuses(bob, line, "muted", "You are muted by oper.");
      }
    },
  },
  {
    what: "deeds to nobody, for too long, and without an end of reasons",
    codes: ["no-such-name", "no-such-ban", "not-registered", "bad-name", "bad-field"],
    roles: STAFF,
    async play({ enter }): Promise<void> {
      using owner = await enter("owner", { login: LOGIN });
      using _bob = await enter("bob");
      using dora = await enter("dora");
      await expect(dora, "/join dev", "dev");
      await refuses(owner, "/kick eve", "no-such-name", "Nobody here is called eve");
      await refuses(owner, "/kick #dev bob", "no-such-name", "Nobody here is called bob");
      await refuses(owner, "/kick 192.0.2.7", "no-such-name", "Nobody here is called 192.0.2.7");
      for (const [deed, what] of [["unban", "ban"], ["unmute", "mute"]] as const) {
        for (const whom of ["bob", "#lobby bob", "192.0.2.7"]) {
          await refuses(owner, `/${deed} ${whom}`, "no-such-ban", `There is no ${what} on`);
        }
      }
      await refuses(owner, "/op bob", "not-registered", "bob has not reserved the name");
      await refuses(owner, "/op #lobby bob", "not-registered", "bob has not reserved the name");
      const reason = "x".repeat(201);
      for (const deed of DEEDS) {
        await refuses(owner, `/${deed} ${"x".repeat(65)}`, "bad-name", "There is no such name");
        await refuses(owner, `/${deed} bob ${reason}`, "bad-field", "at most 200 characters");
      }
      for (const deed of ["ban", "mute"]) {
        await refuses(owner, `/${deed} bob 900000w`, "bad-field", "A time is at most 10 years");
      }
      for (const count of ["0", "201", "many"]) {
        await expect(owner, `/audit ${count}`, `from 1 to 200, not ${count}`);
      }
    },
  },
  {
    what: "one ban more than can be kept",
    codes: ["too-many-bans"],
    roles: STAFF,
    async play({ enter, log }): Promise<void> {
      const changes = manyBans().map((sanction) => ({ type: "sanction", sanction }) as const);
      log.put({ kind: "people", changes });
      using oper = await enter("oper", { login: LOGIN });
      for (const deed of ["ban", "mute"]) {
        await refuses(oper, `/${deed} bob`, "too-many-bans", "There are 10000 bans and mutes");
      }
      await expect(oper, '/unban "guest 5"', "not banned any more");
      await expect(oper, "/ban bob", "bob is banned");
    },
  },
];

for (const scenario of REFUSALS) {
  atEachDoor({ ...scenario, what: `${scenario.what}: refused` });
}

let looked: Array<(right: boolean) => void> = [];

atEachDoor({
  what: "passwords of one address are looked at in turn, and none after a wrong one",
  roles: { ann: "member" },
  options: {
    passwords: {
      hash: (password) => Promise.resolve(password),
      matches: () => new Promise((resolve) => looked.push(resolve)),
    },
  },
  async play({ enter }): Promise<void> {
    looked = [];
    const guests: Guest[] = [];
    for (let n = 1; n <= 5; n++) guests.push(await enter(`guest${n}`));
    for (const guest of guests) await expect(guest, "/nick ann", "The name ann is reserved");
    const [first, ...others] = guests as [Guest, ...Guest[]];
    const answer = first.types(`/login ${LOGIN}`);
    await until("one that is looked at", () => looked.length === 1);
    const waiting = others.map((guest) => guest.types(`/login ${LOGIN}`));
    for (const resolve of looked) resolve(false);
    assertMatch(await answer, /not the password of ann/);
    for (const answer of await Promise.all(waiting)) assertMatch(answer, /try again in 1 s/);
    assertEquals(looked.length, 1);
    for (const guest of guests) guest[Symbol.dispose]();
  },
});

Deno.test("every code that accounts and moderation refuse with is among these", async () => {
  const thrown = new Set<string>();
  for (
    const name of [
      "answers/accounts",
      "answers/moderation",
      "judge/choose_name",
      "judge/judge_account",
      "judge/judge_mod",
      "judge/mod_action",
      "judge/target",
      "people/attempts",
      "people/keeper",
      "people/people",
      "people/sanction_text",
      "people/sanctions",
    ]
  ) {
    const url = new URL(`../lib/chat/${name}.ts`, import.meta.url);
    const code = await Deno.readTextFile(url);
    for (const [, found = ""] of code.matchAll(/new Refusal\(\s*"([a-z-]+)"/g)) thrown.add(found);
  }
  const tested = new Set(REFUSALS.flatMap(({ codes }) => codes));
  assertEquals([...thrown].sort(), [...tested].sort());
});
