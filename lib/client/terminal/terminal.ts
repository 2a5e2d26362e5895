/**
 * The chat in a terminal: keys become requests, events become lines. The thin part that does IO; the
 * editor, the view and the screen know none.
 */

import { parseLine } from "../../chat/command.ts";
import { veiled } from "../../chat/secret.ts";
import type { Event, Request } from "../../wire/event.ts";
import { Alarm } from "./alarm.ts";
import { type EditorAction, LineEditor } from "./editor.ts";
import {
  CAUSE_CODES,
  type EndSignal,
  GONE_CODE,
  INTERRUPT_CODE,
  SIGNAL_CODES,
} from "../exit_code.ts";
import type { Entry } from "./entry.ts";
import { nextKey, suspend, withTerminal } from "./hold.ts";
import type { Conversation, LinkEvent } from "../conversation.ts";
import { obey } from "./orders.ts";
import type { TerminalOptions } from "./options.ts";
import { parseOwn } from "./own_command.ts";
import { Painter } from "./painter.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { Preferences } from "./preferences.ts";
import type { RoomState } from "./rooms.ts";
import type { Row } from "./screen.ts";
import { type Ask, Searches } from "../search.ts";
import type { TerminalIo } from "./tty.ts";
import { SLOW_MS, View } from "./view.ts";
import { within } from "../within.ts";

/** How long leaving waits for messages that are on their way, in ms. */
const LAST_WORDS_MS = 2_000;
/** How long people may come and go to be told in one sentence, in ms. */
const PRESENCE_MS = 1_000;
const NOWHERE = "You look at no room; /join ROOM enters one, and /room ROOM looks at one of yours.";
/** A server nearby has answered by then; after that it is said that it is waited for, in ms. */
const GRACE_MS = 20;

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

/** One run of the chat in a terminal. */
class Chat {
  readonly #io: TerminalIo;
  readonly #conversation: Conversation;
  readonly #preferences: Preferences;
  readonly #view: View;
  readonly #alarm: Alarm;
  readonly #editor: LineEditor;
  readonly #painter: Painter;
  readonly #now: () => Date;
  readonly #presenceMs: number;
  readonly #searches = new Searches();
  readonly #left = Promise.withResolvers<number>();
  /** Resolves when the conversation connects, which it may have to be loaded for. */
  readonly #connecting = Promise.withResolvers<void>();
  /** Resolves when that has come to something. */
  readonly #begun = Promise.withResolvers<true>();
  readonly #idPrefix = crypto.randomUUID().slice(0, 8);
  #ids = 0;
  #warned = false;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #presenceTimer: ReturnType<typeof setTimeout> | undefined;
  #allSent: (() => void) | undefined;

