/** One message of the conversation is picked, to do something about it. */

import type { PressedKey } from "../terminal/keys.ts";
import type { ShownMessage } from "../terminal/shown_messages.ts";
import { messageIn } from "./item_rows.ts";
import { actionChooser, type ActionTools, messageActions } from "./message_actions.ts";
import type { PlaceReader } from "./place_reader.ts";

/** What the line below the conversation says meanwhile. */
export const PICK_HINT = "Enter: menu · R reply · + react · Escape";

const STEPS: Readonly<Record<string, 1 | -1>> = {
  ...{ "up": -1, "alt-up": -1, "ctrl-p": -1 },
  ...{ "down": 1, "alt-down": 1, "ctrl-n": 1 },
};

export class Picking {
  readonly #reader: PlaceReader;
  readonly #tools: ActionTools;

  constructor(reader: PlaceReader, tools: ActionTools) {
    this.#reader = reader;
    this.#tools = tools;
  }

  /** Picks the last message on screen; false if there is none. */
  begin(): boolean {
    this.#reader.picked = undefined;
    return this.#step(-1);
  }

  /** Picks the message with this id, which is on screen. */
  pick(id: string): void {
    this.#reader.picked = id;
  }

  /** Takes a key; `over`: no message is picked any more; `other`: the key is for others, too. */
  handle(key: PressedKey): "over" | "open" | "other" {
    const name = key.type === "key" ? key.name : "";
    const step = STEPS[name];
    if (step !== undefined) return this.#step(step) || step === -1 ? "open" : "over";
    const message = this.#message;
    if (name === "escape" || name === "ctrl-c" || message === undefined) return "over";
    const actions = messageActions(message, this.#tools);
    if (name === "enter") {
      this.#tools.choose(actionChooser(message, actions));
      return "over";
    }
    if (key.type !== "text") return "other";
    const action = actions.find(({ letter }) => letter === key.text.toLowerCase());
    if (action === undefined) return "open";
    action.take();
    return "over";
  }

  get #message(): ShownMessage | undefined {
    const { state, picked } = this.#reader;
    return messageIn(state.transcript.items.find(({ id }) => id === picked));
  }

  /** Picks the message before (-1) or after (1) the picked one; false if there is none. */
  #step(by: 1 | -1): boolean {
    const reader = this.#reader;
    const { items } = reader.state.transcript;
    const at = reader.picked === undefined
      ? reader.shownTo
      : items.findIndex(({ id }) => id === reader.picked);
    for (let n = at + by; n >= 0 && n < items.length; n += by) {
      const message = messageIn(items[n]);
      if (message === undefined || message.text === "") continue;
      reader.picked = items[n]?.id;
      reader.reveal(n);
      return true;
    }
    return false;
  }
}
