/**
 * The chat as a full-screen view: a list of rooms and people, one conversation with all that was said in
 * it, and the editor. What is shown is a value (scene.ts), and a frame is made of it; this puts together
 * what the value consists of.
 */

import { veiled } from "../../words/secret.js";
import { clock, formatEntry, type ScreenEntry } from "../terminal/entry.ts";
import type { PressedKey } from "../terminal/keys.ts";
import { aboutLine } from "../terminal/meant.ts";
import type { Row } from "../terminal/screen.ts";
import type { FullDisplay, ViewCommand } from "../terminal/full_display.ts";
import { titleParts } from "./room_facts.ts";
import { copying } from "./clipboard.ts";
import { composeScene } from "./composing.ts";
import { Following } from "./following.ts";
import type { ScreenFrame } from "./frame.ts";
import { FramePainter, GIVE_SCREEN_BACK, type ScreenSize } from "./frame_painter.ts";
import type { FullViewOptions } from "./full_view_options.ts";
import { ItemRows } from "./item_rows.ts";
import { PageLoader } from "./page_loader.ts";
import { shownRoster, turnPeople } from "./people_pane.ts";
import { Minutes } from "./minutes.ts";
import { Passing } from "./passing.ts";
import { PlaceStates } from "./place_state.ts";
import { PlaceReader } from "./place_reader.ts";
import { lackingIn } from "./least_size.ts";
import { listedPlaces, markedPlaces } from "./room_list.ts";
import { sceneFrame } from "./scene.ts";
import { ShownFrame } from "./shown_frame.ts";
import { Steering } from "./steering.ts";
import type { Spot } from "./spot.ts";
import { Telling } from "./telling.ts";
import { NextTry } from "./next_try.ts";
import { VIEW_HELP, viewAction } from "./view_keys.ts";

const MOST_BAR = 40;
/** The keys that may each time ask for something with code of its own; others do so once at most. */
const LOADING = new Set(["enter", "tab", "shift-tab"]);

export class FullView implements FullDisplay {
  readonly #options: FullViewOptions;
  readonly #states: PlaceStates;
  readonly #following: Following;
  readonly #reader: PlaceReader;
  readonly #shown: ShownFrame;
  readonly #telling: Telling;
  readonly #steering: Steering;
  readonly #painter: FramePainter;
  readonly #passing = new Passing(() => this.refresh());
  #askedAt: Spot | undefined;
  readonly #pressed = new Set<string>();
  #version = 0;
  readonly #minutes: Minutes;
  readonly #nextTry: NextTry;

