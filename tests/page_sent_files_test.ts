/// <reference lib="dom" />
/** Files on the page: how they are kept and called, the links that lead to them, and the room they take. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { PageLinks } from "../lib/web/page/files/links.js";
import { fitted, isAnimated, isPhoto, mayShrink } from "../lib/web/page/files/pictures.js";
import { boxOf, isPicture, kindOf } from "../lib/web/page/files/view.js";
import { noteUnsent, takeUnsent, unsentText } from "../lib/web/page/files/unsent_note.js";
import { foldersIn, leftText, pastedName, placeLabel } from "../lib/web/page/files/words.js";
import { newPlace } from "../lib/web/page/place.js";
import { rowsOf } from "../lib/web/page/rows.js";
import { Store } from "../lib/web/page/store.js";
import type { Event, SentFile } from "../lib/wire/events.ts";
import { bytes, until } from "./helpers.ts";

const AT = "2026-11-23T12:00:00.000Z";
const PLAN: SentFile = {
  id: "f1",
  name: "plan.pdf",
  size: 1_234_567,
  type: "application/pdf",
  sha256: "0".repeat(64),
};

/** A store of somebody who is in the lobby. */
function storeInLobby(): Store {
  const store = new Store();
  store.take({ type: "ready", name: "ann", session: "s", room: "lobby", seq: 0, direct: 0 });
  return store;
}

/** The files of what is shown. */
function filesIn(store: Store): Array<string | undefined> {
  const place = store.active ?? newPlace("room", "", 0);
  return rowsOf(place, [], "ann").flatMap((row) => row.kind === "said" ? [row.file?.name] : []);
}

Deno.test("a message keeps its file, in a room and between two, and after a reload", () => {
  const store = storeInLobby();
  const said = { from: "bob", at: AT, text: "sent plan.pdf (1.2 MB)", file: PLAN };
  store.take({ type: "message", room: "lobby", seq: 1, ...said });
  store.take({ type: "message", room: "lobby", seq: 2, from: "bob", at: AT, text: "plain" });
  assertEquals(filesIn(store), ["plan.pdf", undefined]);
  // As a server has it that keeps no conversations.
  store.take({ type: "direct", to: "ann", n: 1, ...said });
  const talk = store.placeList.with("bob");
  assert(talk !== undefined);
  store.activate(talk.key);
  assertEquals(filesIn(store), ["plan.pdf"]);
  const again = new Store();
  again.restore(JSON.parse(JSON.stringify(store.save())));
  assertEquals(filesIn(again), ["plan.pdf"]);
});

Deno.test("the ack of a file that we have sent brings it, also as the first that is said to somebody", () => {
  const store = storeInLobby();
  const ack = { type: "ack", id: "1", at: AT } as const;
  const [owed] = store.take({ ...ack, room: "lobby", seq: 1 });
  assertEquals(owed?.kind === "owed" && [owed.place.name, owed.seq], ["lobby", 1]);
  const talk = store.converse("bob");
  talk.chat = "c1";
  const [first] = store.take({ ...ack, chat: "c1", seq: 5 });
  assertEquals(first?.kind === "owed" && [first.place.name, first.seq], ["bob", 5]);
  // What was said before is asked for when it is looked at.
  assertEquals([talk.timeline.floor, talk.timeline.end], [4, 5]);
});

Deno.test("the box of a picture is known before it comes, within limits", () => {
  assertEquals(boxOf({ width: 200, height: 100 }), { width: 200, height: 100 });
  assertEquals(boxOf({ width: 4_000, height: 3_000 }), { width: 416, height: 312 });
  assertEquals(boxOf({ width: 3_000, height: 4_000 }), { width: 240, height: 320 });
  for (const [width, height] of [[1, 1], [1, 30_000], [30_000, 1]] as const) {
    const box = boxOf({ width, height });
    assert(box.width >= 48 && box.width <= 416, `${box.width} of ${width}`);
    assert(box.height >= 48 && box.height <= 320, `${box.height} of ${height}`);
  }
});

