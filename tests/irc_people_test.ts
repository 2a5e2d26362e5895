/** What clients ask about people beside WHOIS, and how they reserve a nick: WHOWAS, INVITE, KICK and REGISTER. */

import { assertEquals, assertMatch } from "@std/assert";
import { joinEvent, until } from "./helpers.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

const NOBODY = ":There was nobody of that nick lately";

/** Comes in under a nick, with a user name, and goes. */
async function visit(
  server: Parameters<typeof IrcPeer.connect>[0],
  nick: string,
  user: string,
): Promise<void> {
  using peer = await IrcPeer.connect(server);
  await peer.send(`NICK ${nick}`, `USER ${user} 0 * :Real ${user}`);
  await peer.until(/ 422 /);
  await peer.send("QUIT :bye");
  await peer.rest();
}

Deno.test("irc: WHOWAS tells who went by a nick, the latest first, and as many as are asked for", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann");
  const end = ":irc.test 369 ann bob :End of WHOWAS";
  await ann.expect("WHOWAS bob", `:irc.test 406 ann bob ${NOBODY}`, end);
  for (const user of ["one", "two", "two"]) await visit(server, "bob", user);
  const entry = (user: string, nick = "bob"): string[] => [
    `:irc.test 314 ann ${nick} ~${user} guest * :Real ${user}`,
    `:irc.test 312 ann ${nick} irc.test chatroom`,
  ];
  await until("bob's going", () => server.server.host.shared.house.present === 1);
  await ann.expect("WHOWAS bob", ...entry("two"), ...entry("one"), end);
  await ann.expect("WHOWAS bob 1", ...entry("two"), end);
  for (const count of ["0", "-1", "2", "x"]) {
    await ann.expect(`WHOWAS bob ${count}`, ...entry("two"), ...entry("one"), end);
  }
  // Who goes by another nick now was called so, too; and as one is found, so are they here.
  using eve = await IrcPeer.enter(server, "Eve");
  await eve.ask("SETNAME :Somebody", "NICK evelyn");
  await ann.expect(
    "WHOWAS eve",
    ":irc.test 314 ann Eve ~eve guest * Somebody",
    ":irc.test 312 ann Eve irc.test chatroom",
    ":irc.test 369 ann eve :End of WHOWAS",
  );
  await ann.expect(
    "WHOWAS evelyn",
    `:irc.test 406 ann evelyn ${NOBODY}`,
    ":irc.test 369 ann evelyn :End of WHOWAS",
  );
  await ann.expect("WHOWAS", ":irc.test 431 ann :No nick was given");
});

Deno.test("irc: WHOWAS tells of no account that hides when it was here, and nothing that the muted say of themselves", async () => {
  await using server = startIrc();
  const { house } = server.server.host.shared;
  await reserve(server, "ann");
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#den"] });
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #den")).join()));
  for (const name of ["seen", "hidden"]) {
    using peer = await joinEvent(server.server, name);
    await peer.ask({ type: "register", password: PASSWORD });
    if (name === "hidden") await peer.ask({ type: "settings", hideSeen: true });
    await peer.ask({ type: "quit" }).catch(() => {});
    await until(`${name}'s going`, () => house.present === 1);
  }
  await ann.sync();
  assertMatch((await ann.ask("WHOWAS seen"))[0] ?? "", / 314 ann seen ~user seen\.member \* seen$/);
  await ann.expect(
    "WHOWAS hidden",
    `:irc.test 406 ann hidden ${NOBODY}`,
    ":irc.test 369 ann hidden :End of WHOWAS",
  );
  // It goes by what they have set now.
  for (const [name, hideSeen] of [["seen", true], ["hidden", false]] as const) {
    using peer = await joinEvent(server.server, name, { login: PASSWORD });
    await peer.ask({ type: "settings", hideSeen });
    await ann.sync();
    const [first] = await ann.ask(`WHOWAS ${name}`);
    assertMatch(
      first ?? "",
      hideSeen ? / 406 ann seen :/ : / 314 ann hidden ~user hidden\.member /,
    );
    await peer.ask({ type: "quit" }).catch(() => {});
    await until(`${name}'s going`, () => house.present === 1);
  }
  await ann.sync();
  await visit(server, "eve", "rude");
  await until("eve's going", () => house.present === 1);
  assertMatch((await ann.ask("WHOWAS eve"))[0] ?? "", / 314 ann eve ~rude guest \* :Real rude$/);
  await ann.ask("MODE #den +b m:eve");
  assertMatch((await ann.ask("WHOWAS eve"))[0] ?? "", / 314 ann eve ~user guest \* eve$/);
});

