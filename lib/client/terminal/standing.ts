/** How the connection stands, and what of that a person is told: each trouble once. */

import type { EventOf } from "../../wire/events.ts";
import type { LinkStatus } from "../conversation.ts";

/** What is told of a connection. */
export interface Told {
  readonly kind: "notice" | "error";
  readonly text: string;
}

/** How the connection stands. */
export class Standing {
  #status: LinkStatus["status"] = "connecting";
  #greeted = false;
  #bye = "";
  /** Why the server did not let us in the last time. */
  #refusal = "";

  get status(): LinkStatus["status"] {
    return this.#status;
  }

  get online(): boolean {
    return this.#status === "online";
  }

  /** Takes what the link says of itself; returns what of it is news. */
  take({ status, text, fellBack, code = "" }: LinkStatus): Told[] {
    const wasDown = this.#status === "offline" || this.#greeted && this.#status === "connecting";
    this.#status = status;
    if (status === "ended") return text === this.#bye ? [] : [{ kind: "error", text }];
    if (fellBack) return [{ kind: "notice", text }];
    if (status !== "offline") return [];
    const isNews = !wasDown || code !== "" && code !== this.#refusal;
    this.#refusal = code;
    if (!isNews) return [];
    const told = text === this.#bye ? "" : `${text.replace(/\.$/, "")}. `;
    const then = code === "name-taken"
      ? "/nick NAME does, and what you wrote is kept."
      : "Trying again; what you write is kept until then.";
    return [{ kind: "error", text: `${told}${then}` }];
  }

  /** The server has let us in; whether it had before. */
  ready(): boolean {
    const isBack = this.#greeted;
    this.#status = "online";
    this.#greeted = true;
    this.#bye = this.#refusal = "";
    return isBack;
  }

  /** The server has said why it ends the connection, which has been told. */
  bye({ text }: EventOf<"bye">): void {
    this.#bye = text;
  }
}
