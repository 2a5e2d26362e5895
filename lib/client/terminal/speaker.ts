/** Carries out a submitted line: a message, a request to the server, or a command of this terminal. */

import { messageText } from "../../chat/messages/message_text.ts";
import type { Request, RequestOf } from "../../wire/requests.ts";
import { Doubt } from "../../words/doubt.js";
import { parseLine } from "../../words/parse.js";
import type { Place } from "../../words/command.js";
import { type Conversation, RequestError } from "../conversation.ts";
import type { KeptDrafts } from "../kept_drafts.ts";
import { noLife } from "../life_feature.ts";
import { ServerAnswers } from "./server_answers.ts";
import type { FollowedPlace } from "./conversations.ts";
import type { Desk } from "./commands/desk.ts";
import { terminalCommands } from "./commands/terminal_commands.ts";
import { type Drafts, Way } from "./drafts.ts";
import type { HeldLines } from "./held_lines.ts";
import type { LineEditor } from "./editor.ts";
import type { KeptWriting } from "./kept_writing.ts";
import type { MeantPerson } from "./meeting.ts";
import { fleeting, type ScreenEntry } from "./entry.ts";
import type { Departure } from "./departure.ts";
import { isAboutMessage } from "./life.ts";
import { asSeen, type Outgoing } from "./outgoing.ts";
import { NOWHERE, SLOW_MS } from "./prompt.ts";
import { SlowMessages } from "./slow_messages.ts";
import type { Searching } from "./searching.ts";
import { TakingBack } from "./taking_back.ts";
import { TypedAhead } from "./typed_ahead.ts";

/** What a {@linkcode Speaker} works with. */
export interface SpeakerOptions
  extends Omit<Desk, "commands" | "send" | "meet" | "show" | "around"> {
  readonly conversation: Conversation;
  readonly editor: LineEditor;
  readonly held: HeldLines;
  readonly drafts: Drafts;
  /** Shows the answer of the server to what the person asked for in a place. */
  readonly answer: (entries: ScreenEntry[], place: string) => void;
  /** Whether what was said last in a place is on screen. */
  readonly shows: (place: string) => boolean;
  /** Opens what keeps drafts; by default nothing does. */
  readonly openDrafts?: (() => Promise<KeptDrafts>) | undefined;
  /** Called when the prompt should show that a message has been on its way for long. */
  readonly slow: () => void;
}

const NOT_YET =
  "Not sent: the server has not let you in yet. When you are in, the line is here again.";

/** Whether nobody has refused it: it may be there, or the conversation is over. */
function isOpen(error: Error): boolean {
  return error instanceof RequestError && (error.code === "lost" || error.code === "ended");
}

export class Speaker {
  readonly #options: SpeakerOptions;
  #searching: Promise<Searching> | undefined;
  readonly #ahead: TypedAhead;
  #departure: Departure | undefined;
  #writing: Promise<KeptWriting> | undefined;
  readonly #answers: ServerAnswers;
  readonly #idPrefix = crypto.randomUUID().slice(0, 8);
  #ids = 0;
  readonly #doubt = new Doubt();
  /** Whether the server has ever let us in. A line typed before that may be meant for something else. */
  #wasOnline = false;
  /** How many lines were submitted. */
  #lines = 0;
  readonly #slow: SlowMessages;
  readonly takingBack: TakingBack;

  constructor(options: SpeakerOptions) {
    this.#options = options;
    const submit = (line: string): void => void this.submit(line, false);
    this.#ahead = new TypedAhead({ ...options, submit, slowMs: SLOW_MS });
    this.#slow = new SlowMessages(options);
    const send = (request: Request): void => this.#send(request);
    this.takingBack = new TakingBack({ ...options, send, heard: () => this.heard() });
    this.#answers = new ServerAnswers({ ...options, ahead: this.#ahead });
  }

  /** Whether the person has asked to be signed out here, which ends the conversation. */
  get signsOut(): boolean {
    return this.#answers.signsOut;
  }

