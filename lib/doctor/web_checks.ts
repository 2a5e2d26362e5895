/** Looks at a server's page from where a browser is: what the proxies between let through. */

import { shakeHands, type Shown } from "../tls/connect.ts";
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
  if (base.protocol === "https:" && !await isTrusted(base, patienceMs, to)) return;
  let response: Response;
  try {
    response = await fetch(base, { redirect: "manual", signal: AbortSignal.timeout(patienceMs) });
    await response.body?.cancel();
  } catch (error) {
    const isSecure = base.protocol === "http:" && await shownBy(base, patienceMs);
    return typeof isSecure === "object"
      ? to.add("tls-only", `${base}; a browser opens https://${base.host}${base.pathname}`)
      : to.add("server-away", `${base} (${reasonOf((error as Error).cause ?? error)})`);
  }
  checkClock(Date.parse(response.headers.get("date") ?? ""), now(), to);
  if (response.status === 200) to.fact(`The page ${base} is there`);
  else to.add("web-refused", `${base} answers ${response.status}`);
  await checkUpgrade(base, patienceMs, to);
  await checkBody(base, patienceMs, to);
}

function checkClock(there: number, here: number, to: Findings): void {
  if (Number.isNaN(there)) return;
  const apart = there - here;
  if (Math.abs(apart) <= CLOCK_MS) return to.fact("The clock there goes as it does here");
  const seconds = Math.round(apart / 1_000);
  to.add("clock-differs", `there it is ${new Date(there).toISOString()}, ${seconds} s from here`);
}

/** Whether a browser would trust a page's certificate; what it would say against it is told. */
async function isTrusted(base: URL, patienceMs: number, to: Findings): Promise<boolean> {
  const shown = await shownBy(base, patienceMs);
  if (typeof shown === "string") {
    const plain = await plainPage(base, patienceMs);
    if (plain === undefined) to.add("tls-failed", `${base} (${shown})`);
    else {
      const remedy =
        `open ${plain} instead, or have it speak TLS: serve --tls, or a proxy before it`;
      to.add("tls-none", `it answers at ${plain}`, remedy);
    }
    return false;
  }
  const { flaw, fingerprint, validFrom, validTo, names } = shown;
  to.fact(
    `The certificate is valid from ${validFrom} until ${validTo}; its fingerprint is ${fingerprint}`,
  );
  if (flaw === undefined) return true;
  const what = typeof flaw === "string" ? flaw : flaw.text;
  if (flaw === "unknown-issuer") {
    to.add("tls-unknown", `a browser warns of ${base}, and what is behind it was not looked at`);
  } else to.add("tls-untrusted", `${base} (${what}; the names in it: ${names || "none"})`);
  return false;
}

/** Where a page is served without TLS, at the same port; `undefined`: it is not. */
async function plainPage(base: URL, patienceMs: number): Promise<URL | undefined> {
  const plain = new URL(`http://${base.hostname}:${base.port || 443}${base.pathname}`);
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(plain, { redirect: "manual", signal });
    await response.body?.cancel();
    // What speaks TLS tells so to whoever does not, by this.
    return response.status === 400 ? undefined : plain;
  } catch {
    return undefined;
  }
}

/** The certificate that is shown there, or why there is none. */
async function shownBy({ hostname, port }: URL, patienceMs: number): Promise<Shown | string> {
  const signal = AbortSignal.timeout(patienceMs);
  const host = hostname.replace(/^\[|\]$/g, "");
  try {
    const conn = await Deno.connect({ hostname: host, port: Number(port || 443), signal });
    const shown = await shakeHands(conn, { hostname: host, signal });
    shown.stream.close();
    return shown;
  } catch (error) {
    return reasonOf(error);
  }
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
