/** The state of the connection, and what a person is told about it: each trouble once. */

import type { EventOf } from "../../wire/events.ts";
import type { LinkStatus } from "../conversation.ts";

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

  /** Takes a status of the link; returns what is news in it. */
  take(
    { status, text, fellBack, code = "" }: LinkStatus,
  ): Array<{ kind: "notice" | "error"; text: string }> {
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

  /** The server has let us in. Returns whether it had before. */
  ready(): boolean {
    const isBack = this.#greeted;
    this.#status = "online";
    this.#greeted = true;
    this.#bye = this.#refusal = "";
    return isBack;
  }

  /** The server has said why it ends the connection; the person has been told. */
  bye({ text }: EventOf<"bye">): void {
    this.#bye = text;
  }
}
