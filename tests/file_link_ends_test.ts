/** A link to a file ends with what it stands on: the device by which it was asked for. */

import { assertEquals } from "@std/assert";
import { CHEAP, LOGIN, reserve } from "./fixtures/guests.ts";
import { memoryFiles, pathTo, sendsFile, textOf } from "./fixtures/sent_files.ts";
import { joinEvent, type Json, until } from "./helpers.ts";
import { request, startWeb, type WebServer } from "./web_peer.ts";

type Peer = Awaited<ReturnType<typeof joinEvent>>;

/** A server with a file in it, which all may read, and links to it. */
class Links {
  readonly web: WebServer;
  readonly #file: Awaited<ReturnType<typeof sendsFile>>;

  constructor(web: WebServer, file: Awaited<ReturnType<typeof sendsFile>>) {
    this.web = web;
    this.#file = file;
  }

  /** A device of ann. */
  ann(more: Json = {}): Promise<Peer> {
    return joinEvent(this.web.server, "ann", { login: LOGIN, features: ["people"], ...more });
  }

  /** The path of a link that a device has asked for, which leads somewhere. */
  async of(peer: Peer): Promise<string> {
    const path = await pathTo(peer, this.#file);
    await this.assertLeads([path, 200]);
    return path;
  }

  async assertLeads(
    ...expected: ReadonlyArray<readonly [path: string, status: number]>
  ): Promise<void> {
    for (const [path, status] of expected) {
      assertEquals((await request(this.web.door, `HEAD ${path}`)).status, status);
    }
  }
}

/** A test with ann, who has an account, and otto, who may send others away. */
function linkTest(what: string, run: (links: Links) => Promise<void>): void {
  Deno.test(what, async () => {
    const options = { passwords: CHEAP, files: memoryFiles(), fileSenders: "all" } as const;
    await using web = await startWeb({}, options);
    await reserve(web.server.host.shared.house, { ann: "member", otto: "operator" });
    using otto = await joinEvent(web.server, "otto", { login: LOGIN });
    await run(new Links(web, await sendsFile(otto, { name: "plan.txt", data: textOf(1_000) })));
  });
}

/** What names a peer's device. */
function deviceOf(peer: Peer): string {
  return String(peer.ready.device);
}

linkTest("a link ends when the device that asked for it is signed out", async (links) => {
  using phone = await links.ann();
  using desk = await links.ann();
  const [onPhone, onDesk] = [await links.of(phone), await links.of(desk)];
  const answer = await desk.ask({ type: "logout", device: deviceOf(phone) });
  assertEquals(answer.type, "devices");
  await links.assertLeads([onPhone, 404], [onDesk, 200]);
  // The device that comes in anew asks for a new one.
  using again = await links.ann();
  await links.of(again);
  await links.assertLeads([onPhone, 404]);
  await desk.tell({ type: "logout" });
  await desk.takeType("bye");
  await links.assertLeads([onDesk, 404]);
});

for (
  const [what, asked] of [
    ["all others are signed out", { type: "logout", others: true }],
    ["the account gets a new password", { type: "passwd", password: "something new" }],
  ] as const
) {
  linkTest(`a link ends when ${what}, also that of a device that is away`, async (links) => {
    using desk = await links.ann();
    const onDesk = await links.of(desk);
    let away: string;
    {
      using tablet = await links.ann();
      away = await links.of(tablet);
      await tablet.tell({ type: "quit" });
      await tablet.takeType("bye");
    }
    const { registry } = links.web.server.host.shared.house.state;
    await until("the tablet has gone", () => registry.sessions.present.size === 2);
    using phone = await links.ann();
    const onPhone = await links.of(phone);
    // Whoever goes stays signed in.
    await links.assertLeads([away, 200]);
    assertEquals((await desk.ask(asked)).type === "error", false);
    await links.assertLeads([away, 404], [onPhone, 404], [onDesk, 200]);
  });
}

linkTest("a guest who is sent away has no links until there is a new session", async (links) => {
  using otto = await joinEvent(links.web.server, "otto", { login: LOGIN });
  using eve = await joinEvent(links.web.server, "eve");
  const path = await links.of(eve);
  const answer = await otto.ask({ type: "mod", action: "kick", target: "eve" });
  assertEquals(answer.type, "mod", JSON.stringify(answer));
  await eve.takeType("bye");
  await links.assertLeads([path, 404]);
});

linkTest("a link holds while its guest is cut off", async (links) => {
  let path: string;
  {
    using eve = await joinEvent(links.web.server, "eve");
    path = await links.of(eve);
  }
  const { registry } = links.web.server.host.shared.house.state;
  await until("eve is cut off", () => registry.sessions.present.size === 1);
  await links.assertLeads([path, 200]);
});
