/** Brings back what the person was writing when they left last, and keeps what they are writing when they leave. */

import { isSecret } from "../../words/secret.js";
import type { DraftPlace, KeptDraft, KeptDrafts } from "../kept_drafts.ts";
import { conversationWith, partnerIn, titleOf } from "./conversations.ts";
import type { Drafts } from "./drafts.ts";
import type { ScreenEntry } from "./entry.ts";
import type { View } from "./view.ts";

/** Options of {@linkcode KeptWriting}. */
export interface KeptWritingOptions {
  readonly view: View;
  readonly drafts: Drafts;
  readonly kept: KeptDrafts;
  readonly print: (entries: ScreenEntry[]) => void;
}

export class KeptWriting {
  readonly #options: KeptWritingOptions;

  constructor(options: KeptWritingOptions) {
    this.#options = options;
  }

  /** What was kept stands in its places again, of which the person is told where they don't look at it. */
  bringBack(): void {
    const { view, drafts, kept, print } = this.#options;
    const places = kept.take(view.known.name, (draft) => this.#placeOf(draft) !== undefined)
      .map((draft) => {
        const place = this.#placeOf(draft) ?? "";
        drafts.bringBack(place, draft.text);
        return place;
      });
    const elsewhere = places.filter((place) => !view.rooms.isCurrent(place)).map(titleOf);
    const told = `What you were writing in ${elsewhere.join(", ")} is still there.`;
    print(elsewhere.length === 0 ? [] : [view.notice(told)]);
  }

  /** Keeps it; returns the places of which it is kept, by their keys. What may hold a password is not. */
  keep(): string[] {
    const { view: { known }, drafts, kept } = this.#options;
    const all = drafts.written.filter(([place, text]) => place !== "" && !isSecret(text));
    const lines = all.map(([place, text]): KeptDraft => ({ ...this.#asKept(place), text }));
    return known.name !== "" && kept.keep(known.name, lines) ? all.map(([place]) => place) : [];
  }

  #asKept(place: string): DraftPlace {
    const { rooms, logOf } = this.#options.view.known;
    const partner = partnerIn(place);
    return logOf(rooms.get(place)?.name ?? place) ?? { to: partner ?? place };
  }

  /** What the place of a draft goes by here; `undefined`: we are not there now. */
  #placeOf({ room, chat, to = "" }: DraftPlace): string | undefined {
    const { rooms, conversations } = this.#options.view.known;
    if (chat !== undefined) return conversations.place(chat);
    return room === undefined ? conversationWith(to) : rooms.get(room)?.name;
  }
}
