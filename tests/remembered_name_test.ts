/** Which name the client remembers for the next start: the one that the person was last on each server. */

import { assertEquals } from "@std/assert";
import { Remembered, remembering } from "../lib/cli/remembered.ts";
import { loadSettings } from "../lib/client/settings.ts";
import { FakeConversation } from "./fixtures/conversation.ts";

/** Somebody comes in, shows the password of `login` if there is one, and leaves. */
async function visit(
  dir: string,
  { server, name, login, keepsName = true, account }: {
    readonly server: string;
    readonly name: string;
    readonly login?: string;
    readonly keepsName?: boolean;
    readonly account?: string;
  },
): Promise<void> {
  const fake = new FakeConversation();
  fake.name = name;
  const conversation = remembering(fake, new Remembered(dir, () => {}), { server, keepsName });
  const over = Array.fromAsync(conversation.events);
  fake.ready(account === undefined ? {} : { account });
  fake.answer = () => {
    fake.name = login ?? name;
    return { type: "account", action: "login", name: fake.name, role: "member" };
  };
  if (login !== undefined) {
    await conversation.send({ type: "login", name: login, password: "a long one" });
  }
  fake.events.end();
  await over;
}

async function remembered(
  ...visits: ReadonlyArray<Parameters<typeof visit>[1]>
): Promise<unknown> {
  const dir = await Deno.makeTempDir();
  try {
    for (const each of visits) await visit(dir, each);
    const { name, server, names } = loadSettings(dir).settings;
    return { name, server, names };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("who comes as a guest and logs in as somebody is that one at the next start", async () => {
  assertEquals(
    await remembered({ server: "a:1", name: "guest", login: "jo smith" }),
    { name: "jo smith", server: "a:1", names: { "a:1": "jo smith" } },
  );
});

Deno.test("each server has the name that the person was last there", async () => {
  assertEquals(
    await remembered(
      { server: "a:1", name: "ann" },
      { server: "tls://b:2", name: "guest", login: "bea" },
      { server: "a:1", name: "ann" },
    ),
    { name: "ann", server: "a:1", names: { "a:1": "ann", "tls://b:2": "bea" } },
  );
});

Deno.test("a name for one run is remembered if it is reserved for the person, and else not", async () => {
  const usual = { server: "a:1", name: "ann" };
  const once = { server: "a:1", keepsName: false };
  const of = async (visit: { name: string; account?: string; login?: string }): Promise<unknown> =>
    await remembered(usual, { ...once, ...visit });
  const is = (name: string): unknown => ({ name, server: "a:1", names: { "a:1": name } });
  assertEquals(await of({ name: "deploy" }), is("ann"));
  assertEquals(await of({ name: "jo", account: "jo" }), is("jo"));
  assertEquals(await of({ name: "deploy", login: "jo" }), is("jo"));
});
