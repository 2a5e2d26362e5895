/** A script's link under a reserved name: what becomes of the person of that name is not about it. */

import { assertEquals } from "@std/assert";
import { CHEAP, LOGIN, logWith } from "./fixtures/guests.ts";
import { Told } from "./fixtures/told.ts";
import { joinEvent, type RawPeer, startServer } from "./helpers.ts";
import { Proxy } from "./proxy.ts";

const WAYS: Readonly<Record<string, (ann: RawPeer) => Promise<unknown>>> = {
  "leaves the room": (ann) => ann.ask({ type: "leave", room: "dev" }),
  "goes for good": (ann) => ann.tell({ type: "quit" }),
  "takes another name": (ann) => ann.ask({ type: "rename", name: "annie" }),
};

for (const [what, happens] of Object.entries(WAYS)) {
  Deno.test(`a visitor comes back into its room after the person of its name ${what}`, async () => {
    const factLog = await logWith({ ann: "member" });
    await using server = startServer({ factLog, passwords: CHEAP });
    await using proxy = new Proxy(server);
    using ann = await joinEvent(server, "ann", { login: LOGIN });
    await ann.ask({ type: "join", room: "dev" });
    using bob = await joinEvent(server, "bob", { room: "dev" });
    await using script = new Told(proxy, {
      ...{ name: "ann", rooms: ["dev"], visitor: "numbered", secrets: { login: LOGIN } },
    });
    await script.ready();
    await happens(ann);
    await script.see("it", ({ type }) => type === "left" || type === "renamed");
    assertEquals(script.link.name, "ann");
    proxy.cut();
    await bob.ask({ type: "say", room: "dev", text: "build failed" });
    await script.see("what was missed", (e) => e.type === "message" && e.text === "build failed");
  });
}