  constructor(options: FullViewOptions) {
    const { view: { known } } = options;
    this.#options = options;
    this.#minutes = new Minutes(options.now, () => this.refresh());
    this.#nextTry = new NextTry(known.standing, () => this.refresh());
    const states = this.#states = new PlaceStates(known);
    const back = (): void => {
      this.#painter.redraw();
      this.#painter.suspect(true);
    };
    this.#following = new Following({ ...options, known, states, back });
    const loaded = (): void => (this.refresh(), options.loaded());
    const loader = new PageLoader({ ...options, known, states, loaded });
    const items = new ItemRows(known);
    const frame = this.#shown = new ShownFrame({ ...options, known, states });
    const reader = this.#reader = new PlaceReader({ known, states, loader, items, frame });
    const telling = this.#telling = new Telling({ known, states });
    this.#steering = new Steering({
      ...options,
      ...{ known, reader, telling },
      told: () => this.refresh(),
      bell: () => this.bell(),
      pass: (text) => this.pass(text),
      copy: (text) => this.#copy(text),
      turnPeople: () => {
        const told = turnPeople(known, options.io.size().columns);
        if (told !== undefined) this.print(known.notice(told));
      },
      submits: () => void this.#version++,
      run: (line) => (this.#askedAt = reader.state.spot, options.run(line)),
    });
    this.#painter = new FramePainter({
      ...options,
      frame: (size) => this.#frame(size),
      painted: () => frame.painted(),
    });
  }

  get lacking(): string | undefined {
    return lackingIn(this.#options.io.size());
  }

  shows(place: string): boolean {
    return this.#options.view.rooms.isCurrent(place) && this.#reader.hasShownAll;
  }

  get places(): readonly string[] {
    return listedPlaces(this.#options.view.known).map(({ place }) => place);
  }

  get help(): FullDisplay["help"] {
    return VIEW_HELP;
  }

  begin(): void {
    const { rooms } = this.#options.view;
    this.#following.begin();
    this.#options.editor.hasRows = true;
    this.#steering.reset();
    rooms.onEnter = (before) => {
      this.#following.arrive(before);
      this.#steering.visited(before.name);
    };
    this.#steering.visited(rooms.current);
  }

  end(): ScreenEntry[] {
    const { rooms, stream } = this.#options.view;
    const unread = this.#following.end();
    this.#options.editor.hasRows = false;
    rooms.onEnter = undefined;
    // What was said meanwhile the stream has not shown: it does when a room is looked at.
    for (const room of rooms.all) room.unseen = true;
    stream.recall(rooms.current, unread);
    return [];
  }

  print(...entries: ScreenEntry[]): void {
    if (entries.some(({ kind }) => kind === "help")) return this.answer(entries);
    this.#telling.tell(entries);
    this.refresh();
  }

  answer(entries: readonly ScreenEntry[], place = this.#options.view.room): void {
    const { rows } = this.#options.io.size();
    this.#version++;
    const look = { ...this.#options.palette(), width: this.#reader.width };
    const found = this.#telling.answer(entries, place, { look, rows });
    // Whoever reads above is taken to what they asked there, and not to what comes later, or stands apart.
    const { spot } = this.#reader.state;
    const isBelow = this.#options.view.rooms.isCurrent(place) && !this.#telling.pager && spot;
    if (isBelow && spot === this.#askedAt) this.#reader.aside();
    else if (isBelow) this.pass("The answer is below: End shows it.");
    if (found && this.#reader.toNote(found)) this.pass("Alt-Up picks one, End shows the rest");
    this.refresh();
  }

  refresh(): void {
    this.#painter.refresh();
  }

  resized(): void {
    this.#painter.redraw();
  }

  reported(): void {}

  bell(): void {
    this.#painter.bell();
  }

  pass(text: string): void {
    this.#passing.show(text);
  }

  alarm(sequence: string): void {
    if (sequence !== "") this.#painter.send(sequence);
  }

  clear(): void {
    this.#painter.redraw();
  }

  settle(): void {
    this.#shown.settle();
  }

  saw(goesOn: boolean): boolean {
    const told = this.#reader.newAbove?.unread;
    const isAll = this.#shown.saw(goesOn);
    if (this.#reader.newAbove?.unread !== told) this.refresh();
    return isAll;
  }

  enter(): void {
    this.#painter.enter();
    this.#minutes.begin();
    globalThis.addEventListener("error", this.#rescue);
    globalThis.addEventListener("unhandledrejection", this.#rescue);
  }

  async leave(): Promise<void> {
    this.#minutes.end();
    this.#nextTry.end();
    this.#passing.clear();
    const look = { ...this.#options.palette(), width: this.#options.io.size().columns };
    const last = this.#telling.last.flatMap((entry) => formatEntry(entry, look));
    await this.#painter.leave(last.map((line) => `${line}\r\n`).join(""));
    globalThis.removeEventListener("error", this.#rescue);
    globalThis.removeEventListener("unhandledrejection", this.#rescue);
  }

  parting(): void {
    this.#following.leave();
    this.#telling.parting();
  }

  readonly binds = (name: string): boolean => viewAction(name) !== undefined;

  readonly suspect = (): void => this.#painter.suspect();

  handle(key: PressedKey): PressedKey | undefined {
    this.#painter.hurry();
    this.#passing.clear();
    const name = key.type === "key" ? key.name : undefined;
    const isFirst = name !== undefined && (LOADING.has(name) || !this.#pressed.has(name));
    if (name !== undefined) this.#pressed.add(name);
    if (isFirst || this.#steering.takesLetters) this.suspect();
    return this.#steering.handle(key);
  }

  submitted(line: string): void {
    this.#steering.submitted(line);
  }

  command(name: ViewCommand): void {
    this.#steering.command(name);
    this.refresh();
  }

  offers(place: string): boolean {
    return this.#steering.offers(place);
  }

  goTo(place: string, seq: number): boolean {
    const isThere = this.#steering.goTo(place, seq);
    this.refresh();
    return isThere;
  }

  #frame(size: ScreenSize): ScreenFrame {
    const { view, palette: paletteOf, server, editor, bar, now, drafts } = this.#options;
    const [{ known }, palette] = [view, paletteOf()];
    const { spot, readAt } = this.#reader.state;
    const { chooser, isAlone, hint } = this.#steering;
    const about = { ...this.#options, known, columns: size.columns, told: () => this.refresh() };
    const title = titleParts(view, this.#states, about);
    const scene = composeScene({
      ...{ size, palette, isAlone },
      places: markedPlaces(known, this.#states.away, drafts),
      people: isAlone ? undefined : shownRoster(view.room, this.#states.of(view.room), about),
      title,
      status: {
        name: known.standing.isAway ? `${known.name} (away)` : known.name,
        server,
        state: this.#nextTry.told(view.state),
        clock: clock(now()),
        keys: this.#passing.text || hint,
        about: aboutLine(editor.text, known),
        bar: bar(MOST_BAR),
        below: this.#reader.below(chooser !== undefined || this.#telling.pager !== undefined),
        goesBack: spot === undefined && readAt !== undefined,
      },
      row: this.#row(),
      talk: (room) => this.#reader.rows(room, { ...palette, version: this.#version }),
      seen: () => ({ upTo: this.#reader.pickedTo, newAbove: this.#reader.newAbove }),
      overlay: ({ width, height }) =>
        chooser?.overlay({ width, height }) ??
          this.#telling.pager?.overlay({ ...palette, width }, height),
    });
    if (scene.overlay !== undefined) this.#shown.cover();
    return sceneFrame(scene);
  }

  #row(): Row {
    const { editor: { text, cursor }, view: { title }, taken } = this.#options;
    const prompt = `${title === "" ? "(no room)" : title}> `;
    return taken() ?? this.#steering.chooser?.row ?? { prompt, text: veiled(text), cursor };
  }

  #copy(text: string): void {
    const { sequence = "", told } = copying(text);
    if (sequence !== "") this.#painter.send(sequence);
    this.pass(told);
  }

  /** An error that nobody caught ends the program: the shell's screen is given back before it is told. */
  readonly #rescue = (): void => {
    this.#options.io.writeNow?.(new TextEncoder().encode(GIVE_SCREEN_BACK));
  };
}
