/** Goes from one room or conversation to another, in the stream and in the view. */

import type { Message } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import { partnerIn, titleOf } from "./conversations.ts";
import type { ScreenEntry } from "./entry.ts";
import type { ViewCommand } from "./full_display.ts";
import type { ViewHelp } from "./help.ts";
import type { Preferences } from "./preferences.ts";
import type { Stage } from "./stage.ts";
import type { View } from "./view.ts";

/** Options of {@linkcode Going}. */
export interface GoingOptions {
  readonly view: View;
  readonly stage: Stage;
  readonly print: (entries: ScreenEntry[]) => void;
  readonly preferences: Preferences;
  /** Whether the terminal has room for the view, and takes escapes. */
  readonly hasRoom: () => boolean;
}

/** With so many rooms the stream of all of them is hard to follow. */
const MANY_ROOMS = 3;
const OFFER =
  "You are in three rooms or more: /view shows each on a screen of its own, and comes back here.";
const IN_VIEW = "F1: the keys here · /view: back to the stream";
const IN_VIEW_ONLY = "That is for the view; /view turns to it.";

export class Going {
  readonly #options: GoingOptions;

  constructor(options: GoingOptions) {
    this.#options = options;
  }

  /** All of them in their order, by what they go by here. */
  get all(): readonly string[] {
    const { view, stage } = this.#options;
    return stage.full?.places ?? view.rooms.all.map(({ name }) => name);
  }

  /** What is told of the view, while it is on screen. */
  get help(): ViewHelp | undefined {
    return this.#options.stage.full?.help;
  }

  /** Looks at one of them; rings if there is none, or if it is looked at. */
  look(place: string | undefined): void {
    const { view, stage, print } = this.#options;
    if (place === undefined || view.rooms.isCurrent(place)) return stage.bell();
    if (stage.full?.offers(place)) return;
    const isOpen = partnerIn(place) === undefined || view.rooms.get(place) !== undefined;
    print(isOpen ? view.stream.look(place) : view.open(place));
  }

  /** Looks at the one before (-1) or after (1). */
  beside(step: 1 | -1): void {
    const { view } = this.#options;
    // An invitation in the list is no place to be at.
    const all = this.all.filter((place) => !view.known.invited.has(nameKey(place)));
    const at = all.findIndex((place) => view.rooms.isCurrent(place));
    this.look(all.at((at + step) % all.length));
  }

  /** Looks at the one that the letters name best. */
  async go(letters: string): Promise<void> {
    const { byLetters } = await import("./letters.ts");
    const { view, print } = this.#options;
    const open = [...this.all, ...view.rooms.all.map(({ name }) => name)];
    const known = [...new Set([...open, ...view.known.conversations.places])];
    const [best] = byLetters(letters, known, titleOf);
    if (best === undefined) {
      const text = `No room and nobody of yours has "${letters}" in its name; ` +
        "/join ROOM enters a room, /chat NAME opens a conversation.";
      return print([view.error(text)]);
    }
    this.look(best);
  }

  /** Goes to a message that was found; false where it can't be gone to: in the stream, or where it can't be had now. */
  goTo(message: Message): boolean {
    const { view, stage } = this.#options;
    if (stage.full === undefined) return false;
    const { room } = view.known.placed(message, message);
    const isOurs = partnerIn(room) !== undefined || view.rooms.get(room) !== undefined;
    return isOurs && stage.full.goTo(room, message.seq);
  }

  /** Does what the view can do; says how to turn to it where it is not on screen. */
  command(name: ViewCommand): void {
    const { view, stage, print } = this.#options;
    if (stage.full !== undefined) return stage.full.command(name);
    if (name === "next") return this.look(view.rooms.unread[0]?.name);
    print([view.error(IN_VIEW_ONLY)]);
  }

  /** Tells what need not stay among what was said: in the view it does not. */
  pass(text: string): void {
    const { view, stage, print } = this.#options;
    if (stage.full === undefined) print([view.notice(text)]);
    else stage.full.pass(text);
  }

  /** Offers the view in the stream, once for ever, to whoever is in many rooms and has not found it. */
  offer(): void {
    const { view, stage, preferences, hasRoom, print } = this.#options;
    if (preferences.all.viewOffered || stage.full !== undefined || !view.online || !hasRoom()) {
      return;
    }
    const rooms = view.rooms.all.filter(({ name }) => partnerIn(name) === undefined);
    if (rooms.length < MANY_ROOMS) return;
    preferences.change({ viewOffered: true });
    print([view.notice(OFFER)]);
  }

  /** Turns from the stream to the view, or back. */
  async turn(): Promise<void> {
    const { stage, preferences, print } = this.#options;
    const toView = stage.full === undefined;
    if (await stage.turn(toView)) preferences.change({ view: toView, viewOffered: true });
    stage.full?.pass(IN_VIEW);
    // The stream may lack what was said meanwhile.
    print([]);
  }
}
