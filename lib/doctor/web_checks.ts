/** Looks at a server's page from where a browser is: what the proxies between let through. */

import { reasonOf } from "../wire/text.ts";
import type { Findings } from "./findings.ts";

/** Which page, and how it is looked at. */
export interface WebLook {
  readonly page: URL;
  /** How long to wait for each answer, in ms; 5,000 by default. */
  readonly patienceMs?: number;
  readonly now?: () => number;
}

const PATIENCE_MS = 5_000;
/** Clocks that differ by more than this, in ms, are told. */
const CLOCK_MS = 60_000;
/** As large as a webhook may be, and less than any server refuses, in bytes. */
const BODY_BYTES = 61_440;

/** Looks at it. */
export async function checkWeb(look: WebLook, to: Findings): Promise<void> {
  const { page, patienceMs = PATIENCE_MS, now = Date.now } = look;
  const base = new URL(page.href.endsWith("/") ? page.href : `${page.href}/`);
  let response: Response;
  try {
    response = await fetch(base, { redirect: "manual", signal: AbortSignal.timeout(patienceMs) });
    await response.body?.cancel();
  } catch (error) {
    return to.add("server-away", `${base} (${reasonOf(error)})`);
  }
  const at = Date.parse(response.headers.get("date") ?? "");
  const apart = Math.round((at - now()) / 1_000);
  if (Math.abs(apart) * 1_000 > CLOCK_MS) {
    to.add("clock-differs", `there it is ${new Date(at).toISOString()}, ${apart} s from here`);
  } else if (!Number.isNaN(at)) to.fact("The clock there goes as it does here");
  if (response.status === 200) to.fact(`The page ${base} is there`);
  else to.add("web-refused", `${base} answers ${response.status}`);
  await checkUpgrade(base, patienceMs, to);
  await checkBody(base, patienceMs, to);
}

async function checkUpgrade(base: URL, patienceMs: number, to: Findings): Promise<void> {
  const place = new URL("ws", base);
  place.protocol = base.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(place);
  const opened = Promise.withResolvers<boolean>();
  const closed = Promise.withResolvers<void>();
  socket.onopen = () => opened.resolve(true);
  socket.onerror = () => opened.resolve(false);
  socket.onclose = () => {
    opened.resolve(false);
    closed.resolve();
  };
  const timer = setTimeout(() => opened.resolve(false), patienceMs);
  if (await opened.promise) to.fact("WebSockets come through");
  else to.add("web-upgrade", `${place}`);
  clearTimeout(timer);
  socket.close();
  const last = setTimeout(() => closed.resolve(), patienceMs);
  await closed.promise;
  clearTimeout(last);
}

/** A hook that nobody has made is answered 404 by the server; 413 can only be a proxy's. */
async function checkBody(base: URL, patienceMs: number, to: Findings): Promise<void> {
  try {
    const response = await fetch(new URL("hook/none", base), {
      method: "POST",
      body: "x".repeat(BODY_BYTES),
      signal: AbortSignal.timeout(patienceMs),
    });
    await response.body?.cancel();
    if (response.status === 413) to.add("web-body", `${base} answers 413`);
  } catch {
    // What has broken here, the page and the socket have told.
  }
}