  /**
   * Carries out a line; returns whether it asks to leave. A line that was typed waits while the person is on the
   * way to another room.
   */
  submit(line: string, isTyped = true): boolean {
    const { view, print, conversation } = this.#options;
    if (line.trim() === "") {
      if (isTyped && !view.online) conversation.tryNow();
      return false;
    }
    this.#lines++;
    const parsed = parseLine(line, view.place, terminalCommands());
    if (isTyped && parsed.kind !== "quit" && this.#ahead.holds(line)) return false;
    if (parsed.kind === "own") {
      const going = parsed.speaks && this.#isEarly(line) ? undefined : parsed.run(this.#desk);
      const way = new Way({ isShort: true });
      if (going !== undefined) this.#ahead.goes(way, going.then(() => true, () => false));
      return false;
    }
    if (parsed.kind !== "request" || parsed.request.type !== "history") {
      this.#answers.forgetEarlier();
    }
    if (parsed.kind === "error") print([fleeting(view.known.error(parsed.text))]);
    else if (parsed.kind === "withdraw") this.takingBack.withdraw(parsed);
    else if (parsed.kind === "remove") this.takingBack.askRemove(parsed.seq);
    else if (parsed.kind === "request" && !this.#isEarly(line) && !this.#isDoubtful(line)) {
      this.#send(parsed.request, line);
    }
    return parsed.kind === "quit";
  }

  /** Sends a text to where it was written as a message, even if it begins with a slash. */
  say(text: string, place: Place): void {
    const { view, print } = this.#options;
    if (this.#isEarly(text)) return;
    const said = text.startsWith("/") ? `/${text}` : text;
    const parsed = parseLine(said, { ...place, mends: false });
    if (parsed.kind === "error") print([view.error(parsed.text)]);
    else if (parsed.kind === "request") this.#send(parsed.request);
  }

  /** An event has come, maybe the ack of the last message on its way. */
  heard(): void {
    const { online, known: { name } } = this.#options.view;
    this.#wasOnline ||= online;
    if (name !== "") this.#writing ??= this.#bringBack();
    this.#departure?.heard();
  }

  /** Whether the person leaves, who is told once of what that loses; then comes {@linkcode allSent}. */
  async mayLeave(): Promise<boolean> {
    // Nobody waits for it before.
    const { Departure } = await import("./departure.ts");
    const writing = (): Promise<KeptWriting> | undefined => this.#writing;
    this.#departure ??= new Departure({ ...this.#options, ahead: this.#ahead, writing });
    return await this.#departure.mayLeave();
  }

  /** Resolves when all messages have arrived, or tells what became of those that have not in time. */
  async allSent(): Promise<void> {
    await this.#departure?.allSent();
  }

  /** What the person was writing when they left last comes back. */
  #bringBack(): Promise<KeptWriting> | undefined {
    const { openDrafts } = this.#options;
    // Nobody waits for it before they are in.
    return openDrafts && import("./kept_writing.ts").then(async ({ KeptWriting }) => {
      const writing = new KeptWriting({ ...this.#options, kept: await openDrafts() });
      writing.bringBack();
      return writing;
    });
  }

  /** The chat is over: what is written stays for the next one, unless the person has signed out. */
  async keepWriting(): Promise<void> {
    if (!this.signsOut) (await this.#writing)?.keep();
  }

  /** Stops the timers. */
  end(): void {
    this.#slow.end();
    this.#ahead.end();
  }

  /** What the terminal's own commands work with. */
  get #desk(): Desk {
    return {
      ...this.#options,
      commands: terminalCommands(),
      send: (request) => this.#send(request),
      meet: (meant) => this.#meet(meant),
      show: (line) => this.#options.editor.show(line),
      around: (number) => this.#search((searching, place) => searching.around(number, place)),
    };
  }

  /** It is seldom needed. */
  #meet(meant: readonly MeantPerson[]): void {
    const options = { ...this.#options, send: (request: Request): void => this.#send(request) };
    const way = new Way();
    this.#ahead.goes(way, import("./meeting.ts").then(({ meet }) => meet(meant, way, options)));
  }

  /** Few search, so the code for it is loaded when somebody does. */
  #search(find: (searching: Searching, asked: FollowedPlace) => void): void {
    const { conversation, places, view } = this.#options;
    const asked = view.known.conversations.follow(view.room);
    this.#searching ??= import("./searching.ts").then(({ Searching }) =>
      new Searching({
        ...this.#options,
        ask: (request) => conversation.send(request),
        goTo: (message) => places.goTo(message),
      })
    );
    this.#searching.then((searching) => find(searching, asked));
  }

  /** Whether the server has not let us in yet; then holds the line until Enter is pressed once we are in. */
  #isEarly(line: string): boolean {
    if (this.#wasOnline) return false;
    const { view, held, print } = this.#options;
    held.hold(line);
    print([view.error(NOT_YET)]);
    return true;
  }

  /** Whether the person may mean a command that would be sent as a message; then the row has it again. */
  #isDoubtful(line: string): boolean {
    const { view, editor, print } = this.#options;
    const why = this.#doubt.about(line, terminalCommands(), view.title);
    if (why === undefined) return false;
    // Whoever has gone on writing finds it with Up.
    if (editor.text === "") editor.show({ text: line, cursor: line.length });
    print([view.error(why)]);
    return true;
  }

