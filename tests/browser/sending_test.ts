/// <reference lib="dom" />
/** Files are sent from the page: dropped, pasted, chosen; made smaller, seen before, cancelled, taken up. */

import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { asPhoto, hasNotes } from "../fixtures/photo.ts";
import { memoryFiles, textOf } from "../fixtures/sent_files.ts";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb } from "../web_peer.ts";
import { violations } from "./axe.ts";
import { becomes, browserTest } from "./browser.ts";
import { arrived, drawn, fileRow, hand, PHONE, startFiles, TEXT } from "./sending.ts";

browserTest(
  "a file that is dropped is seen before it is sent, and saved by others",
  async (people) => {
    await using web = await startFiles();
    const ann = await people.join(web.door, "ann");
    const bob = await people.join(web.door, "bob");
    await ann.page.locator("#attach").waitFor();
    assert(await hand(ann.page, "drop", TEXT));
    await ann.page.locator("#dialog-title", { hasText: "Send to #lobby" }).waitFor();
    await ann.page.locator(".outgoing", { hasText: "notes.txt" }).filter({ hasText: "70 kB" })
      .waitFor();
    assertEquals(await violations(ann), [], "before it is sent");
    // Nothing is sent yet.
    assertEquals(await bob.texts(), []);
    await ann.page.keyboard.type("what we said");
    await ann.page.keyboard.press("Enter");
    for (const person of [ann, bob]) {
      await fileRow(person, "notes.txt").waitFor();
      await becomes(() => person.texts(), ["what we said"]);
    }
    await becomes(() => ann.page.locator("#uploads li").count(), 0);
    assertEquals(await violations(bob), [], "a file");
    const saving = bob.page.waitForEvent("download");
    await bob.page.getByRole("button", { name: "Save notes.txt" }).click();
    const download = await saving;
    assertEquals(download.suggestedFilename(), "notes.txt");
    assertEquals(await Deno.readFile(await download.path()), TEXT.data);
  },
);

browserTest(
  "a photo is made smaller, turned and without its place, unless the original is wanted",
  async (people) => {
    await using web = await startFiles();
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(web.door, "ann");
    await ann.page.locator("#attach").waitFor();
    const photo = asPhoto(await drawn(ann.page, "image/jpeg", 3_000, 2_000));
    assert(hasNotes(photo));
    const given = { name: "holiday.jpg", type: "image/jpeg", data: photo };
    await hand(ann.page, "drop", given);
    await ann.page.locator(".outgoing", { hasText: "1365 × 2048" }).waitFor();
    await ann.page.locator(".outgoing canvas").waitFor();
    assertEquals(await violations(ann), [], "a photo");
    await ann.page.keyboard.press("Enter");
    await ann.page.locator("#list .picture").waitFor();
    const sent = await arrived(web, bob);
    assertEquals([sent.file.width, sent.file.height, sent.file.type], [1_365, 2_048, "image/jpeg"]);
    assert(!hasNotes(sent.data));
    await hand(ann.page, "drop", given);
    await ann.page.getByLabel("Send the original").check();
    await ann.page.getByRole("button", { name: "Send", exact: true }).last().click();
    await ann.until(`document.querySelectorAll("#list .picture").length === 2`);
    assertEquals((await arrived(web, bob)).data, photo);
  },
);

