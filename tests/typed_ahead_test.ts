/** What is typed ahead of the answer that takes the person to another room is for that room. */

import { assertEquals } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { FakeTerminal } from "./fixtures/fake_terminal.ts";
import { viewed } from "./fixtures/full_view.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

/** A chat in the lobby, in which joins and leaves are answered one by one when the test says so. */
async function slow(
  isView: boolean,
): Promise<{ setup: Setup; next: (refused?: string) => Promise<void> }> {
  const waiting: Array<(refused?: string) => void> = [];
  let wanted = (): void => {};
  const setup = isView
    ? await viewed({ columns: 100 })
    : await Setup.online({}, new FakeTerminal(100, 24));
  const { conversation } = setup;
  const usual = conversation.answer;
  conversation.answer = (request: Request) => {
    if (request.type !== "join" && request.type !== "leave") return usual(request);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    waiting.push(resolve);
    wanted();
    return promise.then((refused) =>
      refused === undefined ? usual(request) as Event : new RequestError("banned", refused)
    );
  };
  const next = async (refused?: string): Promise<void> => {
    if (waiting.length === 0) await new Promise<void>((resolve) => wanted = resolve);
    waiting.shift()?.(refused);
  };
  return { setup, next };
}

/** What was asked, in short. */
function asked({ sent }: Setup): string[] {
  return sent.flatMap((request) => {
    if (request.type === "say") return [`${request.room}: ${request.text}`];
    return request.type === "join" || request.type === "leave"
      ? [`${request.type} ${request.room}`]
      : [];
  });
}

for (const [where, isView] of [["stream", false], ["view", true]] as const) {
  const row = async ({ io }: Setup, text: string): Promise<void> =>
    await io.until(() => io.screen.cursorRow.trimEnd().endsWith(text), text);

  Deno.test(`lines behind /join are carried out in the room, in their order, in the ${where}`, async () => {
    const { setup, next } = await slow(isView);
    using _ = setup;
    const { io } = setup;
    io.type("/join tea\rhello\r/join sea\r/join pea\r:) all\rand mo");
    await row(setup, "lobby> and mo");
    await next();
    await row(setup, "tea> and mo");
    await next();
    await row(setup, "sea> and mo");
    io.type("re");
    await next();
    await row(setup, "pea> and more");
    io.type("\r");
    await row(setup, "pea>");
    await io.until(() => asked(setup).length === 6, "all of it");
    assertEquals(asked(setup), [
      ...["join tea", "tea: hello", "join sea", "join pea", "pea: :) all", "pea: and more"],
    ]);
    io.type("\x10\x10\x10\x10\x10");
    await io.until(() => !io.screen.cursorRow.includes("pea>"), "another room");
    assertEquals(io.screen.cursorRow.trimEnd().replace(/^.*> ?/, ""), "", "nothing stayed behind");
  });

  Deno.test(`what was typed for a room that lets nobody in is said nowhere, in the ${where}`, async () => {
    const { setup, next } = await slow(isView);
    using _ = setup;
    const { io } = setup;
    io.type("/join tea\rour secret\rand another\rbegun");
    await row(setup, "lobby> begun");
    await next("You are banned from tea.");
    await io.expect("3 lines were typed before the answer came. They were for tea");
    await row(setup, "lobby> our secret");
    io.type("\x03");
    await row(setup, "lobby> and another");
    io.type("\x03");
    await row(setup, "lobby> begun");
    assertEquals(asked(setup), ["join tea"]);
  });

  Deno.test(`whoever has gone on is not taken away by the answer, in the ${where}`, async () => {
    const { setup, next } = await slow(isView);
    using _ = setup;
    const { io } = setup;
    io.type("/join dev\r");
    await next();
    await row(setup, "dev>");
    io.type("/join tea\r");
    await io.until(() => asked(setup).length === 2, "the request");
    io.type("\x1b1typing he");
    await row(setup, "lobby> typing he");
    await next();
    await io.until(
      () => setup.conversation.sent.some((r) => r.type === "who" && r.room === "tea"),
      "it",
    );
    io.type("re");
    await row(setup, "lobby> typing here");
    io.type("\r");
    await io.expect("<me> typing here");
    assertEquals(asked(setup).at(-1), "lobby: typing here");
  });

  Deno.test(`who leaves a room types ahead for the next one, in the ${where}`, async () => {
    const { setup, next } = await slow(isView);
    using _ = setup;
    const { io } = setup;
    io.type("/join dev\r");
    await next();
    await row(setup, "dev>");
    io.type("/leave\rhere again\rya");
    await row(setup, "dev> ya");
    await next();
    await io.expect("<me> here again");
    await io.until(() => !io.screen.cursorRow.includes("dev>"), "another room");
    await row(setup, "> ya");
    assertEquals(asked(setup).at(-1)?.replace(/^.*: /, ""), "here again");
    assertEquals(asked(setup).at(-1)?.startsWith("dev:"), false);
  });

  Deno.test(`leaving at once carries out what was typed ahead, in the ${where}`, async () => {
    const { setup, next } = await slow(isView);
    using _ = setup;
    const { io } = setup;
    io.type("/join tea\rhello\r/quit\r");
    await io.until(() => asked(setup).length === 1, "the request");
    await next();
    assertEquals(await setup.code, 0);
    assertEquals(asked(setup), ["join tea", "tea: hello"]);
  });
}

Deno.test("lines behind /go are for the room that it goes to", async () => {
  using setup = await viewed();
  const { io } = setup;
  io.type("/go dev\rhello\rmo");
  await io.until(() => io.screen.cursorRow.trimEnd().endsWith("dev> mo"), "the rest of it");
  await io.until(() => asked(setup).length === 1, "the message");
  assertEquals(asked(setup), ["dev: hello"]);
});
