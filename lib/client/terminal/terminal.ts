/** The chat in a terminal: keys become requests, events lines. Editor, view and screen do no IO; this does. */

import type { Event } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import { Alarm } from "./alarm.ts";
import { terminalCommands } from "./commands/terminal_commands.ts";
import { Drafts } from "./drafts.ts";
import { HeldLines } from "./held_lines.ts";
import { LineEditor } from "./editor.ts";
import type { EditorAction } from "./editor_action.ts";
import {
  CAUSE_CODES,
  type Conversation,
  type EndSignal,
  GONE_CODE,
  INTERRUPT_CODE,
  type LinkEvent,
  SIGNAL_CODES,
} from "../conversation.ts";
import { emojiAt, loadEmoji, withEmoji } from "./emoji.ts";
import type { ScreenEntry } from "./entry.ts";
import { nextKey, withTerminal } from "./hold.ts";
import type { PressedKey } from "./keys.ts";
import type { Lending } from "./lending.ts";
import { openStage } from "./open_stage.ts";
import type { OpenStage } from "./open_stage_options.ts";
import { Speaker } from "./speaker.ts";
import { loadChoices } from "./late_choices.ts";
import type { Going } from "./going.ts";
import { FileDesk } from "./files/file_desk.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { Preferences } from "./preferences.ts";
import { Printing } from "./printing.ts";
import { ReadReports } from "./read_reports.ts";
import { Seeing } from "./seeing.ts";
import { Beginning } from "./standing.ts";
import type { Stage } from "./stage.ts";
import type { TakenRow } from "./taken_row.ts";
import type { TerminalOptions } from "./terminal_options.ts";
import type { TerminalIo } from "./tty.ts";
import { apart } from "./unbound.ts";
import { View } from "./view.ts";

/**
 * Runs the chat until the person leaves or the conversation ends. Closes the conversation, and
 * leaves the terminal as it was, whatever happens.
 *
 * Resolves with the exit code: 0 left, 3 no connection, 4 refused, 129 and 143 for the signals
 * SIGHUP and SIGTERM, 130 for Ctrl-C.
 */
export async function runTerminal(options: TerminalOptions): Promise<number> {
  return await new Chat(options).run();
}

class Chat {
  readonly #io: TerminalIo;
  readonly #conversation: Conversation;
  readonly #view: View;
  readonly #editor: LineEditor;
  readonly #held: HeldLines;
  readonly #stage: Stage;
  readonly #places: Going;
  readonly #taken: TakenRow;
  readonly #lending: Lending;
  readonly #printing: Printing;
  readonly #marks: ReadReports;
  readonly #seeing: Seeing;
  readonly #left = Promise.withResolvers<number>();
  readonly #beginning = new Beginning();
  readonly #drafts: Drafts;
  readonly #preferences: Preferences;
  readonly #files: FileDesk;
  readonly #speaker: Speaker;
  #warned = false;
  #isOver = false;

