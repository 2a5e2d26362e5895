/** Questions with choices on the page: a button for each, by mouse and by keys, and who has answered what. */

import { assertEquals, assertMatch } from "@std/assert";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest } from "./browser.ts";
import { ROOM, rowOf } from "./life.ts";

browserTest(
  "a question has a button for each choice until somebody has answered",
  async (people) => {
    await using web = await startWeb();
    using ci = await joinEvent(web.server, "ci", { features: ["people", "life", "ask"] });
    const ann = await people.join(web.door, "ann");
    const bob = await people.join(web.door, "bob");
    const ask = { choices: ["yes", "no"] };
    const { seq: re } = await ci.ask({ type: "say", ...ROOM, text: "deploy?", ask });
    for (const person of [ann, bob]) await person.sees("deploy?");
    const buttons = (of: typeof ann) =>
      rowOf(of, "deploy?").getByRole("button", { name: /^Answer / });
    await buttons(ann).nth(1).waitFor();
    assertEquals(await buttons(ann).allTextContents(), ["yes", "no"]);
    await buttons(ann).nth(1).click();
    for (const person of [ann, bob]) {
      await becomes(() => buttons(person).count(), 0);
      await rowOf(person, "deploy?").getByRole("group", { name: /^Question of ci/ }).waitFor();
      assertMatch(await rowOf(person, "deploy?").textContent() ?? "", /ann: no/);
    }
    const { choice } = await ci.takeType("answered");
    assertEquals([re, choice], [1, "no"]);
    // Who comes later, or comes back, reads the same.
    await bob.page.reload();
    await bob.online();
    await rowOf(bob, "deploy?").waitFor();
    await becomes(
      async () => /ann: no/.test(await rowOf(bob, "deploy?").textContent() ?? ""),
      true,
    );
    assertEquals(await buttons(bob).count(), 0);
  },
);

browserTest(
  "who may not answer is told so, and a question is answered with the keyboard",
  async (people) => {
    await using web = await startWeb();
    using ci = await joinEvent(web.server, "ci", { features: ["people", "life", "ask"] });
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    await ci.ask({
      type: "say",
      ...ROOM,
      text: "restart?",
      ask: { choices: ["yes"], role: "operator" },
    });
    await ann.sees("restart?");
    await rowOf(ann, "restart?").getByRole("button", { name: "Answer yes" }).click();
    await page.getByText("Nobody may answer but who has the role operator").first().waitFor();
    await ci.ask({ type: "say", ...ROOM, text: "lunch?", ask: { choices: ["soup", "salad"] } });
    await ann.sees("lunch?");
    const soup = rowOf(ann, "lunch?").getByRole("button", { name: "Answer soup" });
    await soup.waitFor();
    await soup.focus();
    await page.keyboard.press("Enter");
    assertEquals((await ci.takeType("answered")).choice, "soup");
  },
);
