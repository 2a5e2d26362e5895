/** What was said last arrives before the person leaves, or they are told that it has not, and what leaving loses. */

import { within } from "../../wire/within.ts";
import { quoteText } from "../../words/fold.js";
import { titleOf } from "./conversations.ts";
import type { Drafts } from "./drafts.ts";
import type { ScreenEntry } from "./entry.ts";
import { type Outgoing, outgoingText } from "./outgoing.ts";
import type { KeptWriting } from "./kept_writing.ts";
import type { TypedAhead } from "./typed_ahead.ts";
import type { View } from "./view.ts";

/** Options of a {@linkcode Departure}. */
export interface DepartureOptions {
  readonly view: View;
  readonly ahead: TypedAhead;
  readonly drafts: Drafts;
  readonly print: (entries: ScreenEntry[]) => void;
  /** What keeps drafts; `undefined`: nothing does. */
  readonly writing: () => Promise<KeptWriting> | undefined;
}

/** How long to wait for messages on their way when the person leaves, in ms. */
const LAST_WORDS_MS = 2_000;

export class Departure {
  readonly #options: DepartureOptions;
  #allSent: (() => void) | undefined;
  /** What the person was told of that leaving loses. */
  #told = "";
  /** Whether they were told of what has no answer, and leave all the same. */
  #isTold = false;

  constructor(options: DepartureOptions) {
    this.#options = options;
  }

  /** An event has come, maybe the ack of the last message on its way. */
  heard(): void {
    if (this.#options.view.own.unsent > 0) return;
    this.#isTold = false;
    this.#allSent?.();
  }

  /** Whether the person may leave: nothing is lost by that of which they were not told; else they are. */
  async mayLeave(): Promise<boolean> {
    if (!this.#knowsDrafts((await this.#options.writing())?.keep() ?? [])) return false;
    if (this.#isTold) return true;
    await this.#arrived();
    const { view, print } = this.#options;
    const { unsent } = view.own;
    if (unsent === 0) return true;
    this.#isTold = true;
    const requests = [...view.own.waiting.values()].map(({ request }) => request);
    print([view.error(unansweredText(requests))]);
    return false;
  }

  /** Whether no draft is lost of which they were not told; those of the rooms `kept` are not. */
  #knowsDrafts(kept: readonly string[]): boolean {
    const { view, print, drafts } = this.#options;
    const lost = drafts.lostBut(kept);
    const what = JSON.stringify(lost);
    if (lost.length === 0 || what === this.#told) return true;
    this.#told = what;
    // Of the next room nobody knows the name.
    const rooms = new Set(lost.map(([room]) => titleOf(room) || "the next room"));
    const text = `A draft is in ${[...rooms].join(", ")}; leave once more, and it is lost.`;
    print([view.error(text)]);
    return false;
  }

  /** Resolves when all messages have arrived, or tells what became of those that have not in time. */
  async allSent(): Promise<void> {
    const { view, print, ahead } = this.#options;
    await ahead.settled(LAST_WORDS_MS);
    if (!this.#isTold) await this.#arrived();
    const kept = ((await this.#options.writing())?.keep() ?? []).map(titleOf);
    const drafts = kept.length === 1 ? "The draft" : "The drafts";
    const are = kept.length === 1 ? "is" : "are";
    if (kept.length > 0) print([view.notice(`${drafts} in ${kept.join(", ")} ${are} kept.`)]);
    const left = [...view.own.waiting.values()].map(({ request, isOnItsWay }) => {
      const said = quoteText(outgoingText(request));
      return isOnItsWay
        ? `It may have arrived or not, so look before you send it again: ${said}`
        : `Not sent: ${said}`;
    });
    if (left.length > 0) print(left.map((text) => view.error(text)));
  }

  /** Waits for the messages on their way. */
  async #arrived(): Promise<void> {
    const { view } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#allSent = resolve;
    if (view.online && view.own.unsent > 0) await within(LAST_WORDS_MS, promise);
  }
}

/** What the person is told of messages, and of what is to become of some, that have no answer. */
function unansweredText(requests: readonly Outgoing[]): string {
  const messages = requests.filter(({ type }) => type === "say" || type === "direct").length;
  const parts = [[messages, "message"], [requests.length - messages, "request"]] as const;
  const what = parts.filter(([count]) => count > 0)
    .map(([count, word]) => count === 1 ? `one ${word}` : `${count} ${word}s`).join(" and ");
  const [has, them] = requests.length === 1 ? ["has", "it"] : ["have", "them"];
  const told = what.charAt(0).toUpperCase() + what.slice(1);
  return `${told} ${has} no answer yet; leave once more to go without ${them}.`;
}
