/** What is written is for the room that it was written for, whatever room the person comes to meanwhile. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { RequestError } from "../lib/client/conversation.ts";
import { LIFE, sees, seesNo, viewed } from "./fixtures/full_view.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

/** A chat in the view in which joins are answered when the test says so. */
interface SlowJoins extends Disposable {
  readonly setup: Setup;
  /** Resolves when the person has asked for a room, with what answers that. */
  readonly asked: (room: string) => Promise<{ joined: () => void; refused: () => void }>;
}

async function slowJoins(): Promise<SlowJoins> {
  const setup = await viewed({ columns: 100, mendsMs: [] });
  const { conversation } = setup;
  conversation.welcome = LIFE;
  type Question = { readonly room: string; readonly answer: (answer: Event | Error) => void };
  const questions: Question[] = [];
  let come = Promise.withResolvers<void>();
  const usual = conversation.answer;
  conversation.answer = (request: Request) => {
    if (request.type !== "join") return usual(request);
    const { promise, resolve } = Promise.withResolvers<Event | Error>();
    questions.push({ room: request.room, answer: resolve });
    come.resolve();
    return promise as Promise<Event>;
  };
  const asked: SlowJoins["asked"] = async (room) => {
    for (;;) {
      const at = questions.findIndex((each) => each.room === room);
      const [question] = at < 0 ? [] : questions.splice(at, 1);
      if (question !== undefined) {
        const { answer } = question;
        return {
          joined: () => answer({ type: "joined", id: "1", room, name: "me" }),
          refused: () => answer(new RequestError("banned", `No ${room} for you.`)),
        };
      }
      come = Promise.withResolvers();
      await come.promise;
    }
  };
  return { setup, asked, [Symbol.dispose]: () => setup[Symbol.dispose]() };
}

/** Asks for a room by the switcher that offers it since it was known before. */
async function switchTo({ setup: { io }, setup, asked }: SlowJoins, room: string): ReturnType<
  SlowJoins["asked"]
> {
  io.type("\x1bk");
  await sees(setup, /go to>/);
  io.type(room);
  await sees(setup, new RegExp(`${room} {2}join`));
  io.type("\r");
  return await asked(room);
}

/** Enters and leaves rooms, which are known then. */
async function know({ setup, asked }: SlowJoins, ...rooms: string[]): Promise<void> {
  for (const room of rooms) {
    setup.io.type(`/join ${room}\r`);
    (await asked(room)).joined();
    await sees(setup, new RegExp(`${room}>`));
    setup.io.type("/leave\r");
    await seesNo(setup, new RegExp(`${room}>`));
  }
  setup.io.type("/room lobby\r");
  await sees(setup, /lobby>/);
}

async function row({ io }: Setup, text: string): Promise<void> {
  await io.until(() => io.screen.cursorRow.trimEnd().endsWith(text), text);
}

function said({ sent }: Setup): string[] {
  return sent.flatMap((each) => each.type === "say" ? [`${each.room}: ${each.text}`] : []);
}

Deno.test("a draft stays with its room when the switcher joins another one, and what follows is for that", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  await know(slow, "tea");
  io.type("secret of the lobby");
  await row(setup, "lobby> secret of the lobby");
  const tea = await switchTo(slow, "tea");
  io.type("milk");
  await row(setup, "> milk");
  tea.joined();
  await row(setup, "tea> milk");
  io.type("?\r");
  await io.expect("<me> milk?");
  io.type("\x1b1");
  await row(setup, "lobby> secret of the lobby");
  assertEquals(said(setup), ["tea: milk?"]);
});

Deno.test("where the room lets nobody in, the draft of the room that was left is in the row again", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  await know(slow, "tea");
  io.type("secret of the lobby");
  await row(setup, "lobby> secret of the lobby");
  const tea = await switchTo(slow, "tea");
  io.type("milk");
  await row(setup, "> milk");
  tea.refused();
  await sees(setup, /A line was typed before the answer came/);
  await row(setup, "lobby> milk");
  io.type("\x03");
  await row(setup, "lobby> secret of the lobby");
  assertEquals(said(setup), []);
});

Deno.test("with two rooms asked for at once, a line is said in the one that was asked for before it", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  await know(slow, "tea", "sea");
  const tea = await switchTo(slow, "tea");
  io.type("only tea\r");
  const sea = await switchTo(slow, "sea");
  io.type("only sea\rand mo");
  await row(setup, "> and mo");
  tea.joined();
  await row(setup, "tea> and mo");
  await io.until(() => said(setup).length === 1, "the first one");
  sea.joined();
  await row(setup, "sea> and mo");
  await io.until(() => said(setup).length === 2, "both");
  assertEquals(said(setup), ["tea: only tea", "sea: only sea"]);
});

