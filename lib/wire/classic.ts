/**
 * The classic protocol, which is that of the Python scripts this project began with: a client sends
 * its name and then its messages, a frame each; a server sends a speaker's name and the message,
 * a pair of frames for each message.
 */

import { frameText } from "./frame.ts";

/** A speaker's name and a message, the two frames that a classic client reads, as text. */
export function pairText(name: string, text: string): string {
  return frameText(name, "left") + frameText(text, "left");
}
