/** One message of the conversation is picked, to do something about it. */

import type { PressedKey } from "../terminal/keys.ts";
import type { Message } from "../../wire/events.ts";
import { partnerIn } from "../terminal/conversations.ts";
import { messageIn } from "./item_rows.ts";
import { actionChooser, type ActionTools, messageActions } from "./message_actions.ts";
import type { PlaceReader } from "./place_reader.ts";
import type { TranscriptItem } from "./transcript_item.ts";

const PICK_HINT = "Enter: menu · R reply · + react · Escape";
/** Of a message that was gone to; letters are said there. */
export const ARRIVED_HINT = "Enter: menu · Up, Down · Escape";
const HIT_HINT = "Enter: go there · Escape";

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

  /** What the line below the conversation says meanwhile. */
  get hint(): string {
    return this.hit === undefined ? PICK_HINT : HIT_HINT;
  }

  /** The message that a search has found, of whose line nothing but that is picked. */
  get hit(): Message | undefined {
    return hitIn(this.#item);
  }

  /** Picks the last message or hit on screen; false if there is none. */
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
    const message = messageIn(this.#item);
    const { hit } = this;
    if (hit !== undefined && name === "enter") return this.#toHit(hit);
    if (hit !== undefined && name !== "escape" && name !== "ctrl-c") {
      return key.type === "text" ? "open" : "other";
    }
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

  /** Goes to what was found, which is picked there. */
  #toHit(hit: Message): "over" {
    const { known, goTo, pass } = this.#tools;
    const { room } = known.placed(hit, hit);
    const isOurs = partnerIn(room) !== undefined || known.rooms.get(room) !== undefined;
    if (!isOurs) pass(`You are not in ${room}: /join ${room} first`);
    else if (!goTo(room, hit.seq)) pass("It can't be had without a connection");
    return "over";
  }

  get #item(): TranscriptItem | undefined {
    const { state, picked } = this.#reader;
    return state.transcript.items.find(({ id }) => id === picked);
  }

  /** Picks the message before (-1) or after (1) the picked one; false if there is none. */
  #step(by: 1 | -1): boolean {
    const reader = this.#reader;
    const { items } = reader.state.transcript;
    const at = reader.picked === undefined
      ? reader.shownTo
      : items.findIndex(({ id }) => id === reader.picked);
    for (let n = at + by; n >= 0 && n < items.length; n += by) {
      if (!messageIn(items[n])?.text && hitIn(items[n]) === undefined) continue;
      reader.picked = items[n]?.id;
      reader.reveal(n);
      return true;
    }
    return false;
  }
}

/** What a note tells that was found. */
function hitIn(item: TranscriptItem | undefined): Message | undefined {
  return item !== undefined && "note" in item ? item.note.hit : undefined;
}