browserTest(
  "a picture is pasted on a phone, chosen there, and seen without a jump",
  async (people) => {
    await using web = await startFiles();
    const ann = await people.join(web.door, "ann", PHONE);
    const bob = await people.join(web.door, "bob", PHONE);
    await ann.page.locator("#attach").waitFor();
    await bob.page.locator("#attach").waitFor();
    // The picture comes late: what stands below it is where it was before.
    const { promise: mayCome, resolve: come } = Promise.withResolvers<void>();
    await bob.page.route("**/file/**", async (route) => {
      await mayCome;
      await route.continue();
    });
    const png = await drawn(ann.page, "image/png", 600, 300);
    await hand(ann.page, "paste", { name: "image.png", type: "image/png", data: png });
    await ann.page.locator("#dialog .sending .primary").tap();
    await ann.page.locator("#list .picture").waitFor();
    await ann.say("below it");
    await bob.sees("below it");
    const where = (): Promise<number[]> =>
      bob.page.evaluate(() =>
        [...document.querySelectorAll("#list .said")].flatMap((row) => {
          const { top, height } = row.getBoundingClientRect();
          return [top, height];
        })
      );
    const before = await where();
    await bob.page.evaluate(() => {
      const shifts: number[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          shifts.push((entry as { value?: number }).value ?? 0);
        }
      }).observe({ type: "layout-shift" });
    });
    come();
    await bob.until(`document.querySelector("#list .picture img").naturalWidth === 600`);
    assertEquals(await where(), before);
    assertEquals(await bob.page.evaluate("shifts"), []);
    const box = await bob.page.locator("#list .picture").boundingBox();
    assert(box !== null && box.width <= 390 && Math.abs(box.width / box.height - 2) < 0.02);
    await becomes(() => bob.page.evaluate("document.documentElement.scrollWidth"), 390);
    // A phone is asked for its photos.
    await ann.page.locator("#attach").tap();
    const choosing = ann.page.waitForEvent("filechooser");
    await ann.page.getByRole("button", { name: "Photos" }).tap();
    const chooser = await choosing;
    await becomes(() => chooser.element().getAttribute("accept"), "image/*");
    const webp = await drawn(ann.page, "image/webp", 40, 30);
    const buffer = Buffer.from(webp);
    await chooser.setFiles([{ name: "tea.webp", mimeType: "image/webp", buffer }]);
    await ann.page.locator(".outgoing", { hasText: "40 × 30" }).waitFor();
    assertEquals(await violations(ann), [], "on a phone");
    await ann.page.locator("#dialog .sending .primary").tap();
    await bob.until(`document.querySelectorAll("#list .picture").length === 2`);
    await bob.until(
      `[...document.querySelectorAll("#list .picture img")].every((e) => e.naturalWidth > 0)`,
    );
    assertEquals(await violations(bob), [], "pictures");
  },
);

browserTest(
  "several files are chosen, and sent one after the other with a bar each; one is cancelled",
  async (people) => {
    await using web = await startFiles();
    await using proxy = new Proxy({ addr: { transport: "tcp", ...web.door.addr } });
    const ann = await people.join(proxy, "ann");
    const bob = await people.join(web.door, "bob");
    const choosing = ann.page.waitForEvent("filechooser");
    // As the button beside the line does, also before that is here.
    await ann.say("/send");
    const files = ["one.txt", "two.txt", "three.txt"].map((name, n) => ({
      name,
      mimeType: "text/plain",
      buffer: Buffer.from(textOf(n === 1 ? 3_000_000 : 30_000)),
    }));
    await (await choosing).setFiles(files);
    const send = ann.page.getByRole("button", { name: "Send 3 files" });
    await send.waitFor();
    // From here on nothing arrives.
    proxy.hold();
    await send.click();
    await ann.page.getByRole("progressbar", { name: "Sending one.txt" }).waitFor();
    await becomes(() => ann.page.locator("#uploads progress").count(), 3);
    await ann.page.locator("#uploads li", { hasText: "three.txt" }).filter({
      hasText: "waits for its turn",
    }).waitFor();
    assertEquals(await violations(ann), [], "bars");
    await ann.page.getByRole("button", { name: "Cancel two.txt" }).click();
    await ann.until(`document.querySelectorAll("#uploads progress").length === 2`);
    proxy.release();
    for (const name of ["one.txt", "three.txt"]) await fileRow(bob, name).waitFor();
    await ann.until(`document.querySelectorAll("#uploads li").length === 0`);
    assertEquals(await fileRow(bob, "two.txt").count(), 0);
  },
);

