/** Asks the server for what is no message, and shows its answer to whoever asked. */

import { isSecret } from "../../words/secret.js";
import type { Request } from "../../wire/requests.ts";
import type { Conversation } from "../conversation.ts";
import { type Drafts, Way } from "./drafts.ts";
import { Earlier, noFiles } from "./earlier.ts";
import type { ScreenEntry } from "./entry.ts";
import type { TypedAhead } from "./typed_ahead.ts";
import type { View } from "./view.ts";

/** Options of {@linkcode ServerAnswers}. */
export interface ServerAnswersOptions {
  readonly conversation: Conversation;
  readonly view: View;
  readonly drafts: Drafts;
  readonly ahead: TypedAhead;
  readonly print: (entries: ScreenEntry[]) => void;
  /** Shows the answer of the server to what the person asked for in a place. */
  readonly answer: (entries: ScreenEntry[], place: string) => void;
}

const OWN_QUIET =
  "/notify none in a room makes it quiet for you; /block NAME does so with somebody.";

export class ServerAnswers {
  readonly #options: ServerAnswersOptions;
  readonly #earlier = new Earlier();
  #signsOut = false;

  constructor(options: ServerAnswersOptions) {
    this.#options = options;
  }

  /** Whether the person has asked to be signed out here, which ends the conversation. */
  get signsOut(): boolean {
    return this.#signsOut;
  }

  /** Something else was done than to read on: the next request is for the last messages again. */
  forgetEarlier(): void {
    this.#earlier.forget();
  }

  /** `line`: what was typed for it. */
  ask(request: Request, line = ""): void {
    const { view, print, conversation, ahead } = this.#options;
    const isHistory = request.type === "history";
    const problem = isHistory ? noFiles(request, conversation.welcome) : undefined;
    if (problem !== undefined) return print([view.error(problem)]);
    // By its id a device may be this one.
    this.#signsOut = request.type === "logout" && request.others !== true && view.online;
    const asked = isHistory ? this.#earlier.ask(request) : request;
    const way = this.#wayOf(asked);
    const askedIn = view.known.conversations.follow(view.room);
    const answered = conversation.send(asked).then(
      (answer) => {
        this.#signsOut = false;
        // Whoever looks at something else by now is not taken away from it.
        const staysHere = asked.type === "join" && way?.isLeft === true && way.lines.length === 0;
        this.#options.drafts.arrive(way, () => {
          const shown = staysHere ? view.take(answer) : view.answered(answer, asked);
          this.#options.answer(shown, way === undefined ? askedIn.place : view.room);
        });
        const more = asked.type === "history"
          ? this.#earlier.took(asked, answer, view.titleOf(asked))
          : undefined;
        if (more !== undefined) this.#options.answer([view.notice(more)], askedIn.place);
        return true;
      },
      (error: Error) => {
        const isOffline = "code" in error && error.code === "offline";
        // The server's goodbye is the answer to a logout, and has been printed.
        if (this.#signsOut && isOffline) return false;
        const isLost = isOffline && line !== "" && !isSecret(line);
        const lost = `${error.message}; ask again when there is: ${line}`;
        print(isLost ? [view.error(lost)] : view.failed(undefined, error));
        // In other programs the word is for the reader alone.
        const isOwn = asked.type === "mod" && asked.action === "mute" && "code" in error &&
          error.code === "not-allowed";
        if (isOwn) print([view.notice(OWN_QUIET)]);
        return false;
      },
    ).finally(() => askedIn[Symbol.dispose]());
    if (way !== undefined) ahead.goes(way, answered);
  }

  /** The way on which this takes the person, if it does. */
  #wayOf(asked: Request): Way | undefined {
    if (asked.type === "join") return new Way({ to: asked.room });
    const { rooms } = this.#options.view;
    return asked.type === "leave" && rooms.isCurrent(asked.room) ? new Way() : undefined;
  }
}