Deno.test("only what the server has seen to be a picture, of a size that can be shown, is one", () => {
  const picture = { ...PLAN, type: "image/png", width: 100, height: 100 };
  assert(isPicture(picture));
  assert(!isPicture({ ...PLAN, type: "image/png" }));
  assert(!isPicture({ ...picture, type: "image/svg+xml" }));
  assert(!isPicture({ ...picture, type: "text/html" }));
  assert(!isPicture({ ...picture, width: 10_000, height: 4_001 }));
});

Deno.test("a file is called by its ending, or by the first part of its type", () => {
  const kind = (name: string, type = "application/octet-stream"): string =>
    kindOf({ ...PLAN, name, type });
  assertEquals(
    [kind("a.pdf"), kind("a.tar.gz"), kind("Makefile", "text/plain"), kind("a.unknownending")],
    ["PDF", "GZ", "TEXT", "APPLICATION"],
  );
});

Deno.test("pictures are made smaller and never larger, and keep their shape", () => {
  assertEquals(fitted({ width: 4_096, height: 3_072 }, 2_048), { width: 2_048, height: 1_536 });
  assertEquals(fitted({ width: 3_072, height: 4_096 }, 2_048), { width: 1_536, height: 2_048 });
  assertEquals(fitted({ width: 640, height: 480 }, 2_048), { width: 640, height: 480 });
  assertEquals(fitted({ width: 9_000, height: 1 }, 2_048), { width: 2_048, height: 1 });
});

Deno.test("a picture that moves is known by its first bytes", () => {
  const chunk = (kind: string, size: number): Uint8Array =>
    bytes(new Uint8Array([0, 0, 0, size]), kind, new Uint8Array(size + 4));
  const png = (...chunks: Uint8Array[]): Uint8Array =>
    bytes(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks);
  assert(isAnimated(png(chunk("IHDR", 13), chunk("acTL", 8), chunk("IDAT", 9))));
  assert(!isAnimated(png(chunk("IHDR", 13), chunk("IDAT", 9), chunk("acTL", 8))));
  // A part that says that it is longer than all of the file.
  assert(!isAnimated(png(bytes(new Uint8Array([255, 255, 255, 255]), "tEXt"))));
  const webp = (flags: number): Uint8Array =>
    bytes("RIFF", new Uint8Array(4), "WEBPVP8X", new Uint8Array([10, 0, 0, 0, flags]));
  assert(isAnimated(webp(0x12)));
  assert(!isAnimated(webp(0x10)));
  assert(!isAnimated(new Uint8Array(0)));
});

Deno.test("what is said of a file on its way", () => {
  assertEquals(leftText(1_000, 0), "");
  assertEquals(leftText(1_000, 999), ", 2 s left");
  assertEquals(leftText(100_000, 1_000), ", 2 min left");
  assertEquals(leftText(1e9, 1_000), ", 278 h left");
  const at = new Date(2026, 10, 28, 9, 5, 7);
  assertEquals(pastedName("image.png", at), "picture 2026-11-28 09-05-07.png");
  assertEquals(pastedName("holiday.png", at), "holiday.png");
  assertEquals(placeLabel({ kind: "room", name: "lobby" }), "#lobby");
  assertEquals(placeLabel({ kind: "direct", name: "b\u202eob" }), "b<U+202E>ob");
});

