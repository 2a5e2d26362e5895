/// <reference lib="dom" />
/** Files are sent from the page: dropped, pasted, chosen; made smaller, seen before, cancelled, taken up. */

import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { asPhoto, hasNotes } from "../fixtures/photo.ts";
import { memoryFiles, pathTo, textOf } from "../fixtures/sent_files.ts";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb, type WebServer } from "../web_peer.ts";
import { violations } from "./axe.ts";
import { becomes, browserTest, type Person } from "./browser.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** A server that takes files. */
function startFiles(): Promise<WebServer> {
  return startWeb({}, { files: memoryFiles() });
}

/** A file that somebody has on their machine. */
interface Given {
  readonly name: string;
  readonly type: string;
  readonly data: Uint8Array;
}

/** Hands files to the page as a drop or a paste does; whether it took them for itself. */
function hand(page: Page, how: "drop" | "paste", ...files: Given[]): Promise<boolean> {
  const given = files.map(({ name, type, data }) => ({ name, type, base64: data.toBase64() }));
  return page.evaluate(([how, given]) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
    }
    const common = { bubbles: true, cancelable: true };
    const target = document.getElementById("scroller") as HTMLElement;
    if (how === "paste") {
      const event = new ClipboardEvent("paste", { clipboardData: data, ...common });
      return !target.dispatchEvent(event);
    }
    const events = ["dragover", "drop"].map((type) =>
      new DragEvent(type, { dataTransfer: data, ...common })
    );
    return events.every((event) => !target.dispatchEvent(event));
  }, [how, given] as const);
}

/** A picture as the browser makes it. */
async function drawn(
  page: Page,
  type: string,
  width: number,
  height: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const base64 = await page.evaluate(([type, width, height]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
    pen.fillStyle = "#c33";
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = "#36c";
    pen.fillRect(0, 0, width / 2, height / 2);
    return canvas.toDataURL(type).split(",")[1] ?? "";
  }, [type, width, height] as const);
  return Uint8Array.fromBase64(base64);
}

const TEXT: Given = { name: "notes.txt", type: "text/plain", data: textOf(70_000) };

/** What has arrived: the last file in the lobby, and its bytes. */
async function arrived(
  web: WebServer,
  peer: Awaited<ReturnType<typeof joinEvent>>,
): Promise<
  { file: { name: string; width?: number; height?: number; type: string }; data: Uint8Array }
> {
  const page = await peer.ask({ type: "history", room: "lobby", files: true, limit: 1 });
  const { file } = page.messages.at(-1);
  const path = await pathTo(peer, file);
  const answer = await fetch(`http://127.0.0.1:${web.door.addr.port}${path}`);
  return { file, data: await answer.bytes() };
}

const fileRow = (person: Person, name: string): ReturnType<Page["locator"]> =>
  person.page.locator("#list .said .file", { hasText: name });

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