Deno.test("irc: a client reserves the nick that it goes by with REGISTER, as its dialog for that does", async () => {
  await using server = startIrc();
  using bob = await IrcPeer.enter(server, "bob", { caps: ["account-notify"], rooms: ["#den"] });
  using ann = await IrcPeer.connect(server);
  await ann.send("CAP LS 302");
  assertMatch(await ann.line(), / draft\/account-registration( |$)/);
  const failed = (code: string, account: string): RegExp =>
    new RegExp(`^:irc\\.test FAIL REGISTER ${code} ${account} :`);
  assertMatch(
    (await ann.ask("NICK ann", "REGISTER * * sesame-sesame")).join(),
    failed("COMPLETE_CONNECTION_REQUIRED", "\\*"),
  );
  await ann.send("USER ann 0 * :Ann", "CAP END");
  await ann.until(/ 422 /);
  await ann.ask("JOIN #den");
  await bob.sync();
  assertMatch(
    (await ann.ask("REGISTER eve * sesame-sesame")).join(),
    failed("ACCOUNT_NAME_MUST_BE_NICK", "eve"),
  );
  assertMatch((await ann.ask("REGISTER * * short")).join(), failed("WEAK_PASSWORD", "\\*"));
  assertMatch((await ann.ask("REGISTER ann")).join(), / FAIL REGISTER NEED_MORE_PARAMS :/);
  const told = await ann.ask("REGISTER Ann ann@example.org sesame-sesame");
  assertEquals(told.map((line) => line.replace(/ :.*/, "")), [
    ":irc.test 900 ann ann!~ann@ann.member ann",
    ":irc.test REGISTER SUCCESS ann",
  ]);
  assertEquals(await bob.sync(), [":ann!~ann@ann.member ACCOUNT ann"]);
  assertMatch(
    (await ann.ask("REGISTER * * sesame-sesame")).join(),
    failed("ALREADY_AUTHENTICATED", "\\*"),
  );
  assertMatch((await ann.ask("VERIFY ann 1234")).join(), / FAIL VERIFY INVALID_CODE ann :/);
  await ann.send("QUIT");
  await ann.rest();
  using again = await IrcPeer.enter(server, "ann", { pass: "sesame-sesame" });
  assertMatch((await again.ask("WHOIS ann"))[0] ?? "", / ann\.member /);
});

Deno.test("irc: INVITE by itself lists the channels that one was invited to and has not joined", async () => {
  await using server = startIrc();
  for (const name of ["ann", "bob"]) await reserve(server, name);
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#den"] });
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #den")).join()));
  await ann.ask("MODE #den +i");
  using bob = await IrcPeer.enter(server, "bob", { pass: PASSWORD });
  const end = ":irc.test 337 bob :End of /INVITE list";
  await bob.expect("INVITE", end);
  await ann.ask("INVITE bob #den");
  await bob.sync();
  await bob.expect("INVITE", ":irc.test 336 bob #den", end);
  // Joined by the settings of a client, as right after it came in, it is not in the list of the account.
  await bob.ask("JOIN #den");
  await bob.expect("INVITE", end);
  await bob.expect("INVITE ann", ":irc.test 461 bob INVITE :The channel is missing");
  using eve = await IrcPeer.enter(server, "eve");
  await eve.expect("INVITE", ":irc.test 337 eve :End of /INVITE list");
});

Deno.test("irc: KICK takes a channel for each nick, too", async () => {
  await using server = startIrc();
  await reserve(server, "ann");
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#den", "#dew"] });
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #dew")).join()));
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#den", "#dew"] });
  using eve = await IrcPeer.enter(server, "eve", { rooms: ["#den", "#dew"] });
  for (const each of [ann, bob, eve]) await each.sync();
  assertMatch((await ann.ask("KICK #den,#dew bob")).join(), / 461 ann KICK :/);
  await ann.expect(
    "KICK #den,#dew bob,eve :go",
    ":ann!~ann@ann.member KICK #den bob go",
    ":ann!~ann@ann.member KICK #dew eve go",
  );
  assertEquals((await bob.sync()).filter((line) => !line.includes(" NOTICE ")), [
    ":ann!~ann@ann.member KICK #den bob go",
    ":ann!~ann@ann.member KICK #dew eve go",
  ]);
});
