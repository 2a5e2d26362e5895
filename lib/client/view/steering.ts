/** Does what the keys and commands of the view ask for, and leaves the other keys to the editor. */

import type { PressedKey } from "../terminal/keys.ts";
import type { ViewCommand } from "../terminal/full_display.ts";
import { DraftsAside } from "./aside.ts";
import type { Chooser } from "./chooser.ts";
import { comeBack, goAway } from "./going_back.ts";
import { invitationChooser } from "./invitation.ts";
import { listedPlaces, nextUnread } from "./room_list.ts";
import type { SteeringOptions } from "./steering_options.ts";
import { switcher } from "./switcher.ts";
import { ARRIVED_HINT, Picking } from "./picking.ts";
import { Retracing } from "./retracing.ts";
import { Trail } from "./trail.ts";
import { asAlt, goesElsewhere, PREFIX_HINT, type ViewAction, viewAction } from "./view_keys.ts";

/** The keys that leave the line in the row. */
const LEAVING = new Set(["escape", "ctrl-c"]);

export class Steering {
  readonly #options: SteeringOptions;
  readonly #trail = new Trail();
  readonly #picking: Picking;
  readonly #aside: DraftsAside;
  readonly #retracing: Retracing;
  #chooser: Chooser | undefined;
  /** Where a message is picked, or something is chosen for one: what is done there is done nowhere else. */
  #at = "";
  /** Whether the conversation is shown alone. */
  isAlone = false;
  #isPicking = false;
  /** What is picked was gone to, and nobody has done anything with it yet. */
  #hasArrived = false;
  /** Whether the next key is one with Alt. */
  isPrefixed = false;

  constructor(options: SteeringOptions) {
    this.#options = options;
    const { reader, run, known } = options;
    known.conversations.onMoved.add((moved) => this.#trail.move(moved));
    const aside = this.#aside = new DraftsAside(options);
    const goTo = (place: string, seq: number): boolean => this.#goTo(place, seq);
    const retracing = this.#retracing = new Retracing({ ...options, goTo });
    this.#picking = new Picking(reader, {
      ...options,
      state: () => reader.state,
      show: (line, before) => aside.show(line, before),
      edit: (line) => {
        aside.keep();
        run(line);
      },
      choose: (chooser) => void (this.#chooser = chooser),
      retrace: (answer, to) => retracing.go(answer, to),
      goTo: (place, seq) => this.goTo(place, seq),
    });
  }

  /** What is being chosen, if something is. */
  get chooser(): Chooser | undefined {
    return this.#isElsewhere ? undefined : this.#chooser;
  }

  /** What the keys do now, if that is something else than always. */
  get hint(): string {
    if (this.isPrefixed) return PREFIX_HINT;
    return !this.isPicking ? "" : this.#hasArrived ? ARRIVED_HINT : this.#picking.hint;
  }

  /** Whether a message is picked. */
  get isPicking(): boolean {
    return this.#isPicking && !this.#isElsewhere;
  }

  /** Whether a letter may ask for something, as a key does. */
  get takesLetters(): boolean {
    return this.isPicking && !this.#hasArrived || this.chooser !== undefined;
  }

