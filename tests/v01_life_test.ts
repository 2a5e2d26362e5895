/**
 * Clients of the first version among people who answer, edit, remove, react and pin, by what was recorded
 * of them: they can read all that they are told, and it makes sense to their people.
 */

import { assertEquals } from "@std/assert";
import { FirstClient } from "./fixtures/first_client.ts";
import { CHEAP, LOGIN, logWith } from "./fixtures/guests.ts";
import { payloadOf, recording, type RecordingName } from "./fixtures/recorded.ts";
import { joinEvent, type Json, RawPeer, startServer } from "./helpers.ts";

const LIFE = { features: ["people", "life"] };
const LOBBY = { room: "lobby" };

/** What somebody was recorded to send. */
async function sentBy(name: RecordingName, who: string): Promise<string[]> {
  const lines = await recording(name);
  return lines.flatMap(([by, step, frame]) =>
    by === who && step === "sent" && frame !== undefined ? [frame] : []
  );
}

/** The frames among these that ask for something of this type. */
function asking(frames: readonly string[], type: string): string[] {
  return frames.filter((frame) => payloadOf(frame).includes(`"type":"${type}"`));
}

/** Somebody of today does all that can be done, in a room or alone with somebody. */
async function live(zoe: RawPeer, place: Json): Promise<void> {
  const type = "room" in place ? "say" : "direct";
  const asks = async (request: Json): Promise<Json> => {
    const answer = await zoe.ask(request);
    assertEquals(answer.type, "ack", JSON.stringify(answer));
    return answer;
  };
  const { seq: re, chat } = await asks({ type, ...place, text: "lunch at on?" });
  const log = chat === undefined ? place : { chat };
  const { seq: spam } = await asks({ type, ...place, text: "spam" });
  await asks({ type: "revise", ...log, re, text: "lunch at one?" });
  await asks({ type: "react", ...log, re, key: "👍" });
  await asks({ type: "revise", ...log, re: spam, text: "more spam" });
  await asks({ type: "remove", ...log, re: spam, reason: "ads" });
  if (type === "say") await asks({ type: "pin", ...log, re });
  await asks({ type, ...place, text: "yes", re });
  await asks({ type, ...place, text: "end" });
}

Deno.test("a client of the first version reads on while others edit, remove and react", async () => {
  const factLog = await logWith({ zoe: "owner" });
  await using server = startServer({ factLog, passwords: CHEAP });
  using zoe = await joinEvent(server, "zoe", { ...LIFE, login: LOGIN });
  const lines = await sentBy("resume", "ann");
  const [name = ""] = lines;
  const [hello = "", again = ""] = asking(lines, "hello");
  const recorded = JSON.parse(payloadOf(again));
  const here = new Map<string, string>();
  {
    using ann = await FirstClient.open(server, name);
    await ann.sends(hello);
    await live(zoe, LOBBY);
    await live(zoe, { to: "ann" });
    await ann.catchUp();
    assertEquals(ann.said, [
      ...["lunch at on?", "spam", "* lunch at one?", "* more spam", "yes", "end"],
      ...["lunch at on?", "spam", "yes", "end"],
    ]);
    const edits = ["* lunch at one?", "* more spam"].map((text) => `zoe (to you): ${text}`);
    assertEquals(ann.notices, edits);
    here.set(recorded.session, ann.ready.session).set(recorded.resume.epoch, ann.epoch);
  }
  // It comes back and has seen the first message in the lobby, and no direct one.
  using ann = await FirstClient.open(server, name);
  await ann.sends(again, here);
  await ann.catchUp();
  assertEquals(ann.said, [
    ...["lunch at one?", "yes", "end"],
    ...["* lunch at one?", "yes", "end"],
  ]);
  assertEquals(ann.notices, []);
});

Deno.test("a client of the first version reads and finds what is left of what others have changed", async () => {
  const factLog = await logWith({ zoe: "owner" });
  await using server = startServer({ factLog, passwords: CHEAP });
  using zoe = await joinEvent(server, "zoe", { ...LIFE, login: LOGIN });
  await live(zoe, LOBBY);
  await zoe.ask({ type: "say", ...LOBBY, text: "hello" });
  const lines = await sentBy("talk", "ann");
  const [name = "", hello = ""] = lines;
  using ann = await FirstClient.open(server, name);
  // It is new, and is told what was said before.
  await ann.sends(hello);
  await ann.catchUp();
  assertEquals(ann.said, ["lunch at one?", "* lunch at one?", "yes", "end", "hello"]);
  const answers: unknown[] = [];
  for (const frame of [...asking(lines, "history"), ...asking(lines, "search")].slice(0, 4)) {
    const { room: _, ...answer } = await ann.sends(frame);
    answers.push(
      answer.type === "page" ? answer.messages.map(({ text }: Json) => text) : answer.code,
    );
  }
  // The last 2, those before number 2, those of a room that is not there, and a search for hello.
  assertEquals(answers, [["end", "hello"], ["lunch at one?"], "no-such-room", ["hello"]]);
});

Deno.test("a classic client of the first version reads of edits and removals among what is said", async () => {
  const factLog = await logWith({ zoe: "owner" });
  await using server = startServer({ factLog, passwords: CHEAP });
  using zoe = await joinEvent(server, "zoe", { ...LIFE, login: LOGIN });
  using ann = await RawPeer.connect(server);
  const [name = "", hello = ""] = await sentBy("classic", "ann");
  await ann.send(name, hello);
  assertEquals((await zoe.takeType("message")).text, "hello");
  await live(zoe, LOBBY);
  const heard: string[] = [];
  while (heard.at(-1) !== "zoe: end") heard.push((await ann.takePair()).join(": "));
  assertEquals(heard, [
    ...["zoe: lunch at on?", "zoe: spam", "zoe: * lunch at one?", "zoe: * more spam"],
    ...["server: zoe removed a message: ads.", "server: zoe pinned a message; /pins shows it."],
    ...["zoe: > zoe: lunch at one? | yes", "zoe: end"],
  ]);
});
