/** Takes webhooks: what is posted to the URL of one is said in its room. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { opensAt, type Rate, rateOf, spend } from "../../chat/limits/rate.ts";
import { Refusal } from "../../chat/refusal.ts";
import { HOOK_PATH, hookHash } from "../../server/hook_token.ts";
import type { ListenerHost } from "../../server/host.ts";
import { lateCrypto } from "../../server/late_crypto.ts";
import { timerMs, within } from "../../wire/within.ts";
import type { HttpRefusal } from "../http_refusal.ts";
import type { WebLimits } from "../limits.ts";
import { readBody } from "./read_body.ts";

/** When a client may try again that is refused for now, in ms. */
const RETRY_AFTER_MS = 5_000;
/** The most characters of a key by which something is said once. */
const MOST_KEY = 255;

/** The same for a token that never was one, and for that of a hook that was taken back. */
const NOT_FOUND: HttpRefusal = { status: 404, text: "There is no such hook." };

/** What is wrong with what was asked, by the code of a refusal; all else may be right later. */
const STATUSES: Readonly<Record<string, number>> = {
  ...{ "empty-text": 400, "may-be-secret": 400, "bad-field": 400 },
  ...{ "muted": 403, "banned": 403, "too-large": 413 },
};

/** A request to a webhook. */
export interface HookRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Below the base of the web door. */
  readonly path: string;
}

/** Answers requests to webhooks. */
export class HookDoor {
  readonly #host: ListenerHost;
  readonly #limits: Pick<WebLimits, "hookBytes" | "hookPostsPerMinute" | "webRequestMs">;
  /** When their rates owe hooks nothing any more, in ms of `performance.now()`, by the hashes of their tokens. */
  readonly #due = new Map<string, number>();

  constructor(host: ListenerHost, limits: WebLimits) {
    this.#host = host;
    this.#limits = limits;
  }

  /** It may change while the server runs. */
  get #rate(): Rate {
    const { hookPostsPerMinute: perMinute } = this.#limits;
    return rateOf(perMinute / 60, perMinute);
  }

  /** Answers a request, or resolves with why it is refused. A client that goes before the end of its body gets none. */
  async answer({ request, response, path }: HookRequest): Promise<HttpRefusal | undefined> {
    if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      return { status: 405, text: "A webhook is posted to." };
    }
    const { hookBytes } = this.#limits;
    const body = await readBody(request, hookBytes);
    if (body === "gone") return undefined;
    const hash = hookHash(path.slice(HOOK_PATH.length));
    // Also before anything is said of the body: nobody learns more without a token.
    const refused = this.#refusesNow(hash);
    if (refused !== undefined) return refused;
    if (body === "too-long") {
      return { status: 413, text: `A webhook has at most ${hookBytes} bytes.` };
    }
    const key = request.headers["idempotency-key"] ?? "";
    if (Array.isArray(key) || key.length > MOST_KEY) {
      return { status: 400, text: `An Idempotency-Key has at most ${MOST_KEY} characters.` };
    }
    // What few need is loaded when it is.
    const { hookText } = await import("./hook_body.ts");
    const read = await hookText(request.headers, body);
    if ("status" in read) return read;
    return await this.#say(hash, read.text, key, response);
  }

  async #say(
    hash: string,
    text: string,
    key: string,
    response: ServerResponse,
  ): Promise<HttpRefusal | undefined> {
    const { house, metrics } = this.#host.shared;
    const id = key === ""
      ? {}
      : { id: lateCrypto().createHash("sha256").update(key).digest("hex") };
    try {
      // The connection ends if nothing moves on it for so long.
      const patienceMs = timerMs(this.#limits.webRequestMs * 0.8);
      const said = house.post({ hash, text, ...id }).then(() => true);
      // Nobody may wait for it any more when it fails.
      said.catch(() => {});
      if (await within(patienceMs, said) === undefined) return UNKNOWN;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      metrics.refused(error.code);
      const refused = refusalOf(error);
      // Nothing was wrong with it, and it is to come again.
      if (refused.status === 503) this.#giveBack(hash);
      return refused;
    }
    response.writeHead(200, {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": 2,
      "Cache-Control": "no-store",
    }).end("ok");
    return undefined;
  }

  /** Why a hook may say nothing at this time, whatever it is; counts that it says something otherwise. */
  #refusesNow(hash: string): HttpRefusal | undefined {
    const { shared: { house }, stopping } = this.#host;
    if (house.state.rooms.hooks.ofHash(hash) === undefined) return NOT_FOUND;
    if (stopping) {
      return { status: 503, text: "The server is shutting down.", retryAfterMs: RETRY_AFTER_MS };
    }
    const now = performance.now();
    const due = this.#due.get(hash) ?? 0;
    const waitMs = opensAt(this.#rate, spend(this.#rate, due, 1, now)) - now;
    if (waitMs > 0) {
      const most = this.#limits.hookPostsPerMinute;
      const text = `try-later: A hook says at most ${most} things in a minute.`;
      return { status: 429, text, retryAfterMs: waitMs };
    }
    // Of hooks that are silent there is nothing to know.
    for (const [each, time] of this.#due) if (time <= now) this.#due.delete(each);
    this.#due.set(hash, spend(this.#rate, due, 1, now));
    return undefined;
  }

  /** What a hook could not say counts in no rate. */
  #giveBack(hash: string): void {
    const due = this.#due.get(hash);
    if (due !== undefined) this.#due.set(hash, due - this.#rate.msEach);
  }
}

const UNKNOWN: HttpRefusal = {
  status: 503,
  text:
    "The server has not stored it in time, and may yet; with an Idempotency-Key you can send it again.",
  retryAfterMs: RETRY_AFTER_MS,
};

const REUSED: HttpRefusal = {
  status: 422,
  text:
    "id-reused: This Idempotency-Key came with another text before; each message needs its own.",
};

function refusalOf({ code, message, retryAfterMs = RETRY_AFTER_MS }: Refusal): HttpRefusal {
  if (code === "no-such-hook") return NOT_FOUND;
  if (code === "id-reused") return REUSED;
  const text = `${code}: ${message}.`;
  const status = STATUSES[code];
  return status === undefined ? { status: 503, text, retryAfterMs } : { status, text };
}
