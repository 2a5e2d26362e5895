/** The state of the connection, and what a person is told about it: each trouble once. */

import type { Event } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { within } from "../../wire/within.ts";
import { AwayAgain } from "../../words/away.js";
import type { LinkEvent, LinkStatus } from "../conversation.ts";

/** A server nearby has answered by then; later the prompt shows that we wait, in ms. */
const GRACE_MS = 20;

export class Standing {
  #status: LinkStatus["status"] = "connecting";
  #greeted = false;
  #server: string | undefined;
  #bye = "";
  /** When the link tries again, by a clock that never leaps; `undefined`: it does not wait. */
  #triesAt: number | undefined;
  readonly #away = new AwayAgain();
  /** Why the server did not let us in the last time. */
  #refusal = "";

  get status(): LinkStatus["status"] {
    return this.#status;
  }

  get online(): boolean {
    return this.#status === "online";
  }

  /** The server that has let us in, where there are several. */
  get server(): string | undefined {
    return this.#server;
  }

  /** The same as part of a sentence, if there is anything to say. */
  get by(): string {
    return this.#server === undefined ? "" : ` by ${this.#server}`;
  }

  /** How long it is until the link tries again, in ms; `undefined`: it does not wait. */
  get waitsMs(): number | undefined {
    return this.#triesAt && Math.max(0, this.#triesAt - performance.now());
  }

  /** Takes a status of the link; returns what is news in it. */
  take(
    { status, text, fellBack, code = "", server, retryInMs }: LinkStatus,
  ): Array<{ kind: "notice" | "error"; text: string }> {
    const wasDown = this.#status === "offline" || this.#greeted && this.#status === "connecting";
    this.#status = status;
    this.#triesAt = retryInMs && performance.now() + retryInMs;
    if (status === "online") this.#server = server;
    if (status === "ended") return text === this.#bye ? [] : [{ kind: "error", text }];
    if (fellBack) return [{ kind: "notice", text }];
    if (status !== "offline") return [];
    const isNews = !wasDown || code !== "" && code !== this.#refusal;
    this.#refusal = code;
    if (!isNews) return [];
    const told = text === this.#bye ? "" : `${text.replace(/([^.?])$/, "$1.")} `;
    const then = code === "name-taken"
      ? "/nick NAME does, and what you wrote is kept."
      : "Trying again, Enter tries at once; what you write is kept until then.";
    return [{ kind: "error", text: `${told}${then}` }];
  }

  /** The server has let us in. Returns whether it had before. */
  ready(): boolean {
    const isBack = this.#greeted;
    this.#status = "online";
    this.#greeted = true;
    this.#bye = this.#refusal = "";
    return isBack;
  }

  /**
   * The server has said why it ends the connection, of which the person has been told, or that somebody is away;
   * `at` is in ms.
   */
  hear(event: Event, isOwn: (name: string) => boolean, at: number): void {
    if (event.type === "away" && isOwn(event.name)) this.#away.text = event.text ?? "";
    if (event.type !== "bye") return;
    this.#bye = event.text;
    this.#away.ended(event.reason, at);
  }

  /** Whether the person has said that they are away. */
  get isAway(): boolean {
    return this.#away.text !== "";
  }

  /** What a server is told again that has forgotten it; `at` is in ms. */
  again(at: number): Array<RequestOf<"away">> {
    return this.#away.back(at);
  }
}

/** How a conversation begins: when keys may be read, and whether the server takes its time. */
export class Beginning {
  /** Resolves when the conversation connects; its code may have to be loaded first. */
  readonly #connecting = Promise.withResolvers<void>();
  /** Resolves when it has connected, or failed to. */
  readonly #begun = Promise.withResolvers<true>();

  /** An event has come. */
  heard(event: LinkEvent): void {
    this.#connecting.resolve();
    if (event.type !== "status" || event.status !== "connecting") this.#begun.resolve(true);
  }

  /**
   * Resolves when keys may be read: what is typed until then may answer a question, such as for a password, that
   * follows at once. True if the server has not answered by then.
   */
  async isSlow(): Promise<boolean> {
    await this.#connecting.promise;
    return await within(GRACE_MS, this.#begun.promise) === undefined;
  }
}
