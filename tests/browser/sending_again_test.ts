/// <reference lib="dom" />
/** Files from the page that go on after a break, that were not sent, or were refused. */

import { assert, assertEquals } from "@std/assert";
import { memoryFiles, textOf } from "../fixtures/sent_files.ts";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb } from "../web_peer.ts";
import { violations } from "./axe.ts";
import { becomes, browserTest } from "./browser.ts";
import { arrived, fileRow, hand, startFiles, TEXT } from "./sending.ts";

browserTest("who loads the page anew is told which files were not sent", async (people) => {
  const limits = { fileBytesPerSecond: 50_000 };
  await using web = await startWeb({}, { files: memoryFiles(), limits });
  const ann = await people.join(web.door, "ann");
  const { page } = ann;
  page.on("dialog", (dialog) => void dialog.accept());
  await page.locator("#attach").waitFor();
  const large = { name: "video.mp4", type: "video/mp4", data: textOf(3_000_000) };
  await hand(page, "drop", large, TEXT);
  await page.getByRole("button", { name: "Send 2 files" }).click();
  await page.getByRole("progressbar", { name: "Sending video.mp4" }).waitFor();
  await ann.until("document.querySelector('#uploads progress').value > 0");
  await page.reload();
  await ann.online();
  const told = page.locator("#list .told.error", { hasText: "video.mp4 and notes.txt were not" });
  await told.waitFor();
  // Once.
  await page.reload();
  await ann.online();
  await page.locator("#attach").waitFor();
  assertEquals(await told.count(), 0);
});

browserTest(
  "an upload goes on where it was when the connection comes back, and arrives once",
  async (people) => {
    await using web = await startFiles();
    await using proxy = new Proxy({ addr: { transport: "tcp", ...web.door.addr } });
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(proxy, "ann");
    const data = textOf(6_000_000);
    await ann.page.locator("#attach").waitFor();
    proxy.delayMs = 2;
    await hand(ann.page, "drop", { name: "long.txt", type: "text/plain", data });
    await ann.page.locator(".outgoing", { hasText: "6 MB" }).waitFor();
    await ann.page.keyboard.press("Enter");
    await ann.until(`document.querySelector("#uploads progress")?.value > 300_000`);
    proxy.refusing = true;
    proxy.cut();
    await ann.offline();
    await ann.page.locator("#uploads", { hasText: "goes on when the connection is back" })
      .waitFor();
    const value = await ann.page.evaluate(`document.querySelector("#uploads progress").value`);
    assert(Number(value) > 300_000 && Number(value) < data.length, `${value}`);
    proxy.delayMs = 0;
    proxy.refusing = false;
    await fileRow(ann, "long.txt").waitFor();
    assertEquals((await arrived(web, bob)).data, data);
    await becomes(() => ann.page.locator("#list .file").count(), 1);
  },
);

browserTest("what was refused can be sent again, or discarded", async (people) => {
  await using web = await startFiles();
  const ann = await people.join(web.door, "ann");
  await ann.page.locator("#attach").waitFor();
  await ann.say("/join dev");
  await ann.page.locator("#title", { hasText: "dev" }).waitFor();
  await hand(ann.page, "drop", TEXT);
  await ann.page.locator(".outgoing", { hasText: "notes.txt" }).waitFor();
  // Whoever is not in a room any more can't send anything there.
  await ann.page.evaluate(`document.getElementById("leave").click()`);
  await ann.page.locator("#title", { hasText: "lobby" }).waitFor();
  await ann.page.keyboard.press("Enter");
  const failed = ann.page.locator("#uploads .failed", { hasText: "notes.txt" });
  await failed.locator("small", { hasText: "Not sent." }).waitFor();
  assertEquals(await violations(ann), [], "a refusal");
  await ann.say("/join dev");
  await ann.page.locator("#title", { hasText: "dev" }).waitFor();
  await failed.getByRole("button", { name: "Try again" }).click();
  await fileRow(ann, "notes.txt").waitFor();
  await becomes(() => ann.page.locator("#uploads li").count(), 0);
});