  constructor(options: TerminalOptions) {
    const { io, conversation, plain = false, settings = DEFAULT_SETTINGS } = options;
    const { now = (): Date => new Date(), presenceMs = 1_000, foldMs = 30_000 } = options;
    const preferences = new Preferences(settings, options.save);
    [this.#preferences, this.#io, this.#conversation] = [preferences, io, conversation];
    this.#view = new View({ ...options, preferences, now });
    this.#marks = new ReadReports({
      view: this.#view,
      send: (request) =>
        this.#ask(request, (answer) => answer && this.#view.answered(answer, request)),
    });
    this.#editor = options.editor ?? new LineEditor();
    this.#held = options.held ?? new HeldLines(this.#editor);
    this.#files = new FileDesk({
      view: this.#view,
      plain,
      print: (entries) => this.#print(entries),
      moved: () => this.#stage.refresh(),
      ...options.files,
    });
    const own = { commands: terminalCommands(), emoji: emojiAt, paths: this.#files.paths };
    this.#editor.vocabulary = () => ({ ...this.#view.vocabulary, ...own });
    const { conversations } = this.#view.known;
    this.#drafts = new Drafts(this.#editor, this.#held, options.room, conversations);
    const { stage, places, taken, lending } = this.#open(options, now);
    [this.#stage, this.#places, this.#taken, this.#lending] = [stage, places, taken, lending];
    this.#seeing = this.#see(options, stage);
    this.#speaker = new Speaker({
      ...{ conversation, preferences, now, shows: (place) => stage.full?.shows(place) ?? true },
      view: this.#view,
      files: this.#files,
      places: this.#places,
      editor: this.#editor,
      ...{ held: this.#held, drafts: this.#drafts, openDrafts: options.openDrafts },
      print: (entries) => this.#print(entries),
      answer: (entries, place) => this.#print(this.#stage.answer(entries, place)),
      slow: () => this.#stage.refresh(),
      compose: (text) => this.#lending.compose(text),
    });
    this.#editor.first = () => this.#speaker.takingBack.lastLine();
    this.#printing = new Printing({
      view: this.#view,
      painter: this.#stage,
      alarm: new Alarm(now, () => preferences.all.desktop),
      presenceMs,
      foldMs,
    });
  }

  async run(): Promise<number> {
    const onSignal = (signal: EndSignal): void => this.#left.resolve(SIGNAL_CODES[signal]);
    try {
      if (this.#preferences.all.view) await this.#stage.turn(true);
      return await withTerminal(this.#io, this.#stage, onSignal, (over) => {
        this.#readKeys(over).catch(this.#left.reject);
        this.#readEvents().catch(this.#left.reject);
        return this.#end();
      });
    } finally {
      this.#printing.end();
      this.#files.end();
      this.#marks.end();
      this.#speaker.end();
      await this.#conversation.close();
    }
  }

  /** The exit code when it is over; whoever is writing in an editor then may do so to the end. */
  async #end(): Promise<number> {
    const code = await this.#left.promise;
    this.#seeing.end();
    this.#marks.end();
    this.#stage.full?.parting();
    await this.#lending.end().then(() => this.#speaker.keepWriting());
    return code;
  }

  #open(options: TerminalOptions, now: () => Date): OpenStage {
    return openStage({
      ...options,
      now,
      preferences: this.#preferences,
      view: this.#view,
      editor: this.#editor,
      isBusy: () => this.#files.isBusy,
      bar: (columns) => this.#files.bar(columns),
      print: (entries) => this.#print(entries),
      say: (text, place) => this.#speaker.say(text, place),
      ...{ drafts: this.#drafts, held: this.#held },
      run: (line) => void this.#speaker.submit(line, false),
      lost: () => this.#left.resolve(GONE_CODE),
      painted: () => this.#seeing.painted(),
      loaded: () => this.#marks.look(),
    });
  }

  #see(options: TerminalOptions, stage: Stage): Seeing {
    const { rooms, stream: { attention } } = this.#view;
    return new Seeing({ ...options, attention, rooms, stage, noted: () => this.#marks.look() });
  }

  /** Prints entries, and asks the server for what they lack. */
  #print(entries: ScreenEntry[]): void {
    this.#drafts.follow(this.#view.room);
    this.#printing.print(entries);
    for (const question of this.#view.takeQuestions()) {
      this.#ask(question, (answer) => this.#view.learn(question, answer));
    }
    this.#marks.look();
    this.#files.look();
    this.#places.offer();
  }

  /** Sends a request whose answer is not printed as such; `learn` makes entries of it. */
  #ask(request: Request, learn: (answer?: Event) => ScreenEntry[] | undefined): void {
    const print = (answer?: Event): void => this.#print(learn(answer) ?? []);
    if (this.#conversation.protocol !== "event") print();
    else this.#conversation.send(request).then(print, () => print());
  }

  async #readKeys(over: AbortSignal): Promise<void> {
    if (await this.#beginning.isSlow()) {
      this.#view.waited();
      this.#stage.refresh();
    }
    if (over.aborted) return;
    for (;;) {
      const key = await this.#lending.reads(
        nextKey(this.#io, this.#stage, over, (here) => this.#seeing.focused(here)),
      );
      if (key === undefined) return this.#left.resolve(GONE_CODE);
      for (const each of apart(key, this.#stage.full)) await this.#handle(each);
      await this.#lending.ended;
      // From here on keys are for the shell.
      if (this.#isOver) return;
      this.#offer();
      this.#marks.look();
      this.#stage.refresh();
    }
  }

  async #readEvents(): Promise<void> {
    const { events } = await this.#files.attach(this.#conversation);
    for await (const event of events) this.#take(event);
    this.#left.resolve(CAUSE_CODES.unreachable);
  }

  #take(event: LinkEvent): void {
    this.#beginning.heard(event);
    if (event.type === "status" && event.status === "ended") this.#stage.full?.parting();
    this.#print(this.#view.take(event));
    if (event.type === "ready") this.#drafts.begun();
    this.#speaker.heard();
    this.#offer();
    if (event.type !== "status" || event.status !== "ended") return;
    const code = CAUSE_CODES[event.cause ?? "unreachable"];
    this.#left.resolve(this.#speaker.signsOut && event.code === "signed-out" ? 0 : code);
  }

  async #act(action: EditorAction): Promise<void> {
    switch (action.type) {
      case "submit":
        if (action.early) return this.#held.hold(action.text);
        this.#marks.flush();
        if (this.#speaker.submit(await withEmoji(action.text))) await this.#quit();
        return;
      case "interrupt":
        if (this.#warned) return this.#left.resolve(INTERRUPT_CODE);
        this.#warned = true;
        return this.#places.pass("Press Ctrl-C again to leave.");
      case "end":
        return await this.#quit();
      case "clear-screen":
        return this.#stage.clear();
      case "help":
        return void this.#speaker.submit("/help");
      case "suspend":
        return await this.#lending.suspend();
      case "compose":
        return this.#lending.compose();
      case "next-room":
      case "previous-room":
        return this.#places.beside(action.type === "next-room" ? 1 : -1);
      case "room":
        return this.#places.look(this.#places.all[action.number - 1]);
      case "bell":
        return this.#stage.bell();
    }
  }

  /** Handles a key. A long paste becomes a question first. */
  async #handle(pressed: PressedKey): Promise<void> {
    if (pressed.type === "key" && pressed.name === "early-over") return;
    this.#seeing.typed();
    await this.#taken.awaits(pressed);
    if (this.#taken.handle(pressed)) return;
    const key = this.#stage.full === undefined ? pressed : this.#stage.full.handle(pressed);
    if (key === undefined || await this.#taken.begin(key)) return;
    if (key.type === "key" && key.name === "escape" && this.#files.cancel()) return;
    const isTab = key.type === "key" && key.name.endsWith("tab");
    if (isTab) await Promise.all([loadEmoji(), loadChoices()]);
    const action = this.#editor.handle(key);
    if (action !== undefined) await this.#act(action);
    if (action?.type === "submit") this.#stage.full?.submitted(action.text);
    if (action?.type !== "interrupt") this.#warned = false;
  }

  /** Shows a line that was typed before the server let us in; only Enter sends it. */
  #offer(): void {
    if (!this.#view.online || this.#io.keys.isEarly) return;
    const told = this.#drafts.offer();
    if (told !== undefined) this.#print([this.#view.notice(told)]);
  }

  /** Leaves when the last messages have arrived, or can't in time. */
  async #quit(): Promise<void> {
    if (!await this.#speaker.mayLeave()) return;
    this.#isOver = true;
    this.#stage.full?.parting();
    await this.#speaker.allSent();
    this.#files.leave();
    this.#left.resolve(0);
  }
}
