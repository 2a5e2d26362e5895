/**
 * Posts what happens in rooms to a URL, one after the other, and remembers how far it has come: what is not
 * taken is posted again until it is, and after a restart it goes on there. So a receiver may get the last
 * one twice, and misses none; each has a key by which it knows it again.
 */

import type { Event } from "../wire/events.ts";
import { inertLine } from "../words/inert.js";
import { delay } from "@std/async/delay";
import { complainOf } from "./follow.ts";
import type { Conversation, EndCause } from "./conversation.ts";
import type { CameSoFar } from "./resume_options.ts";

/** What a receiver is posted of; `gap` says that something can no longer be had. */
const POSTED: ReadonlySet<Event["type"]> = new Set([
  ...["message", "revised", "removed", "reacted", "pinned", "answered", "gap"] as const,
]);

/** The first and the longest pause before something is posted again, in ms. */
const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;
/** For so long at most a receiver is waited for as it asks, in ms. */
const MAX_RETRY_AFTER_MS = 3_600_000;
/** How long a receiver may take to answer, in ms. */
const ANSWER_MS = 30_000;
/** Statuses of refusals that are over some time; all others below 500 are for good. */
const PASSING: ReadonlySet<number> = new Set([408, 421, 425, 429]);

/** How to relay. */
export interface RelayOptions {
  readonly link: Conversation;
  /** Where to. */
  readonly url: string;
  /** What signs each request; none: they are not signed. */
  readonly secret?: Uint8Array<ArrayBuffer> | undefined;
  /** How far an earlier run has come. */
  readonly since?: CameSoFar | undefined;
  /** Keeps how far it has come; called after each one that was taken. */
  readonly save: (so: CameSoFar) => Promise<void>;
  readonly complain: (line: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** The first pause, in ms; for tests. */
  readonly firstMs?: number;
}

/** Runs until the link ends, or the signal says so. Resolves with why the link has ended. */
export async function runRelay(options: RelayOptions): Promise<EndCause> {
  const { link, complain, signal } = options;
  const relay = new Relay(options);
  let cause: EndCause = "left";
  let wasOnline = false;
  for await (const event of link.events) {
    if (event.type === "status") {
      wasOnline = complainOf(event, complain, wasOnline);
      cause = event.cause ?? cause;
    } else if (!signal.aborted) await relay.take(event);
  }
  return cause;
}

class Relay {
  readonly #options: RelayOptions;
  readonly #key: Promise<CryptoKey> | undefined;
  #epoch: string;
  readonly #seq: Map<string, number>;

  constructor(options: RelayOptions) {
    const { since, secret } = options;
    this.#options = options;
    this.#epoch = since?.epoch ?? "";
    this.#seq = new Map(Object.entries(since?.seq ?? {}));
    this.#key = secret &&
      crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  }

  async take(event: Event): Promise<void> {
    if (event.type === "ready") return await this.#begin(event.room, event.seq);
    if (event.type === "joined" && event.seq !== undefined) {
      return await this.#begin(event.room, event.seq);
    }
    const { room } = event as { readonly room?: string };
    if (!POSTED.has(event.type) || room === undefined) return;
    const seq = event.type === "gap" ? event.to ?? 0 : (event as { readonly seq: number }).seq;
    await this.#post(
      JSON.stringify(event),
      `${this.#epoch}/${encodeURIComponent(room)}/${event.type}/${seq}`,
    );
    if (this.#options.signal.aborted) return;
    this.#seq.set(room, seq);
    await this.#save();
  }

  /** A room that was never relayed begins where it stands; with another epoch all numbers begin anew. */
  async #begin(room: string, seq: number): Promise<void> {
    const epoch = this.#options.link.welcome?.epoch ?? this.#epoch;
    const isAnew = this.#epoch !== "" && epoch !== this.#epoch;
    if (isAnew) { for (const each of this.#seq.keys()) this.#seq.set(each, 0); }
    this.#epoch = epoch;
    if (room !== "" && !this.#seq.has(room)) this.#seq.set(room, seq);
    await this.#save();
  }

  async #save(): Promise<void> {
    await this.#options.save({ epoch: this.#epoch, seq: Object.fromEntries(this.#seq) });
  }

  /** Posts until it is taken, refused for good, or the relay ends. */
  async #post(body: string, key: string): Promise<void> {
    const { complain, signal, firstMs = FIRST_MS } = this.#options;
    for (let pause = firstMs; !signal.aborted; pause = Math.min(2 * pause, LONGEST_MS)) {
      const { why, retryAfterMs, isFinal } = await this.#try(body, key);
      if (why === undefined || signal.aborted) return;
      if (isFinal) return complain(`${key} was refused for good (${why}), and is left out`);
      // So that many relays do not come all at once.
      const ownMs = pause * (0.5 + Math.random() / 2);
      // A receiver may ask for more patience, and not for less.
      const waitMs = Math.max(retryAfterMs ?? 0, ownMs);
      complain(`${key} was not taken (${why}); trying again in ${(waitMs / 1_000).toFixed(1)} s`);
      await delay(waitMs, { signal }).catch(() => {});
    }
  }

  async #try(
    body: string,
    key: string,
  ): Promise<{ readonly why?: string; readonly retryAfterMs?: number; readonly isFinal?: true }> {
    const { url, signal } = this.#options;
    try {
      const response = await fetch(url, {
        method: "POST",
        // What was signed for one place is for no other.
        redirect: "manual",
        headers: {
          "content-type": "application/json",
          "idempotency-key": key,
          ...await this.#signature(body),
        },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      await response.body?.cancel();
      const { ok, status } = response;
      if (ok) return {};
      const isFinal = status >= 400 && status < 500 && !PASSING.has(status);
      const seconds = Number(response.headers.get("retry-after") ?? NaN);
      return {
        why: `it answered ${status}`,
        ...(isFinal ? { isFinal } : {}),
        ...(seconds >= 0 ? { retryAfterMs: Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS) } : {}),
      };
    } catch (error) {
      const { name, message, cause } = error as Error;
      const isLate = name === "TimeoutError";
      // The error itself says no more than that it failed.
      const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
      const why = isLate ? `no answer within ${ANSWER_MS / 1_000} s` : withoutPath(reason, url);
      return { why: inertLine(why) };
    }
  }

  /** Signs the time and the body together, so that nobody can post again what was posted long ago. */
  async #signature(body: string): Promise<Record<string, string>> {
    if (this.#key === undefined) return {};
    const time = Math.floor(Date.now() / 1_000);
    const signed = new TextEncoder().encode(`${time}.${body}`);
    const mac = await crypto.subtle.sign("HMAC", await this.#key, signed);
    return { "x-chatroom-signature": `t=${time},v1=${new Uint8Array(mac).toHex()}` };
  }
}

/** What comes after the name of a server may be a secret, as in Slack's URLs, and logs are read by others. */
function withoutPath(reason: string, url: string): string {
  return reason.replaceAll(new URL(url).href, `${new URL(url).origin}/…`);
}