Deno.test("what is typed for a room that was asked for waits there while something else is looked at", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  io.type("/join tea\rfor tea");
  await row(setup, "> for tea");
  const tea = await slow.asked("tea");
  io.type("\x1b2");
  await row(setup, "dev>");
  io.type("for dev\r");
  await io.expect("<me> for dev");
  tea.joined();
  await sees(setup, /tea .*│/);
  io.type("\x1b1");
  await row(setup, "lobby>");
  io.type("/room tea\r");
  await row(setup, "tea> for tea");
  assertEquals(said(setup), ["dev: for dev"]);
});

Deno.test("an answer to a picked message is for its room, though another one was asked for", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  io.type("/join tea\rfor tea");
  await row(setup, "> for tea");
  const tea = await slow.asked("tea");
  io.type("\x1b[1;3A");
  await sees(setup, /Enter: menu/);
  io.type("r");
  await row(setup, "lobby> /re 9");
  io.type("yes\r");
  await io.until(() => said(setup).length === 1, "the answer");
  tea.joined();
  await row(setup, "tea> for tea");
  assertEquals(said(setup), ["lobby: yes"]);
});

Deno.test("what a room refuses is offered where the prompt says, and said there, though another one was asked for", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  await know(slow, "tea", "sea");
  const tea = await switchTo(slow, "tea");
  io.type("only tea\r");
  const sea = await switchTo(slow, "sea");
  io.type("for sea");
  await row(setup, "> for sea");
  tea.refused();
  await sees(setup, /A line was typed before the answer came\. It was for tea/);
  await row(setup, "lobby> only tea");
  io.type("?\r");
  await sees(setup, /<me> only tea\?/);
  sea.joined();
  await row(setup, "sea> for sea");
  io.type("\r");
  await sees(setup, /<me> for sea/);
  assertEquals(said(setup), ["lobby: only tea?", "sea: for sea"]);
});

Deno.test("lines that are offered in a room wait there, and come into the row of no other", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  io.type("/join tea\rone\rtwo\r");
  const tea = await slow.asked("tea");
  tea.refused();
  await sees(setup, /2 lines were typed before the answer came\. They were for tea/);
  await row(setup, "lobby> one");
  io.type("\x1b2");
  await row(setup, "dev>");
  io.type("for dev\r");
  await sees(setup, /<me> for dev/);
  await row(setup, "dev>");
  io.type("\x1b1");
  await row(setup, "lobby> one");
  io.type("\r");
  await row(setup, "lobby> two");
  assertEquals(said(setup), ["dev: for dev", "lobby: one"]);
});

Deno.test("what is held behind a line that leads elsewhere is offered there", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  io.type("/join tea\r/join sea\rfor sea\r");
  (await slow.asked("tea")).refused();
  await row(setup, "lobby> /join sea");
  io.type("\r");
  const sea = await slow.asked("sea");
  await row(setup, "lobby>");
  sea.joined();
  await row(setup, "sea> for sea");
  assertEquals(said(setup), []);
});

Deno.test("whoever has begun a line for a room that lets nobody in is told that it was for there", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  io.type("/join tea\rfor the people in t");
  await row(setup, "> for the people in t");
  const tea = await slow.asked("tea");
  io.type("\x1b[D");
  tea.refused();
  await sees(setup, /A line was typed before the answer came\. It was for tea/);
  io.type("s");
  await sees(setup, /lobby> for the people in st/);
});

Deno.test("whoever looks elsewhere is told where what they wrote for a room is that lets nobody in", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  io.type("/join tea\rfor tea");
  await row(setup, "> for tea");
  const tea = await slow.asked("tea");
  io.type("\x1b2");
  await row(setup, "dev>");
  tea.refused();
  await sees(setup, /What you wrote for tea is above the line: Up finds it/);
  await row(setup, "dev>");
  io.type("\x1b[A");
  await row(setup, "dev> for tea");
});

Deno.test("whoever leaves is told of what they wrote for a room on the way there, and of lines that wait", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  io.type("/join pea\r/join sea\rfor sea\r");
  (await slow.asked("pea")).refused();
  await row(setup, "lobby> /join sea");
  io.type("\r");
  const sea = await slow.asked("sea");
  io.type("\x1b2");
  await row(setup, "dev>");
  io.type("/join tea\rfor tea");
  await row(setup, "> for tea");
  const tea = await slow.asked("tea");
  io.type("\x1b3");
  await row(setup, "ops>");
  io.type("\x04");
  await sees(setup, /A draft is in sea, tea; leave once more, and it is lost/);
  tea.refused();
  await sees(setup, /What you wrote for tea is above the line/);
  sea.joined();
  await sees(setup, /sea +│/);
  io.type("\x04");
  await sees(setup, /A draft is in sea; leave once more/);
  io.type("\x04");
  assertEquals(await setup.code, 0);
});

Deno.test("what is refused while one leaves is told as not sent", async () => {
  using slow = await slowJoins();
  const { setup, setup: { io } } = slow;
  io.type("/join tea\rfor tea\r/quit\r");
  (await slow.asked("tea")).refused();
  assertEquals(await setup.code, 0);
  assertStringIncludes(io.written, "Not sent: for tea");
});
