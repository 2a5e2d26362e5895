/** What the event protocol hides is hidden from IRC clients too: rooms by invitation are as if there were none. */

import { assertEquals } from "@std/assert";
import { joinEvent, until } from "./helpers.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

const CAPS = [
  ...["batch", "draft/chathistory", "draft/message-redaction", "draft/multiline"],
  ...["draft/read-marker", "echo-message", "labeled-response", "message-tags", "standard-replies"],
];

/** What may be asked about a channel, for which `ROOM` stands. */
const ASKS: readonly string[] = [
  ...["NAMES ROOM", "WHO ROOM", "WHO ROOM %tcuhsnfar", "LIST ROOM", "LIST", "MODE ROOM"],
  ...["LIST ROOM*", "LIST !ROOM", "INVITE"],
  ...["MODE ROOM b", "MODE ROOM +b", "MODE ROOM +i", "MODE ROOM -i", "MODE ROOM +o ann"],
  ...["MODE ROOM +b bob!*@*", "MODE ROOM +k x", "TOPIC ROOM", "TOPIC ROOM :x", "PART ROOM"],
  ...["KICK ROOM ann", "KICK ROOM nobody", "INVITE ann ROOM", "INVITE nobody ROOM"],
  ...[
    "PRIVMSG ROOM :x",
    "PRIVMSG ROOM,ROOM :x",
    "NOTICE ROOM :x",
    "PRIVMSG ROOM :\x01ACTION x\x01",
  ],
  ...["TAGMSG ROOM", "@+typing=active TAGMSG ROOM", "MARKREAD ROOM"],
  "MARKREAD ROOM timestamp=2020-01-01T00:00:00.000Z",
  "@+draft/react=x;+draft/reply=ID TAGMSG ROOM",
  "REDACT ROOM ID",
  "REDACT ROOM ID :x",
  ...["LATEST ROOM * 10", "BEFORE ROOM msgid=ID 10", "AFTER ROOM msgid=ID 10"].map((each) =>
    `CHATHISTORY ${each}`
  ),
  ...["AROUND ROOM msgid=ID 10", "BETWEEN ROOM msgid=ID timestamp=2020-01-01T00:00:00.000Z 10"]
    .map((each) => `CHATHISTORY ${each}`),
  "CHATHISTORY LATEST ROOM timestamp=2020-01-01T00:00:00.000Z 10",
  "CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00Z timestamp=2100-01-01T00:00:00Z 10",
  ...[
    "WHOIS ann",
    "WHOIS ROOM",
    "WHO ann",
    "WHO *",
    "USERHOST ann",
    "ISON ann ROOM",
    "PRIVMSG ann :x",
  ],
  "BATCH +1 draft/multiline ROOM\r\n@batch=1 PRIVMSG ROOM :x\r\nBATCH -1",
  ...["NAMES ROOM,#open", "MODE #\uff32ROOM", "WHO ROOM o"],
];

Deno.test("irc: of a room by invitation nothing is told that is not told of one that there is not", async () => {
  await using server = startIrc();
  for (const name of ["ann", "bob"]) await reserve(server, name);
  using ann = await IrcPeer.enter(server, "ann", {
    pass: PASSWORD,
    caps: CAPS,
    rooms: ["#open", "#hid"],
  });
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #hid")).join()));
  await ann.ask("MODE #hid +i", "TOPIC #hid :about");
  const [said = ""] = await ann.ask("PRIVMSG #hid :secret");
  const id = /msgid=([^; ]+)/.exec(said)?.[1] ?? "";
  assertEquals(/^1\.\w+\.#hid$/.test(id.replace(/^\d+/, "1")), true, said);
  using page = await joinEvent(server.server, "ann", { login: PASSWORD, room: "hid" });
  await page.ask({ type: "say", room: "hid", text: "more" });
  using bob = await IrcPeer.enter(server, "bob", { pass: PASSWORD, caps: CAPS, rooms: ["#open"] });
  using gus = await IrcPeer.enter(server, "gus", { caps: CAPS, rooms: ["#open"] });
  for (const asker of [bob, gus]) {
    await asker.sync();
    for (const ask of ASKS) {
      const answers = async (room: string): Promise<string> => {
        const line = ask.replaceAll("ROOM", `#${room}`).replace("ID", id.replace("hid", room));
        const lines = await asker.ask(line);
        return lines.join("\n").replaceAll(room, "ROOM")
          .replace(/(?:time|msgid)=[^; ]+;?/g, "").replace(/BATCH ([+-])\d+/g, "BATCH $1")
          .replace(/batch=\d+/g, "batch").replace(/ 317 .*/g, "");
      };
      assertEquals(await answers("hid"), await answers("non"), ask);
    }
    // Only that its name is taken is told, as by the event protocol.
    assertEquals(
      (await asker.ask("JOIN #hid")).map((line) => line.split(" ")[1]),
      ["473"],
    );
  }
  // And nothing of what was tried was heard there.
  assertEquals((await ann.sync()).filter((line) => /#hid/.test(line) && !/:ann!/.test(line)), []);
});

Deno.test("irc: as many rooms are told as a list of rooms has for whoever asks", async () => {
  await using server = startIrc();
  await reserve(server, "ann");
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD });
  using bob = await IrcPeer.enter(server, "bob");
  const channels = async (peer: IrcPeer): Promise<number> =>
    Number(/ 254 \S+ (\d+) /.exec((await peer.ask("LUSERS")).join("\n"))?.[1]);
  const before = await channels(ann);
  await ann.ask("JOIN #a,#b,#c");
  assertEquals([await channels(ann), await channels(bob)], [before + 3, before + 3]);
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #c")).join()));
  await ann.ask("MODE #a +i", "MODE #b +s");
  assertEquals([await channels(ann), await channels(bob)], [before + 3, before + 1]);
});

Deno.test("irc: what the house advises is told in the words of IRC", async () => {
  await using server = startIrc();
  await reserve(server, "ann");
  const caps = ["standard-replies"];
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#hid"], caps });
  await until("ann's being a host", async () => /@ann/.test((await ann.ask("NAMES #hid")).join()));
  await ann.ask("MODE #hid +i", "PRIVMSG #hid :secret");
  await ann.expect(
    "MODE #hid -i",
    ":irc.test FAIL MODE WOULD_REVEAL #hid :1 message was said in hid by invitation only, and " +
      "everybody could read that; no mode does that, but /room access open reveal on the page or " +
      "in the terminal.",
  );
  await ann.expect("MODE #hid", ":irc.test 324 ann #hid +in");
  using gus = await IrcPeer.enter(server, "gus", { rooms: ["#a"] });
  await gus.expect(
    "PRIVMSG #none :x",
    ":irc.test 403 gus #none :There is no room none; /list lists them",
  );
  await gus.expect(
    "PRIVMSG NickServ :DROP",
    ":NickServ!NickServ@irc.test NOTICE gus :You have not reserved your name; " +
      "/msg NickServ REGISTER PASSWORD does.",
  );
  using eve = await IrcPeer.enter(server, "eve");
  await eve.expect(
    "PRIVMSG #a :x",
    ":irc.test 404 eve #a :You are not in a; /join #a first",
  );
});