Deno.test("what was on its way when the page was left is known to the next one, and told once", () => {
  sessionStorage.clear();
  const place = newPlace("room", "lobby", 0);
  const upload = (name: string, state: "sending" | "waiting" | "failed") => ({
    name,
    place,
    state,
  });
  noteUnsent([upload("a.mp4", "sending"), upload("b.txt", "waiting"), upload("c.txt", "failed")]);
  const note = ["a.mp4", "b.txt"].map((name) => ({ name, place: "room lobby" }));
  assertEquals(takeUnsent(), note);
  assertEquals(takeUnsent(), []);
  noteUnsent([upload("a.mp4", "sending")]);
  noteUnsent([]);
  assertEquals(takeUnsent(), []);
  sessionStorage.setItem("chatroom.draft \nuploads", "[3");
  assertEquals(takeUnsent(), []);
  const told = (...names: string[]): string => unsentText(names).replace(/, because.*/, "");
  assertEquals(told("a"), "a was not sent");
  assertEquals(told("a", "b", "c"), "a, b and c were not sent");
  assertEquals(told(..."abcdefg"), "a, b, c, d, e and 2 more files were not sent");
});

Deno.test("folders are told from files among what is dropped", () => {
  const item = (name: string, isDirectory: boolean): Parameters<typeof foldersIn>[0][number] => ({
    kind: "file",
    webkitGetAsEntry: () => ({ name, isDirectory }) as FileSystemEntry,
  });
  const text = { kind: "string", webkitGetAsEntry: () => null };
  assertEquals(foldersIn([item("a.txt", false), item("holiday", true), text]), ["holiday"]);
});

/** Links of a server that gives each a number, and the ids that were asked for. */
function links(untilMs: number): { links: PageLinks; asked: string[]; free: () => void } {
  const asked: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const ask = async (request: { type: string; file?: string }): Promise<Event> => {
    const { file = "" } = request;
    asked.push(file);
    await promise;
    const until = new Date(Date.now() + untilMs).toISOString();
    return { type: "link", file, path: `/chat/file/${file}?${asked.length}`, until };
  };
  return { links: new PageLinks(ask, "http://host/chat/"), asked, free: resolve };
}

Deno.test("a link is asked for once while it holds, and again when it is over or of no use", async () => {
  const lasting = links(3_600_000);
  lasting.free();
  const [one, other] = await Promise.all([lasting.links.to("a"), lasting.links.to("a")]);
  assertEquals([one, other], ["http://host/chat/file/a?1", "http://host/chat/file/a?1"]);
  assertEquals(await lasting.links.to("a"), one);
  assertEquals(await lasting.links.to("a", true), "http://host/chat/file/a?2");
  lasting.links.forget();
  await lasting.links.to("a");
  assertEquals(lasting.asked, ["a", "a", "a"]);
  const short = links(1_000);
  short.free();
  await short.links.to("a");
  await short.links.to("a");
  assertEquals(short.asked, ["a", "a"]);
});

Deno.test("of many pictures only a few links are asked for at once, and a refusal is not kept", async () => {
  const many = links(3_600_000);
  const all = Array.from({ length: 20 }, (_, n) => many.links.to(`f${n}`));
  await until("The first are asked for", () => many.asked.length === 4);
  many.free();
  assertEquals(new Set(await Promise.all(all)).size, 20);
  let refuses = true;
  const refusing = new PageLinks((request) => {
    if (refuses) return Promise.reject(new Error("no-such-file"));
    const { file } = request as { file: string };
    return Promise.resolve({ type: "link", file, path: "/x", until: AT });
  }, "http://host/");
  await assertRejects(() => refusing.to("a"), Error, "no-such-file");
  refuses = false;
  assertEquals(await refusing.to("a"), "http://host/x");
});

Deno.test("what a camera makes is known as such, though a browser may not know what it is", () => {
  const isOf = (name: string, type: string): boolean => isPhoto({ name, type });
  assert(isOf("IMG_1.HEIC", "") && isOf("IMG_1.HEIC", "image/heic") && isOf("a", "image/jpeg"));
  assert(isOf("scan.tif", "image/tiff"));
  assert(mayShrink({ type: "image/png" }) && !mayShrink({ type: "image/gif" }));
  assert(!isOf("a.png", "image/png") && !isOf("a.gif", "image/gif") && !isOf("heic.txt", ""));
});