  constructor(options: TerminalOptions) {
    const { io, conversation, color = true, depth = "16", plain = false } = options;
    const { now = (): Date => new Date(), presenceMs = PRESENCE_MS } = options;
    const preferences = new Preferences(options.settings ?? DEFAULT_SETTINGS, options.save);
    this.#io = io;
    this.#conversation = conversation;
    this.#preferences = preferences;
    this.#now = now;
    this.#presenceMs = presenceMs;
    this.#view = new View({ server: options.server, room: options.room, preferences, now });
    this.#alarm = new Alarm({ now, desktop: () => preferences.all.desktop });
    this.#editor = options.editor ?? new LineEditor();
    this.#editor.completeFrom(() => this.#view.vocabulary);
    this.#painter = new Painter({
      io,
      now,
      row: (columns) => this.#row(columns),
      palette: () => {
        const { colours } = preferences.all;
        const wanted = colours === "auto" ? depth : colours;
        return { depth: color ? wanted : "none", escapes: !plain };
      },
      lost: () => this.#left.resolve(GONE_CODE),
    });
  }

  async run(): Promise<number> {
    const onSignal = (signal: EndSignal): void => this.#left.resolve(SIGNAL_CODES[signal]);
    try {
      return await withTerminal(this.#io, this.#painter, onSignal, (over) => {
        this.#readKeys(over).catch(this.#left.reject);
        this.#readEvents().catch(this.#left.reject);
        return this.#left.promise;
      });
    } finally {
      clearTimeout(this.#presenceTimer);
      clearTimeout(this.#slowTimer);
      await this.#conversation.close();
    }
  }

  #row(columns: number): Row {
    const { text, cursor } = this.#editor;
    return { prompt: this.#view.prompt(Math.floor(columns / 2)), text: veiled(text), cursor };
  }

  /** Prints what a person should see, and draws attention to it. Who came and went comes before. */
  #print(entries: Entry[]): void {
    if (entries.length > 0) {
      this.#painter.print(...this.#view.takePresence(), ...entries);
      this.#painter.alarm(this.#alarm.ring(entries));
    } else this.#painter.refresh();
    if (!this.#view.presencePending) return;
    this.#presenceTimer ??= setTimeout(() => {
      this.#presenceTimer = undefined;
      this.#painter.print(...this.#view.takePresence());
    }, this.#presenceMs);
  }

  async #readKeys(over: AbortSignal): Promise<void> {
    // What is typed until then may be for the question that a server nearby makes somebody ask.
    await this.#connecting.promise;
    if (await within(GRACE_MS, this.#begun.promise) === undefined) {
      this.#view.waited();
      this.#painter.refresh();
    }
    if (over.aborted) return;
    for (;;) {
      const key = await nextKey(this.#io, over);
      if (key === undefined) return this.#left.resolve(GONE_CODE);
      this.#view.typed();
      const action = this.#editor.handle(key);
      if (action !== undefined) await this.#act(action);
      if (action?.type !== "interrupt") this.#warned = false;
      this.#painter.refresh();
    }
  }

  async #readEvents(): Promise<void> {
    for await (const event of this.#conversation.events) this.#take(event);
    this.#left.resolve(CAUSE_CODES.unreachable);
  }

  #take(event: LinkEvent): void {
    this.#connecting.resolve();
    if (event.type !== "status" || event.status !== "connecting") this.#begun.resolve(true);
    this.#print(this.#view.take(event));
    this.#lookAround();
    if (this.#view.unsent === 0) this.#allSent?.();
    if (event.type !== "status" || event.status !== "ended") return;
    this.#left.resolve(CAUSE_CODES[event.cause ?? "unreachable"]);
  }

  /** Asks what the view wants to know: who is there, and what was said before. */
  #lookAround(): void {
    for (const question of this.#view.takeQuestions()) {
      const learn = (answer?: Event): void => this.#print(this.#view.learn(question, answer));
      if (this.#conversation.protocol !== "event") learn();
      else this.#conversation.send(question).then(learn, () => learn());
    }
  }

  async #act(action: EditorAction): Promise<void> {
    switch (action.type) {
      case "submit":
        return await this.#submit(action.text);
      case "interrupt":
        if (this.#warned) return this.#left.resolve(INTERRUPT_CODE);
        this.#warned = true;
        return this.#print([this.#view.notice("Press Ctrl-C again to leave.")]);
      case "end":
        return await this.#quit();
      case "clear-screen":
        return this.#painter.clear();
      case "suspend":
        return await this.#suspend();
      case "next-room":
      case "previous-room":
        return this.#look(this.#view.rooms.beside(action.type === "next-room" ? 1 : -1));
      case "room":
        return this.#look(this.#view.rooms.all[action.number - 1]);
      case "bell":
        return this.#painter.bell();
    }
  }

  #look(room: RoomState | undefined): void {
    if (room === undefined || this.#view.rooms.isCurrent(room.name)) return this.#painter.bell();
    this.#print(this.#view.look(room.name));
  }

  async #submit(line: string): Promise<void> {
    if (line.trim() === "") return;
    const own = parseOwn(line);
    if (own?.kind === "around") return this.#tell(this.#searches.around(own.number, this.#ask));
    if (own !== undefined) {
      const desk = { view: this.#view, preferences: this.#preferences, now: this.#now };
      return this.#print(obey(own, desk));
    }
    const place = { room: this.#view.room, names: this.#view.vocabulary.names };
    const parsed = parseLine(line, place);
    switch (parsed.kind) {
      case "help":
        return;
      case "quit":
        return await this.#quit();
      case "error":
        return this.#print([this.#view.error(parsed.text)]);
      case "request":
        return this.#send(parsed.request);
    }
  }

  #send(request: Request): void {
    const view = this.#view;
    if ("room" in request && request.room === "") {
      return this.#print([view.error(NOWHERE)]);
    }
    if (request.type === "search") {
      return this.#tell(this.#searches.ask(request, this.#ask));
    }
    if (request.type !== "say" && request.type !== "direct") {
      this.#conversation.send(request).then(
        (answer) => {
          this.#print(view.answered(answer));
          this.#lookAround();
        },
        (error: Error) => this.#print(view.failed(undefined, error)),
      );
      return;
    }
    const id = `${this.#idPrefix}-${++this.#ids}`;
    this.#print(view.sent(id, request));
    this.#slowTimer ??= setTimeout(this.#showSlow, SLOW_MS);
    // Its ack comes among the events too, in its place among the messages; that one is shown.
    this.#conversation.send({ ...request, id }).catch((error: Error) => {
      this.#print(view.failed(id, error));
      if (view.unsent === 0) this.#allSent?.();
    });
  }

  readonly #ask: Ask = (request) => this.#conversation.send(request);

  /** Prints what the server was asked for, or why it did not answer. */
  #tell(asked: Promise<string[]>): void {
    asked.then(
      (lines) => this.#print(lines.map((line) => this.#view.notice(line))),
      (error: Error) => this.#print(this.#view.failed(undefined, error)),
    );
  }

  /** Lets the prompt tell what is on its way for long. */
  readonly #showSlow = (): void => {
    this.#slowTimer = undefined;
    if (this.#view.unsent === 0) return;
    this.#painter.refresh();
    this.#slowTimer = setTimeout(this.#showSlow, SLOW_MS);
  };

  /** Leaves, but not before the last words have arrived, if they can. */
  async #quit(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#allSent = resolve;
    if (this.#view.online && this.#view.unsent > 0) await within(LAST_WORDS_MS, promise);
    const { unsent } = this.#view;
    if (unsent > 0) {
      const what = unsent === 1 ? "One message was" : `${unsent} messages were`;
      this.#print([this.#view.error(`${what} not sent.`)]);
    }
    this.#left.resolve(0);
  }

  async #suspend(): Promise<void> {
    const problem = await suspend(this.#io, this.#painter);
    if (problem !== undefined) this.#print([this.#view.error(problem)]);
  }
}
