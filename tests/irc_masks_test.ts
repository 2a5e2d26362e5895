/** Masks of bans as clients make them, and that whoever sets a mode is told it. */

import { assertEquals, assertMatch } from "@std/assert";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { listenIrc } from "../lib/irc/listen_irc.ts";
import { IrcPeer, type IrcTestServer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

/** A server with an operator of it, `root`. */
async function startWithRoot(start: () => IrcTestServer = startIrc): Promise<IrcTestServer> {
  const server = start();
  for (const name of ["root", "ann"]) await reserve(server, name);
  await server.server.host.shared.house.console(
    { type: "user", action: "add", name: "root", role: "operator" },
  );
  return server;
}

/** A client with a user name of its own. */
async function enterAs(server: IrcTestServer, nick: string, user: string): Promise<IrcPeer> {
  const peer = await IrcPeer.connect(server);
  await peer.send(`NICK ${nick}`, `USER ${user} 0 * :${nick}`);
  await peer.until(/ 422 /);
  await peer.ask("JOIN #a");
  return peer;
}

const KINDS = "A ban is of a nick, as nick!*@* or *!*@NICK.member";

Deno.test("irc: a mask that means one person here is a ban of that one", async () => {
  await using server = await startWithRoot();
  using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a"] });
  using _ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD });
  using _eve = await enterAs(server, "eve", "eve");
  using _bob = await enterAs(server, "bob", "shared");
  using _rob = await enterAs(server, "rob", "shared");
  await root.sync();
  const set = async (mask: string): Promise<string> =>
    (await root.ask(`MODE #a ${mask}`)).find((line) => / (MODE|696) /.test(line)) ?? "";
  const meant = {
    // As irssi makes them of a guest and of the owner of a name, and others by nick, user and host.
    "*!*eve@guest": "eve",
    "*!~eve@*": "eve",
    "ev?!*@*": "eve",
    "eve!*@guest": "eve",
    "*!*@ann.member": "ann",
    "*!*ann@ann.member": "ann",
    "ann!*@ann.member": "ann",
    "*!*ann@*": "ann",
    "m:*!*eve@guest": "eve",
  };
  for (const [mask, nick] of Object.entries(meant)) {
    const listed = `${mask.startsWith("m:") ? "m:" : ""}${nick}!*@*`;
    assertEquals(await set(`+b ${mask}`), `:root!~root@root.member MODE #a +b ${listed}`);
    assertEquals(await set(`-b ${listed}`), `:root!~root@root.member MODE #a -b ${listed}`);
  }
  const refused = {
    "*!*@guest": "That would be all guests; ban one by nick, as nick!*@*",
    "*!~*@guest": "That would be all guests; ban one by nick, as nick!*@*",
    "*!*shared@guest": "That would be bob, rob; ban one by nick, as bob!*@*",
    "*!*nobody@guest": `Nobody here is meant by that. ${KINDS}`,
    "*!*@*.member": KINDS,
    "*!*@10.0.0.1": KINDS,
    "ann!*@eve.member": KINDS,
    "*!*@*": KINDS,
  };
  for (const [mask, why] of Object.entries(refused)) {
    assertEquals(await set(`+b ${mask}`), `:irc.test 696 root #a b ${mask} :${why}`);
  }
});

Deno.test("irc: whoever sets a mode is told it once, in the room or not, with a disk or without", async () => {
  await using dir = await makeDir();
  const stored = await startStored(dir.path);
  await using _stored = stored;
  const start = (): IrcTestServer => {
    const irc = listenIrc(stored.host, { hostname: "127.0.0.1", port: 0, name: "irc.test" });
    return {
      server: stored,
      irc,
      [Symbol.asyncDispose]: () => irc[Symbol.asyncDispose](),
    };
  };
  for (const how of [startIrc, start]) {
    await using server = await startWithRoot(how);
    using root = await IrcPeer.enter(server, "root", { pass: PASSWORD, rooms: ["#a"] });
    using other = await IrcPeer.enter(server, "x", { pass: `root:${PASSWORD}`, rooms: ["#a"] });
    using eve = await IrcPeer.enter(server, "eve", { rooms: ["#b"] });
    using _ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#a"] });
    await root.sync();
    await other.sync();
    for (const mode of ["+m", "-m", "+i", "-i", "+s", "-s", "+t", "-t", "+o ann", "-o ann"]) {
      await root.expect(`MODE #a ${mode}`, `:root!~root@root.member MODE #a ${mode}`);
      assertEquals(await root.sync(), [], mode);
      assertMatch((await other.sync()).join(), new RegExp(`^\\S+ MODE #a \\${mode}$`));
    }
    await root.expect("MODE #a +b cat!*@*", ":root!~root@root.member MODE #a +b cat!*@*");
    await root.expect(
      "MODE #a +im-i",
      ":root!~root@root.member MODE #a +i",
      ":root!~root@root.member MODE #a +m",
      ":root!~root@root.member MODE #a -i",
    );
    await root.expect("MODE #b +m", ":root!~root@root.member MODE #b +m");
    assertMatch((await eve.sync()).at(-1) ?? "", /MODE #b \+m$/);
    // What does not hold is not taken, and nothing else is.
    await root.expect("MODE #a +s", ":root!~root@root.member MODE #a +s");
    await root.expect("MODE #a -i");
    await root.expect("MODE #a", ":irc.test 324 root #a +mns");
  }
});
