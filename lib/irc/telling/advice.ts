/** What the house advises, in the words of IRC clients. */

import type { Refusal } from "../../chat/refusal.ts";
import { type Advice, commandWords, refusalIn } from "../../chat/sentence.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";

/** What is advised, as IRC clients type it. */
export function ircWords(advice: Advice): string {
  switch (advice.to) {
    case "register":
      return "/msg NickServ REGISTER PASSWORD";
    case "login":
      return "/msg NickServ IDENTIFY PASSWORD";
    case "logout":
      return "come in without its password for that";
    case "rooms":
      return "/list";
    case "who":
      return "/who";
    case "bans":
      return "the mode b";
    case "moderation":
      return "/quote HELP modes";
    case "join":
      return `/join ${channelOfRoom(advice.room)}`;
    case "msg":
      return `/msg ${nickOf(advice.name)} TEXT`;
    case "reveal":
      return "no mode does that, but /room access open reveal on the page or in the terminal";
    default:
      return `${commandWords(advice)} on the page or in the terminal`;
  }
}

/** Why something was refused: `code` for programs, `message` a sentence without its point. */
export function refusedIn(refusal: Refusal): { readonly code: string; readonly message: string } {
  return { code: refusal.code, message: refusalIn(refusal, ircWords) };
}
