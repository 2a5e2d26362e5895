/// <reference lib="dom" />
/** Files that are handed to the page, and what arrives of them. */

import type { Page } from "playwright-core";
import { memoryFiles, pathTo, textOf } from "../fixtures/sent_files.ts";
import type { joinEvent } from "../helpers.ts";
import { startWeb, type WebServer } from "../web_peer.ts";
import type { Person } from "./browser.ts";

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** A server that takes files. */
export function startFiles(): Promise<WebServer> {
  return startWeb({}, { files: memoryFiles() });
}

/** A file that somebody has on their machine. */
export interface Given {
  readonly name: string;
  readonly type: string;
  readonly data: Uint8Array;
}

/** Hands files to the page as a drop or a paste does; whether it took them for itself. */
export function hand(page: Page, how: "drop" | "paste", ...files: Given[]): Promise<boolean> {
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
export async function drawn(
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

export const TEXT: Given = { name: "notes.txt", type: "text/plain", data: textOf(70_000) };

/** What has arrived: the last file in the lobby, and its bytes. */
export async function arrived(
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

export const fileRow = (person: Person, name: string): ReturnType<Page["locator"]> =>
  person.page.locator("#list .said .file", { hasText: name });