browserTest(
  "of many photos it is told how many wait, all are cancelled at once, and what sends them is in sight",
  async (people) => {
    await using web = await startFiles();
    await using proxy = new Proxy({ addr: { transport: "tcp", ...web.door.addr } });
    const ann = await people.join(proxy, "ann", PHONE);
    const { page } = ann;
    await page.locator("#attach").waitFor();
    const data = await drawn(page, "image/png", 80, 80);
    const photos = Array.from({ length: 12 }, (_, n) => ({
      ...{ name: `photo ${n + 1}.png`, type: "image/png", data },
    }));
    await hand(page, "drop", ...photos);
    const send = page.getByRole("button", { name: "Send 12 files" });
    await send.waitFor();
    await ann.until("document.querySelectorAll('.outgoing canvas:not([hidden])').length === 12");
    const { y, height } = await send.boundingBox() ?? { y: Infinity, height: 0 };
    assert(y + height <= PHONE.viewport.height, `it ends at ${y + height}`);
    assertEquals(await violations(ann), [], "twelve to be sent");
    proxy.hold();
    await send.tap();
    await page.locator("#uploads-head", { hasText: "12 files, 11 wait for their turn" }).waitFor();
    assertEquals(await violations(ann), [], "twelve on their way");
    await page.getByRole("button", { name: "Cancel all" }).tap();
    await page.locator("#uploads").waitFor({ state: "hidden" });
    await becomes(() => page.locator("#uploads-head").isVisible(), false);
    await becomes(() => page.evaluate("document.activeElement.id"), "scroller");
    proxy.release();
    await ann.say("none of them");
    await ann.hasSent("none of them");
    assertEquals(await page.locator("#list .picture").count(), 0);
  },
);

browserTest("the first that is said to somebody can be a file", async (people) => {
  await using web = await startFiles();
  const ann = await people.join(web.door, "ann");
  const bob = await people.join(web.door, "bob");
  await ann.page.locator("#attach").waitFor();
  await ann.page.locator("#members button", { hasText: "bob" }).click();
  await ann.page.locator("#title", { hasText: "bob" }).waitFor();
  // What is written already is said with it.
  await ann.page.fill("#input", "for you");
  await hand(ann.page, "drop", TEXT);
  await ann.page.locator("#dialog-title", { hasText: "Send to bob" }).waitFor();
  await ann.page.keyboard.press("Enter");
  await fileRow(ann, "notes.txt").waitFor();
  await becomes(() => ann.texts(), ["for you"]);
  await becomes(() => ann.page.inputValue("#input"), "");
  await bob.page.locator("#directs button", { hasText: "ann" }).click();
  await fileRow(bob, "notes.txt").waitFor();
  await ann.say("and this");
  await bob.sees("and this");
  await becomes(() => bob.texts(), ["for you", "and this"]);
});

browserTest("what is too large is told of before it is sent, and left out", async (people) => {
  await using web = await startWeb({}, { files: memoryFiles(), limits: { fileBytes: 50_000 } });
  const ann = await people.join(web.door, "ann");
  await ann.page.locator("#attach").waitFor();
  await hand(ann.page, "drop", TEXT, { ...TEXT, name: "short.txt", data: textOf(1_000) });
  await ann.page.locator("#dialog .error", {
    hasText: "notes.txt has 70 kB; this server takes files of 50 kB at most.",
  }).waitFor();
  await ann.page.keyboard.press("Enter");
  await fileRow(ann, "short.txt").waitFor();
  await becomes(() => ann.page.locator("#list .file").count(), 1);
});

browserTest("a server that takes no files is left without a button", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  await ann.say("hello");
  await ann.hasSent("hello");
  await becomes(() => ann.page.locator("#attach").isVisible(), false);
  await becomes(() => ann.page.locator("#files-open").isVisible(), false);
  assert(await hand(ann.page, "drop", TEXT));
  await ann.page.locator("#list .told.error", { hasText: "Files can't be sent here" }).waitFor();
});

browserTest(
  "who may not send files has no button for it, and is told what would help",
  async (people) => {
    await using web = await startWeb({}, { files: memoryFiles(), fileSenders: "registered" });
    const ann = await people.join(web.door, "ann");
    await ann.page.locator("#files-open").waitFor();
    await becomes(() => ann.page.locator("#attach").isVisible(), false);
    await hand(ann.page, "drop", TEXT);
    await ann.page.locator("#list .told.error", { hasText: "/register reserves yours" }).waitFor();
    await ann.page.click("#settings-open");
    await ann.page.getByLabel("A password for your name").fill("correct horse battery");
    await ann.page.keyboard.press("Enter");
    await ann.page.locator("#attach").waitFor();
    await hand(ann.page, "drop", TEXT);
    await ann.page.locator("#dialog-title", { hasText: "Send to #lobby" }).waitFor();
    await ann.page.keyboard.press("Enter");
    await fileRow(ann, "notes.txt").waitFor();
  },
);
