/**
 * Where the view tells what the stream prints: in the conversation, or, where an answer is long, on a page
 * laid over it. Messages are not among that, of which the view is told otherwise.
 */

import { isNotShown, type Look, type PrintedEntry, type ScreenEntry } from "../terminal/entry.ts";
import type { Known } from "../terminal/known.ts";
import { AnswerPage, entryRows } from "./answer_page.ts";
import type { PlaceStates } from "./place_state.ts";

/** So many rows of help stand in the conversation. */
const SHORT_HELP = 4;

/** Options of {@linkcode Telling}. */
export interface TellingOptions {
  readonly known: Known;
  readonly states: PlaceStates;
}

export class Telling {
  readonly #options: TellingOptions;
  /** A long answer, until it is closed. */
  pager: AnswerPage | undefined;
  /** What is told while the chat ends; `undefined`: it goes on. */
  #last: PrintedEntry[] | undefined;

  constructor(options: TellingOptions) {
    this.#options = options;
  }

  /** What was told while the chat ended. */
  get last(): readonly PrintedEntry[] {
    return this.#last ?? [];
  }

  /** The chat ends: what is told from now on is kept. */
  parting(): void {
    this.#last ??= [];
  }

  /** Tells what has happened. */
  tell(entries: readonly ScreenEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === "changed") this.#change(entry);
      else if (!isOfStream(entry)) this.#note(entry);
    }
  }

  /**
   * Tells the answer to a command in the place where it was asked, on a screen with so many rows. Returns the first
   * line of what was found, if that is here.
   */
  answer(
    entries: readonly ScreenEntry[],
    place: string,
    { look, rows }: { readonly look: Look; readonly rows: number },
  ): PrintedEntry | undefined {
    const isHere = this.#options.known.rooms.isCurrent(place);
    const told = entries.filter((entry): entry is PrintedEntry => entry.kind !== "changed");
    const isFound = told.some(({ hit }) => hit !== undefined);
    // What was found can be picked here, and a line below it says how.
    const shown = isFound ? [...told.slice(0, -1), ...told.slice(-1).map(withPick)] : told;
    this.tell(entries.filter(({ kind }) => kind === "changed"));
    const count = entryRows(shown, look).length;
    const isHelp = shown.some(({ kind }) => kind === "help") && count > SHORT_HELP;
    // What takes more than half of the screen is read apart from the conversation, and so is help.
    // What was found is picked in the conversation.
    if (isHere && !isFound && (isHelp || count > rows / 2)) this.pager = new AnswerPage(shown);
    // What was asked for stands where it was asked, be it of other rooms.
    else for (const entry of shown) this.#note(entry, place);
    return isHere && isFound ? shown[0] : undefined;
  }

  #change({ key, now, otherwise }: Extract<ScreenEntry, { kind: "changed" }>): void {
    const { known, states } = this.#options;
    if (states.all.some(({ transcript }) => transcript.changeNote(key, now))) return;
    const seq = Number(/^\d+/.exec(key)?.[0] ?? 0);
    const isLoaded = states.of(known.rooms.current).transcript.has(seq);
    if (!isLoaded) { for (const each of otherwise) this.#note(each); }
  }

  /** Notes what is told in a place; by default in that which it is about. */
  #note(entry: PrintedEntry, asked?: string): void {
    const { known: { rooms }, states } = this.#options;
    const { room, ...here } = entry;
    const place = asked ?? room ?? rooms.current;
    const { transcript } = states.of(place);
    if (entry.waits !== undefined) return transcript.notePending(here);
    const last = transcript.hasNewest ? 0 : rooms.get(place)?.last ?? 0;
    const isNamed = asked === undefined && room !== undefined;
    transcript.note(isNamed ? here : entry, Math.max(transcript.last, last));
    if (entry.kind === "error" || entry.kind === "notice") this.#last?.push(entry);
  }
}

/** The last line of what was found. */
function withPick(entry: PrintedEntry): PrintedEntry {
  return entry.kind === "notice" ? { ...entry, text: `${entry.text}; Alt-Up picks one` } : entry;
}

/** Whether an entry is for the stream alone: messages, and the lines between them. */
function isOfStream(entry: PrintedEntry): boolean {
  if (entry.waits !== undefined) return false;
  if (entry.kind === "message" || entry.kind === "rule" || entry.kind === "gone") return true;
  return entry.kind === "direct" && entry.key !== undefined || isNotShown(entry);
}
