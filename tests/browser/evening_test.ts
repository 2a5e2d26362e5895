/**
 * An evening of one person at all doors: two browsers and two terminals, beside a script and a client in
 * Python. Then everybody goes, the server is started anew, and in the morning all is where it was.
 */

import { assert, assertEquals } from "@std/assert";
import type { BrowserContextOptions } from "playwright-core";
import { formatAddress } from "../../lib/cli/values.ts";
import { serveWeb } from "../../lib/web/serve_web.ts";
import { NO_PTY } from "../pty.ts";
import { device, leave, prompts } from "../fixtures/terminal_device.ts";
import { makeDir, startStored } from "../fixtures/stored_server.ts";
import { joinEvent } from "../helpers.ts";
import { chatroom } from "../program.ts";
import { becomes, browserTest, type People, Person, type Place } from "./browser.ts";
import { classicClient } from "./classic_client.ts";

const PASSWORD = "correct horse battery";
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** Ann signs in in a browser of her own. */
async function signIn(
  people: People,
  place: Place,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const person = new Person(await people.page(place, options));
  const { page } = person;
  await page.fill("#join-name", "ann");
  await page.press("#join-name", "Enter");
  await page.fill("#join-login-password", PASSWORD);
  await page.press("#join-login-password", "Enter");
  await person.online();
  return person;
}

/** Opens a place of the list on a phone, where the list lies over the messages. */
async function open({ page }: Person, list: "rooms" | "directs", name: string): Promise<void> {
  await page.tap("#side-open");
  await page.locator(`#${list} button`, { hasText: name }).tap();
  await page.locator("#title", { hasText: name }).waitFor();
}

browserTest(
  "an evening on two browsers and two terminals, with a script and Python beside, and the morning after",
  async (people) => {
    await using dir = await makeDir();
    await using home = await makeDir();
    await using other = await makeDir();
    const server = await startStored(dir.path);
    const web = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0 });
    const [{ port }, { port: webPort }] = [server.addr, web.addr];
    const address = formatAddress(server.addr);
    const bob = await joinEvent(server, "bob", { features: ["people"] });
    await bob.ask({ type: "register", password: PASSWORD });

    // One person comes in at four doors.
    await using desk = device(home.path, address, "--name", "ann");
    await desk.expect("You are ann in lobby");
    desk.type(`/register ${PASSWORD}\r`);
    await desk.expect("The name ann is yours now");
    await using lap = device(other.path, address, "--name", "ann");
    await lap.expect("Password of ann:");
    lap.type(`${PASSWORD}\r`);
    await lap.expect("You are ann in lobby");
    const browser = await signIn(people, web);
    const phone = await signIn(people, web, PHONE);
    const python = classicClient(port);
    while ((await bob.takeType("joined")).name !== "python");

    // What the Python client and a script say is everywhere, once.
    await python.say("hello from Python");
    const sent = await chatroom(["send", address, "--name", "robot", "the build is green"]);
    assertEquals([sent.code, sent.stderr], [0, ""]);
    for (const terminal of [desk, lap]) {
      await terminal.expect("<python> hello from Python");
      await terminal.expect("<robot> the build is green");
    }
    for (const page of [browser, phone]) await page.sees("the build is green");
    // What one device says is on the others as one's own, and reaches the Python client once.
    await phone.say("from the phone");
    for (const terminal of [desk, lap]) await terminal.expect("<ann> from the phone");
    await browser.page.locator("#list .own .text", { hasText: "from the phone" }).waitFor();
    desk.type("from the desk\r");
    await phone.sees("from the desk");
    assertEquals(await python.heard("from the desk"), [
      "robot: the build is green",
      "ann: from the phone",
      "ann: from the desk",
    ]);
    for (const page of [browser, phone]) {
      await becomes(() => page.texts(), [
        ...["hello from Python", "the build is green", "from the phone", "from the desk"],
      ]);
    }

    // In another room on all of them but the phone, what it reads is new on none of them.
    desk.type("/join dev\r");
    await prompts(desk, "dev>");
    await lap.expect("You joined dev on another device.");
    lap.type("/join dev\r");
    await prompts(lap, "dev>");
    await browser.page.locator("#rooms button", { hasText: "dev" }).click();
    await phone.page.evaluate("document.activeElement?.blur()");
    await open(phone, "rooms", "dev");
    await python.say("is anybody here?");
    for (const terminal of [desk, lap]) await prompts(terminal, "dev [lobby 1]>");
    await browser.page.locator("#rooms .badge", { hasText: "1" }).waitFor();
    await open(phone, "rooms", "lobby");
    await phone.sees("is anybody here?");
    for (const terminal of [desk, lap]) await prompts(terminal, "dev>");
    await browser.page.locator("#rooms .badge").waitFor({ state: "detached" });

    // Everybody goes. What a script then says to ann alone waits.
    await python.end();
    for (const terminal of [desk, lap]) await leave(terminal);
    const contexts = [browser, phone].map(({ page }) => page.context());
    for (const { page } of [browser, phone]) await page.goto("about:blank");
    await bob.ask({ type: "quit" }).catch(() => {});
    bob[Symbol.dispose]();
    const left = await chatroom(
      ["send", address, "--name", "bob", "--to", "ann", "call me tomorrow"],
      { env: { CHATROOM_LOGIN: PASSWORD } },
    );
    assertEquals([left.code, left.stderr], [0, "ann is not here, and will find it\n"]);
    await server.shutdown();
    await web[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();

    // In the morning nobody signs in again, and it is there on the phone and at a terminal.
    await using again = await startStored(dir.path, { port });
    await using _web = await serveWeb(again.host, { hostname: "127.0.0.1", port: webPort });
    await using morning = device(other.path);
    await morning.expect("You are ann");
    await prompts(morning, "dev [@bob 1!]>");
    assert(!morning.screen.text.includes("Password"));
    const early = new Person(await contexts[1]?.newPage() ?? phone.page);
    await early.page.goto(`http://127.0.0.1:${webPort}/`);
    await early.online();
    await open(early, "directs", "bob");
    await early.sees("call me tomorrow");
    await prompts(morning, "dev>");
    morning.type("/chat bob\r");
    await morning.expect("<bob> call me tomorrow");
    morning.type("I will\r");
    await early.page.locator("#list .own .text", { hasText: "I will" }).waitFor();
    await leave(morning);
    // And with a script of hers, under the same name.
    const tail = await chatroom(
      ["tail", address, "--name", "ann", "--room", "lobby", "--no-follow", "--raw"],
      { env: { CHATROOM_LOGIN: PASSWORD } },
    );
    assertEquals(tail.stdout.split("\n").slice(-3), ["from the desk", "is anybody here?", ""]);
  },
  NO_PTY,
);