  /** Whether the person looks at another room than the one of what is picked. */
  get #isElsewhere(): boolean {
    return this.#at !== "" && this.#at !== this.#options.reader.key;
  }

  /** Nothing is chosen, picked or read apart any more. */
  reset(): void {
    this.#options.telling.pager = undefined;
    this.isPrefixed = false;
    this.#unpick();
  }

  #unpick(): void {
    this.#chooser = undefined;
    this.#isPicking = this.#hasArrived = false;
    this.#at = "";
    this.#options.reader.picked = undefined;
  }

  /** A room or conversation is looked at. */
  visited(place: string): void {
    this.#trail.visit(place);
  }

  /** Takes a key; returns one that is for the editor. */
  handle(key: PressedKey): PressedKey | undefined {
    if (this.#isElsewhere) {
      this.#unpick();
      // The key was for what is gone, and may mean something else here.
      this.#options.bell();
      return undefined;
    }
    const rest = this.#take(key);
    // As long as something is chosen for a message, it is marked.
    if (!this.#isPicking && this.#chooser === undefined) this.#unpick();
    return rest;
  }

  #take(key: PressedKey): PressedKey | undefined {
    if (this.#chooser !== undefined) {
      const chooser = this.#chooser;
      const meant = this.isPrefixed ? asAlt(key) : key;
      const name = meant?.type === "key" ? meant.name : "";
      this.isPrefixed = !this.isPrefixed && viewAction(name) === "prefix";
      if (this.isPrefixed || meant === undefined) return undefined;
      if (goesElsewhere(name)) {
        this.#unpick();
        return this.#steer(meant);
      }
      // What is chosen may open another one.
      if (chooser.handle(meant) === "over" && this.#chooser === chooser) this.#chooser = undefined;
      return undefined;
    }
    const { telling } = this.#options;
    if (telling.pager !== undefined) {
      const next = telling.pager.handle(key);
      if (next !== "open") telling.pager = undefined;
      if (next !== "other") return undefined;
    }
    // No letter of what can be done: a command is typed.
    if (key.type === "text" && key.text.startsWith("/")) this.#isPicking = false;
    // Nobody has picked what they were led to: who types there answers it, or says something.
    if (this.#hasArrived && key.type !== "key") this.#isPicking = false;
    this.#hasArrived = false;
    if (this.#isPicking) {
      // What is typed fast, or comes late over a slow link, comes as one: what follows the letter is for what that opens.
      const [letter = "", ...rest] = key.type === "text" ? key.text : "";
      if (rest.length > 0) {
        this.handle({ type: "text", text: letter });
        return this.handle({ type: "text", text: rest.join("") });
      }
      // What is done about it may pick another one.
      this.#isPicking = false;
      const next = this.#picking.handle(key);
      this.#isPicking ||= next === "open";
      if (next !== "other") return undefined;
    }
    return this.#steer(key);
  }

  /** Goes to a message, to come back from there; false: it can't be had now. */
  goTo(place: string, seq: number): boolean {
    return goAway(this.#options.reader, () => this.#goTo(place, seq));
  }

  /** Goes to a message, which is picked then unless something is being typed. */
  #goTo(place: string, seq: number): boolean {
    const { reader, look, known, editor } = this.#options;
    const turn = (): void => known.rooms.isCurrent(place) ? undefined : look(place);
    return reader.goTo(place, seq, turn, (id) => {
      if (editor.text !== "") return;
      this.#picking.pick(id);
      this.#isPicking = this.#hasArrived = true;
      this.#at = known.logKey(place);
    });
  }

  /** Offers to answer the invitation to a room; false: there is none. */
  offers(place: string): boolean {
    const chooser = invitationChooser(place, this.#options);
    if (chooser === undefined) return false;
    this.#unpick();
    this.#chooser = chooser;
    this.#options.told();
    return true;
  }

  /** A line of the row was carried out. */
  submitted(line: string): void {
    this.#aside.submitted(line);
  }

  command(name: ViewCommand): void {
    this.#act(name === "next" ? "next-unread" : name);
  }

  #steer(key: PressedKey): PressedKey | undefined {
    const { editor, reader, submits } = this.#options;
    const meant = this.isPrefixed ? asAlt(key) : key;
    this.isPrefixed = false;
    if (meant === undefined || meant.type !== "key") return meant;
    if (meant.name === "enter" && editor.text.trim() !== "") {
      // What is said, or asked, is to be seen.
      submits();
      reader.aside();
    }
    if (LEAVING.has(meant.name) && this.#aside.giveBack()) return undefined;
    if (meant.name === "escape" && reader.state.spot !== undefined) {
      reader.toEnd();
      return undefined;
    }
    const action = viewAction(meant.name);
    return action !== undefined && this.#act(action) ? undefined : meant;
  }

  /** Does what is asked for; false if the key is the editor's for now. */
  #act(action: ViewAction): boolean {
    const { reader } = this.#options;
    switch (action) {
      case "next-unread":
        return this.#toNext();
      case "first":
        return this.#toFirst();
      case "go":
        this.#at = "";
        this.#chooser = switcher({
          ...this.#options,
          recent: this.#trail.recent,
          show: (line) => this.#aside.show(line),
        });
        return true;
      case "back":
      case "forth":
        this.#step(action === "back" ? -1 : 1);
        return true;
      case "page-up":
        return this.#moved(reader.page(-1));
      case "page-down":
        return this.#moved(reader.page(1));
      case "line-up":
        return this.#moved(reader.up(1));
      case "line-down":
        return this.#moved(reader.down(1));
      case "end":
        if (reader.state.spot === undefined) return false;
        reader.toEnd();
        return true;
      case "alone":
        this.isAlone = !this.isAlone;
        return true;
      case "pick":
        this.#isPicking = this.#picking.begin();
        this.#at = this.#isPicking ? reader.key : "";
        return this.#moved(this.#isPicking);
      case "people":
        this.#options.turnPeople();
        return true;
      case "prefix":
        this.isPrefixed = true;
        return true;
    }
  }

  #toNext(): true {
    const { reader, known, look, pass } = this.#options;
    const next = nextUnread(listedPlaces(known));
    if (next === undefined && reader.state.below === 0) {
      // What is new here, and had no room on the screen, is the last that there is.
      if (reader.newAbove === undefined || !reader.toFirstNew()) pass("Nothing new anywhere.");
      return true;
    }
    if (next !== undefined) look(next.place);
    // What is new is what is asked for, wherever was read there before.
    if (next?.invitedBy === undefined) reader.toEnd();
    return true;
  }

  #toFirst(): true {
    const isThere = this.#options.reader.toFirstNew();
    if (isThere === undefined) this.#options.pass("Nothing is new here.");
    return this.#moved(isThere !== false);
  }

  #moved(hasMoved: boolean): true {
    if (!hasMoved) this.#options.bell();
    return true;
  }

  #step(by: 1 | -1): void {
    const { known: { rooms }, look, bell, reader } = this.#options;
    if (by === -1 && comeBack(reader, this.#retracing)) return;
    const isThere = (place: string): boolean => rooms.get(place) !== undefined;
    const place = this.#trail.step(by, isThere);
    if (place === undefined || rooms.isCurrent(place)) bell();
    else look(place);
  }
}