  /** `line`: what was typed for it, which is not to be lost. */
  #send(request: Request, line?: string): void {
    const { view, print, conversation: { welcome } } = this.#options;
    const lacking = welcome && noLife(request, welcome);
    if (lacking !== undefined) return print([view.error(lacking)]);
    if ("room" in request && request.room === "") {
      return print(request.type === "leave" ? view.closeConversation() : [this.#nowhere]);
    }
    if (request.type === "search") {
      return this.#search((it, place) =>
        it.run((searches, ask) => searches.ask(request, ask), place, line)
      );
    }
    if (request.type === "say" || request.type === "direct") {
      return this.#deliver({ ...request, text: messageText(request.text) }, line);
    }
    if (request.type === "revise") return this.#revise(request, line);
    if (isAboutMessage(request)) return this.#deliver(request);
    this.#answers.ask(request, line);
  }

  /** What somebody is told whose line is for a room. */
  get #nowhere(): ScreenEntry {
    const { view } = this.#options;
    const here = `That is for rooms; here you are with ${view.title}.`;
    return view.error(view.room === "" ? NOWHERE : here);
  }

  #revise(request: RequestOf<"revise">, line: string | undefined): void {
    const { view, print } = this.#options;
    const text = messageText(request.text);
    if (view.shownText(request) === text) {
      return print([view.notice(`That is what ${request.re} says already.`)]);
    }
    this.#deliver({ ...request, text }, line);
  }

  /** Sends a message. Its ack, which prints it, comes among the events, in order with other messages. */
  #deliver(request: Outgoing, line?: string): void {
    const { view, print, conversation, shows } = this.#options;
    const id = `${this.#idPrefix}-${++this.#ids}`;
    const said = view.known.conversations.follow(view.room);
    const lines = this.#lines;
    print(view.sent(id, request));
    this.#slow.sent();
    conversation.send({ ...asSeen(request, view.known, shows), id }).catch((error: Error) => {
      if (error instanceof RequestError && error.code === "withdrawn") return;
      const mayBeBack = line !== undefined && lines === this.#lines && !isOpen(error);
      const isBack = mayBeBack && this.#givesBack(line, said.place);
      print(view.failed(id, error, isBack));
      this.heard();
    }).finally(() => said[Symbol.dispose]());
  }

  /**
   * What was refused stands in the row again, so that it can be put right: unless something else is there, or
   * another room is looked at, to which it would go. Whoever has gone on writing finds it with Up.
   */
  #givesBack(line: string, room: string): boolean {
    const { drafts, editor } = this.#options;
    if (line === "" || editor.text !== "" || !drafts.isFor(room)) return false;
    editor.show({ text: line, cursor: line.length });
    return true;
  }
}
