/** What a client of a load speaks with, in whatever protocol. */

import type { LoadPlan } from "./plan.ts";

/** What a {@linkcode Talk} calls when something was read. */
export interface Ear {
  /** A message of this run, sent at `time`. */
  message(time: number): void;
  /** The client is in its room. */
  enter(): void;
  /** The server said something besides messages; a refusal if the client is not in its room. */
  told(text: string, isRefusal: boolean): void;
  /** Send these bytes in answer. */
  answer(bytes: Uint8Array<ArrayBuffer>): void;
}

/** One client's side of a protocol. */
export interface Talk {
  /** The first bytes that a client sends. */
  readonly opening: Uint8Array<ArrayBuffer>;
  /** Reads the payload of a frame, or a line of IRC. */
  take(bytes: Uint8Array, from: number, to: number): void;
}

/** Options of `makeTalk` in talk.ts. */
export interface TalkOptions {
  readonly plan: Pick<LoadPlan, "protocol" | "size">;
  readonly tag: string;
  readonly name: string;
  /** The room to join; `undefined`: the one that every client begins in. */
  readonly room: string | undefined;
  readonly ear: Ear;
}
