/** The ways through the page: Back, what has the focus, and what is typed while something is under way. */

import { assertEquals } from "@std/assert";
import { CHEAP, LOGIN, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest, Person } from "./browser.ts";
import { signIn } from "./life.ts";

const PHONE = { viewport: { width: 390, height: 780 } };

browserTest("Back closes what lies over the conversation, and then goes back", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann", PHONE);
  const { page } = ann;
  await ann.say("/join dev");
  await page.locator("#title", { hasText: "# dev" }).waitFor();
  for (const [open, shown] of [["#side-open", ".side-open"], ["#people-open", ".with-people"]]) {
    await page.click(open ?? "");
    await page.waitForSelector(`#chat${shown}`);
    await page.goBack();
    await page.waitForSelector(`#chat:not(${shown})`);
    await becomes(() => page.textContent("#title"), "# dev");
  }
  await page.goBack();
  await page.locator("#title", { hasText: "# lobby" }).waitFor();
});

browserTest("one writes at once in a room that one has made", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  const { page } = ann;
  await page.click("#rooms-open");
  await page.locator("#dialog input").fill("nook");
  await page.keyboard.press("Enter");
  await page.locator("#title", { hasText: "# nook" }).waitFor();
  await ann.until("document.activeElement.id === 'input'");
  await page.keyboard.type("made");
  await page.keyboard.press("Enter");
  await ann.hasSent("made");
});

browserTest(
  "a password that is typed while another one is looked at is the one that counts",
  async (people) => {
    await using web = await startWeb({}, { password: "sesame seed" });
    await using proxy = new Proxy({ addr: { transport: "tcp", ...web.door.addr } });
    const ann = new Person(await people.page(proxy));
    const { page } = ann;
    await page.fill("#join-name", "ann");
    await page.press("#join-name", "Enter");
    await page.locator("#join-error", { hasText: "This server asks for a password." }).waitFor();
    proxy.hold("answers");
    await page.keyboard.type("sesame");
    await page.keyboard.press("Enter");
    await page.locator("#join-button", { hasText: "Joining…" }).waitFor();
    await page.keyboard.type(" seed");
    await page.keyboard.press("Enter");
    proxy.release();
    await ann.online();
    assertEquals(web.server.host.shared.house.present, 1);
  },
);

browserTest(
  "the list has the titles of rooms, and no invitation that was taken back",
  async (people) => {
    const factLog = await logWith({ ann: "member", eve: "member" });
    await using web = await startWeb({}, { passwords: CHEAP, factLog });
    using host = await joinEvent(web.server, "eve", { login: LOGIN });
    await host.ask({ type: "join", room: "den", access: "invite" });
    const ann = await signIn(people, web.door, "ann");
    const { page } = ann;
    await ann.say("/join nook");
    await page.locator("#title", { hasText: "# nook" }).waitFor();
    await ann.say("/room title The Nook");
    await page.locator("#rooms .label", { hasText: "The Nook" }).waitFor();
    await host.ask({ type: "invite", room: "den", name: "ann" });
    await page.locator("#invited .label", { hasText: "den" }).waitFor();
    await host.ask({ type: "uninvite", room: "den", name: "ann" });
    await page.locator("#invited .label").waitFor({ state: "detached" });
    // Whoever is put out while writing says the rest to nobody else.
    await host.ask({ type: "invite", room: "den", name: "ann" });
    await page.locator("#invited button", { hasText: "den" }).click();
    await page.locator("#title", { hasText: "# den" }).waitFor();
    await page.fill("#input", "do not tell ");
    await host.ask({ type: "uninvite", room: "den", name: "ann" });
    await page.locator("#title", { hasText: "No room" }).waitFor();
    await page.locator("#start", { hasText: /not in den any more|den/ }).waitFor();
    await page.keyboard.type("the host");
    await page.keyboard.press("Enter");
    await becomes(() => page.locator("#invited .label").count(), 0);
    await page.locator("#rooms button", { hasText: "The Nook" }).click();
    await page.locator("#title", { hasText: "The Nook" }).waitFor();
    assertEquals(await page.locator("#list .said .text").count(), 0);
  },
);
