/**
 * The chat in a terminal: keys become requests, events become lines. The thin part that does IO; the
 * editor, the view and the screen know none.
 */

import { delay } from "@std/async/delay";
import { parseLine } from "../../chat/command.ts";
import type { Request } from "../../wire/event.ts";
import type { LookOptions } from "./ask.ts";
import { type EditorAction, LineEditor } from "./editor.ts";
import {
  CAUSE_CODES,
  type EndSignal,
  GONE_CODE,
  INTERRUPT_CODE,
  SIGNAL_CODES,
} from "../exit_code.ts";
import { letGo, nextKey, withTerminal } from "./hold.ts";
import type { Conversation, LinkEvent } from "../conversation.ts";
import { Painter } from "./painter.ts";
import type { Row } from "./screen.ts";
import type { TerminalIo } from "./tty.ts";
import { View } from "./view.ts";
import { within } from "../within.ts";

/** What {@linkcode runTerminal} needs. */
export interface TerminalOptions extends LookOptions {
  readonly conversation: Conversation;
  readonly io: TerminalIo;
  /** What to call the server, as in `localhost:1234`. */
  readonly server: string;
  /** The room that is entered first. */
  readonly room: string;
  readonly now?: () => Date;
}

/** How long leaving waits for messages that are on their way, in ms. */
const LAST_WORDS_MS = 2_000;
/** A signal that stops this program may take a moment. */
const STOP_MS = 20;

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
  readonly #view: View;
  readonly #editor: LineEditor;
  readonly #painter: Painter;
  readonly #left = Promise.withResolvers<number>();
  readonly #idPrefix = crypto.randomUUID().slice(0, 8);
  #ids = 0;
  #warned = false;
  #allSent: (() => void) | undefined;

  constructor(options: TerminalOptions) {
    const { io, conversation, color = true, plain = false } = options;
    this.#io = io;
    this.#conversation = conversation;
    this.#view = new View(options);
    this.#editor = new LineEditor({ vocabulary: () => this.#view.vocabulary });
    this.#painter = new Painter({
      io,
      row: () => this.#row(),
      color,
      plain,
      lost: () => this.#left.resolve(GONE_CODE),
    });
  }

  async run(): Promise<number> {
    const onSignal = (signal: EndSignal): void => this.#left.resolve(SIGNAL_CODES[signal]);
    try {
      return await withTerminal(this.#io, this.#painter, onSignal, () => {
        this.#readKeys().catch(this.#left.reject);
        this.#readEvents().catch(this.#left.reject);
        return this.#left.promise;
      });
    } finally {
      await this.#conversation.close();
    }
  }

  #row(): Row {
    const { text, cursor } = this.#editor;
    return { prompt: this.#view.prompt, text, cursor };
  }

  async #readKeys(): Promise<void> {
    for (;;) {
      const key = await nextKey(this.#io);
      if (key === undefined) return this.#left.resolve(GONE_CODE);
      const action = this.#editor.handle(key);
      if (action !== undefined) await this.#act(action);
      if (action?.type !== "interrupt") this.#warned = false;
      this.#painter.refresh();
    }
  }

  async #readEvents(): Promise<void> {
    for await (const event of this.#conversation.events) this.#take(event);
  }

  #take(event: LinkEvent): void {
    this.#painter.print(...this.#view.take(event));
    if (this.#view.unsent === 0) this.#allSent?.();
    if (event.type === "ready") this.#lookAround();
    if (event.type !== "status" || event.status !== "ended") return;
    this.#left.resolve(CAUSE_CODES[event.cause ?? "unreachable"]);
  }

  /** Learns who is there, for Tab. Not knowing it does no harm. */
  #lookAround(): void {
    if (this.#conversation.protocol !== "event") return;
    this.#conversation.send({ type: "who", room: this.#view.room })
      .then((event) => this.#view.learn(event), () => {});
  }

  async #act(action: EditorAction): Promise<void> {
    switch (action.type) {
      case "submit":
        return await this.#submit(action.text);
      case "interrupt":
        if (this.#warned) return this.#left.resolve(INTERRUPT_CODE);
        this.#warned = true;
        return this.#painter.print(this.#view.notice("Press Ctrl-C again to leave."));
      case "end":
        return await this.#quit();
      case "clear-screen":
        return this.#painter.clear();
      case "suspend":
        return await this.#suspend();
      case "bell":
        return this.#painter.bell();
    }
  }

  async #submit(line: string): Promise<void> {
    if (line.trim() === "") return;
    const place = { room: this.#view.room, names: this.#view.vocabulary.names };
    const parsed = parseLine(line, place);
    switch (parsed.kind) {
      case "help":
        return this.#painter.print(...this.#view.help());
      case "quit":
        return await this.#quit();
      case "error":
        return this.#painter.print(this.#view.error(parsed.text));
      case "request":
        return this.#send(parsed.request);
    }
  }

  #send(request: Request): void {
    const painter = this.#painter;
    const view = this.#view;
    if ("room" in request && request.room === "") {
      return painter.print(view.error("You are in no room; /join ROOM enters one."));
    }
    if (request.type !== "say" && request.type !== "direct") {
      this.#conversation.send(request).then(
        (answer) => painter.print(...view.answered(answer)),
        (error: Error) => painter.print(...view.failed(undefined, error)),
      );
      return;
    }
    const id = `${this.#idPrefix}-${++this.#ids}`;
    painter.print(...view.sent(id, request));
    // Its ack comes among the events too, in its place among the messages; that one is shown.
    this.#conversation.send({ ...request, id }).catch((error: Error) => {
      painter.print(...view.failed(id, error));
      if (view.unsent === 0) this.#allSent?.();
    });
  }

  /** Leaves, but not before the last words have arrived, if they can. */
  async #quit(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#allSent = resolve;
    if (this.#view.online && this.#view.unsent > 0) await within(LAST_WORDS_MS, promise);
    const { unsent } = this.#view;
    if (unsent > 0) {
      const what = unsent === 1 ? "One message was" : `${unsent} messages were`;
      this.#painter.print(this.#view.error(`${what} not sent.`));
    }
    this.#left.resolve(0);
  }

  /** Gives the terminal back to the shell until it brings us to the foreground again. */
  async #suspend(): Promise<void> {
    if (!await letGo(this.#painter)) return this.#painter.enter();
    this.#io.setRaw(false);
    let problem: string | undefined;
    try {
      this.#io.suspend();
      await delay(STOP_MS);
    } catch (error) {
      problem = (error as Error).message;
    }
    this.#io.setRaw(true);
    this.#painter.enter();
    if (problem !== undefined) this.#painter.print(this.#view.error(problem));
  }
}
