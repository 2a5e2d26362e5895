/** Makes the message that clients get of a fact. */

import type { Message } from "../../wire/events.ts";
import type { DirectFact, SayFact } from "./fact.ts";
import { questionTold } from "../messages/question.ts";
import { isoTime } from "./times.ts";

/** The message of a fact that was stored under a number, at a time in ms since 1970. */
export function asMessage(fact: SayFact | DirectFact, seq: number, at: number): Message {
  const { author: by, action, notice, file, re, ask } = fact;
  const plain = { room: fact.title, seq, from: fact.from, at: isoTime(at), text: fact.text };
  const bringing = file === undefined ? plain : { ...plain, file };
  const noted = notice === undefined ? bringing : { ...bringing, notice };
  const answering = re === undefined ? noted : { ...noted, re };
  const message = ask === undefined ? answering : { ...answering, ask: questionTold(ask, at) };
  if (by === undefined) return action ? { ...message, action } : message;
  return action ? { ...message, by, action } : { ...message, by };
}
