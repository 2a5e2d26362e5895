/** What stands in the place of a message that can't be handed out as it was said. */

import { type Message, SERVER_NAME, type Withheld } from "../wire/event.ts";

/**
 * The message with a sentence of the server's in the place of its text. Of one that is damaged nobody
 * knows which field has changed, so it is the server that speaks; `detail` is what is wrong with it.
 */
export function withheld(message: Message, why: Withheld, detail: string): Message {
  const { action: _, ...rest } = message;
  return why === "damaged"
    ? { ...rest, from: SERVER_NAME, text: `This message is damaged: ${detail}.`, withheld: why }
    : { ...rest, text: `[This message is too large to be shown: ${detail}.]`, withheld: why };
}
