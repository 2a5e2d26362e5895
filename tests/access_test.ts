/** Who may come in and who may do what: each command and each refusal, at both doors. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { LOGIN } from "./fixtures/guests.ts";
import { atEachDoor, expect, type Scenario } from "./fixtures/scenario.ts";

const STAFF = { owner: "owner", root: "owner", oper: "operator", olaf: "operator" } as const;

const SCENARIOS: readonly Scenario[] = [
  {
    what: "a server with a password lets in only who knows it",
    options: { password: "open sesame" },
    async play({ enter, refused }): Promise<void> {
      await refused("ann", "A password is needed here");
      using ann = await enter("ann", { password: "open sesame" });
      await expect(ann, "/who", "1 person in lobby: ann");
      await refused("bob", "That is not this server's password", { password: "open" });
      await refused("bob", "try again in 1 s", { password: "open sesame" });
      await expect(ann, "/who", "1 person in lobby: ann");
    },
  },
  {
    what: "a name is reserved, is its owner's alone, and is given back",
    async play({ enter, refused }): Promise<void> {
      {
        using bob = await enter("bob");
        await expect(bob, "/passwd something new", "You have not reserved your name");
        await expect(bob, "/unregister", "You have not reserved your name");
        await expect(bob, "/register", "/register needs a password");
        await expect(bob, "/register short", "A password has 8 to 256 characters");
        await expect(bob, `/register ${"x".repeat(257)}`, "A password has 8 to 256 characters");
        await expect(bob, `/register ${LOGIN}`, "The name bob is yours now");
        await expect(bob, `/register ${LOGIN}`, "bob is reserved for you");
        await expect(bob, "/passwd short", "A password has 8 to 256 characters");
        await expect(bob, "/passwd correct cow", "bob has another password now");
        await refused("bob", "The name bob is reserved");
        await refused("BOB", "The name BOB is reserved");
        await refused("b\u043eb", "looks like bob, which is reserved");
      }
      await refused("bob", "The name bob is reserved");
      {
        using bob = await enter("bob", { login: "correct cow" });
        await expect(bob, "/login correct cow", "You are bob.");
        await expect(bob, "/unregister", "The name bob is anybody's again");
      }
      using bob = await enter("bob");
      await expect(bob, "/login correct cow", "Nobody has reserved the name bob");
    },
  },
  {
    what: "a wrong password of a name makes the next try wait",
    roles: STAFF,
    async play({ refused }): Promise<void> {
      await refused("owner", "That is not the password of owner", { login: "wrong horse" });
      await refused("owner", "try again in 1 s", { login: LOGIN });
    },
  },
  {
    what: "a guest takes a reserved name by its password, beside whoever has it",
    roles: STAFF,
    async play({ enter }): Promise<void> {
      using first = await enter("owner", { login: LOGIN });
      using guest = await enter("guest");
      await expect(guest, "/nick owner", "The name owner is reserved");
      await expect(guest, `/login ${LOGIN}`, "You are owner, owner.");
      await expect(first, "/who", "1 person in lobby: owner");
      await expect(guest, "/nick guest", "You are guest now");
      await expect(guest, "/audit", "You are a member here");
    },
  },
  {
    what: "a limit of names, and of names from one address, holds",
    options: { limits: { accounts: 2, registrationsPerHour: 3 } },
    async play({ enter }): Promise<void> {
      using ann = await enter("ann");
      using bob = await enter("bob");
      using eve = await enter("eve");
      await expect(ann, `/register ${LOGIN}`, "is yours now");
      await expect(bob, `/register ${LOGIN}`, "is yours now");
      await expect(eve, `/register ${LOGIN}`, "The server keeps 2 names, its limit");
      await expect(bob, "/unregister", "anybody's again");
      await expect(bob, `/register ${LOGIN}`, "is yours now");
      await expect(bob, "/unregister", "anybody's again");
      await expect(bob, `/register ${LOGIN}`, "Your address has reserved many names");
    },
  },
  {
    what: "a line that may hold a password is not said",
    async play({ enter }): Promise<void> {
      using ann = await enter("ann");
      using bob = await enter("bob");
      for (
        const line of [
          " /login secret",
          "\t/register secret",
          "\u200b/LOGIN secret",
          "//passwd secret",
          "/ login secret",
          "\uff0flogin secret",
          "hello\n/login secret",
        ]
      ) {
        const answer = await bob.types(line);
        if (line !== "/ login secret") assertStringIncludes(answer, "Not said", line);
        assertEquals(answer.includes("secret"), false, line);
      }
      await bob.says("this is");
      assertEquals(await ann.hears(), "bob: this is");
    },
  },
  {
    what: "somebody is sent away, and told by whom and why",
    roles: STAFF,
    async play({ enter }): Promise<void> {
      using oper = await enter("oper", { login: LOGIN });
      using bob = await enter("bob");
      await expect(oper, "/kick", "/kick needs a name");
      await expect(oper, "/kick nobody", "Nobody here is called nobody");
      await expect(oper, "/kick bob no shouting", "bob was sent away: no shouting; the address is");
      assertStringIncludes(await bob.ending(), "You were sent away by oper: no shouting.");
      await expect(oper, "/audit 1", "oper: kick bob (no shouting)");
      await expect(oper, "/audit 0", "from 1 to 200, not 0");
    },
  },
  {
    what: "nobody acts on somebody of equal or higher rank, nor a member on anybody",
    roles: STAFF,
    async play({ enter }): Promise<void> {
      using owner = await enter("owner", { login: LOGIN });
      using oper = await enter("oper", { login: LOGIN });
      using bob = await enter("bob");
      for (const deed of ["kick", "ban", "mute"]) {
        await expect(bob, `/${deed} oper`, `You are a member here, and may not ${deed}`);
        await expect(
          oper,
          `/${deed} olaf`,
          `olaf is an operator, and an operator may not ${deed} an operator`,
        );
        await expect(
          oper,
          `/${deed} owner`,
          `owner is an owner, and an operator may not ${deed} an owner`,
        );
        await expect(oper, `/${deed} oper`, `oper is an operator, and an operator may not`);
        await expect(
          owner,
          `/${deed} root`,
          `root is an owner, and an owner may not ${deed} an owner`,
        );
      }
      await expect(owner, "/deop root", "root is an owner, and an owner may not deop an owner");
      await expect(oper, "/deop olaf", "may not deop");
      for (const list of ["/bans", "/audit"]) await expect(bob, list, "You are a member here");
      await expect(owner, "/unregister", "An owner's name stays reserved");
    },
  },
  {
    what: "who is banned is cut off, kept out until the ban ends, and told why",
    roles: STAFF,
    async play({ enter, refused }): Promise<void> {
      using oper = await enter("oper", { login: LOGIN });
      using bob = await enter("bob");
      await expect(oper, "/bans", "Nobody is banned or muted");
      await expect(oper, "/unban bob", "There is no ban on bob");
      await expect(oper, "/ban bob 2h spam, again", "bob is banned until 2");
      const ending = await bob.ending();
      assertStringIncludes(ending, "You are banned by oper until 2");
      assertStringIncludes(ending, " UTC: spam, again.");
      await refused("bob", "You are banned by oper until 2");
      await refused("BOB", "You are banned by oper until 2");
      await refused("b\u043eb", "You are banned by oper until 2");
      using carl = await enter("carl");
      await expect(carl, "/nick bob", "You are banned by oper");
      await expect(oper, "/bans", "bob is banned until 2");
      await expect(oper, "/unban bob", "bob is not banned any more");
      using back = await enter("bob");
      await expect(back, "/who", "3 people in lobby");
      await expect(oper, `/ban bob 1h ${"x".repeat(201)}`, "A reason has at most 200 characters");
      await expect(oper, "/ban bob 900000w", "A time is at most 10 years");
    },
  },
  {
    what: "an address is banned with everybody who comes from it, but for those above",
    roles: STAFF,
    async play({ enter, refused }): Promise<void> {
      using owner = await enter("owner", { login: LOGIN });
      using oper = await enter("oper", { login: LOGIN });
      using bob = await enter("bob");
      await expect(oper, "/ban 127.0.0.1 5m", "127.0.0.1 is banned until 2");
      assertStringIncludes(await bob.ending(), "You are banned by oper until 2");
      await refused("carl", "You are banned by oper until 2");
      await expect(oper, "/unban 127.0.0.1", "127.0.0.1 is not banned any more");
      await expect(owner, "/ban 192.0.2.7", "192.0.2.7 is banned");
      await expect(owner, "/ban 2001:db8:1:2:3::4", "2001:db8:1:2::/64 is banned");
      await expect(owner, "/unban 2001:db8:1:2::/64", "2001:db8:1:2::/64 is not banned any more");
      await expect(owner, "/unban 192.0.2.7", "192.0.2.7 is not banned any more");
      for (const range of ["192.0.2.7/32", "2001:db8::/32", "192.0.2.*", "192.0.2.1-192.0.2.9"]) {
        for (const action of ["ban", "unban", "mute", "unmute", "kick"]) {
          await expect(owner, `/${action} ${range}`, `${range} is a range of addresses`);
        }
      }
      await expect(owner, "/unban 192.0.2.7", "There is no ban on 192.0.2.7");
      await expect(oper, "/who", "2 people in lobby");
      await refused("owner", "is reserved");
    },
  },
  {
    what: "who is muted says nothing to anybody, under no other name, until that ends",
    roles: STAFF,
    async play({ enter }): Promise<void> {
      using oper = await enter("oper", { login: LOGIN });
      using bob = await enter("bob");
      await expect(oper, "/mute bob 1h too loud", "bob is muted until 2");
      assertStringIncludes(await bob.told(), "You were muted by oper until 2");
      for (const line of ["hello", "/me waves", "/msg oper hi", "/topic mine", "/nick bobby"]) {
        await expect(bob, line, "You are muted by oper until 2");
      }
      await expect(bob, `/register ${LOGIN}`, "You are muted by oper until 2");
      await expect(oper, "/bans", "bob is muted until 2");
      await expect(oper, "/unmute bob", "bob may speak again");
      assertEquals(await bob.told(), "You may speak again.");
      await expect(oper, "/unmute bob", "There is no mute on bob");
      await bob.says("hello again");
      assertEquals(await oper.hears(), "bob: hello again");
    },
  },
  {
    what: "an owner makes operators and unmakes them",
    roles: STAFF,
    async play({ enter }): Promise<void> {
      using owner = await enter("owner", { login: LOGIN });
      using bob = await enter("bob");
      await expect(owner, "/op bob", "bob has not reserved the name");
      await expect(bob, `/register ${LOGIN}`, "is yours now");
      await expect(bob, "/bans", "You are a member here");
      await expect(owner, "/op bob", "bob is an operator now");
      assertEquals(await bob.told(), "owner made you an operator.");
      await expect(bob, "/bans", "Nobody is banned");
      await expect(owner, "/deop bob", "bob is no operator any more");
      assertEquals(await bob.told(), "owner made you a member.");
      await expect(bob, "/audit", "You are a member here");
    },
  },
  {
    what: "an operator of a room acts in that room and nowhere else",
    roles: { ...STAFF, host: "member" },
    async play({ enter }): Promise<void> {
      using oper = await enter("oper", { login: LOGIN });
      using host = await enter("host", { login: LOGIN });
      using bob = await enter("bob");
      await expect(oper, "/op #lobby host", "host is a host now (in lobby)");
      assertEquals(await host.told(), "oper made you a host of lobby.");
      await expect(host, "/mute bob", "bob is muted (in lobby)");
      await bob.told();
      await expect(bob, "hello", "You are muted in this room by host");
      await expect(host, "/unmute bob", "bob may speak again (in lobby)");
      await bob.told();
      await expect(host, "/kick #dev bob", "You are a member here, and may not kick");
      await expect(
        host,
        "/kick oper",
        "oper is an operator, and a host of the room may not kick an operator",
      );
      await expect(host, "/audit", "You are a member here");
      await expect(host, "/ban bob", "bob is banned (in lobby)");
      await expect(host, "/bans", "bob is banned in lobby");
      await expect(host, "/unban bob", "bob is not banned any more (in lobby)");
      await expect(oper, "/deop #lobby host", "host is no host any more (in lobby)");
      await host.told();
      await expect(host, "/bans", "You are a member here");
    },
  },
];

for (const scenario of SCENARIOS) atEachDoor(scenario);
