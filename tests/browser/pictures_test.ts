/// <reference lib="dom" />
/** What was sent is seen on the page: the whole of a picture, all files of a room, links that are over. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { memoryFiles, sendsFile, textOf } from "../fixtures/sent_files.ts";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { violations } from "./axe.ts";
import { becomes, browserTest } from "./browser.ts";

/** A picture as the browser makes it. */
async function png(page: Page, width: number, height: number): Promise<Uint8Array> {
  const base64 = await page.evaluate(([width, height]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d")?.fillRect(0, 0, width / 2, height);
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  }, [width, height] as const);
  return Uint8Array.fromBase64(base64);
}

browserTest(
  "the whole of a picture opens over the page, and the focus goes back to it",
  async (people) => {
    await using web = await startWeb({}, { files: memoryFiles() });
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    await page.locator("#attach").waitFor();
    for (const [name, width] of [["a.png", 1_200], ["b.png", 300]] as const) {
      await sendsFile(bob, { name, data: await png(page, width, 200), text: `this is ${name}` });
    }
    const first = page.getByRole("button", { name: "Open the picture a.png" });
    await first.focus();
    await page.keyboard.press("Enter");
    const whole = page.locator("#picture img");
    await page.locator("#picture-title", { hasText: "a.png" }).waitFor();
    await whole.evaluate((image: HTMLImageElement) => image.decode());
    await becomes(() => whole.evaluate((image: HTMLImageElement) => image.naturalWidth), 1_200);
    const box = await whole.boundingBox();
    assert(box !== null && box.width > 416, `${box?.width}`);
    assertEquals(await violations(ann), [], "a whole picture");
    await page.keyboard.press("ArrowRight");
    await page.locator("#picture-title", { hasText: "b.png" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.locator("#picture-title", { hasText: "a.png" }).waitFor();
    const saving = page.waitForEvent("download");
    await page.locator("#picture").getByRole("button", { name: "Save" }).click();
    assertEquals((await saving).suggestedFilename(), "a.png");
    await page.keyboard.press("Escape");
    await page.locator("#picture").waitFor({ state: "detached" });
    await becomes(() => first.evaluate((box) => box === document.activeElement), true);
  },
);

browserTest(
  "a picture asks for another link when its own leads nowhere, and tells when it is gone",
  async (people) => {
    await using web = await startWeb({}, { files: memoryFiles() });
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    await page.locator("#attach").waitFor();
    let asked = 0;
    // As if the first link had been over.
    await page.route("**/file/**", async (route) => {
      if (asked++ === 0) await route.fulfill({ status: 403, body: "over" });
      else await route.continue();
    });
    const data = await png(page, 300, 200);
    await sendsFile(bob, { name: "a.png", data });
    await ann.until(`document.querySelector("#list .picture img")?.naturalWidth === 300`);
    assertEquals(asked, 2);
    await page.unroute("**/file/**");
    await page.route("**/file/**", (route) => route.fulfill({ status: 404, body: "gone" }));
    await sendsFile(bob, { name: "b.png", data });
    await page.locator("#list .picture", { hasText: "can't be had any more" }).waitFor();
  },
);

browserTest(
  "all files of a room are in a list, which leads to where they were sent",
  async (people) => {
    await using web = await startWeb({}, { files: memoryFiles() });
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(web.door, "ann");
    await ann.page.locator("#attach").waitFor();
    await sendsFile(bob, { name: "plan.pdf", data: textOf(2_000), text: "the plan" });
    await sendsFile(bob, { name: "a.png", data: await png(ann.page, 30, 20) });
    for (let n = 0; n < 60; n++) await bob.ask({ type: "say", room: "lobby", text: `line ${n}` });
    await ann.sees("line 59");
    await ann.page.getByRole("button", { name: "Files", exact: true }).click();
    await ann.page.locator("#dialog-title", { hasText: "Files in #lobby" }).waitFor();
    const names = ann.page.locator("#dialog .file-about > bdi");
    await names.first().waitFor();
    await becomes(() => names.allTextContents(), ["a.png", "plan.pdf"]);
    // A picture is found by how it looks, and anything by what was said with it.
    const tile = ann.page.locator("#dialog .files li", { hasText: "a.png" }).locator("img");
    await tile.waitFor();
    await becomes(() => tile.evaluate((image) => Reflect.get(image, "naturalWidth")), 30);
    await becomes(() => ann.page.locator("#dialog .file-said").allTextContents(), ["the plan"]);
    assertEquals(await violations(ann), [], "the list");
    const saving = ann.page.waitForEvent("download");
    await ann.page.getByRole("button", { name: "Save plan.pdf" }).last().click();
    assertEquals(await Deno.readFile(await (await saving).path()), textOf(2_000));
    await ann.page.getByRole("button", { name: "Show where plan.pdf was sent" }).click();
    await ann.page.locator("#list .pointed", { hasText: "plan.pdf" }).waitFor();
    await ann.say("/msg bob hello");
    await ann.page.locator("#title", { hasText: "bob" }).waitFor();
    await ann.page.getByRole("button", { name: "Files", exact: true }).click();
    await ann.page.locator("#dialog .none", { hasText: "No files were sent here yet" }).waitFor();
  },
);
