/** Sentences with advice. */

/** What somebody is advised to do, which the clients of each door call otherwise. */
export type Advice =
  | { readonly to: "register" | "login" | "logout" | "reveal" }
  /** To look at what there is: rooms, who is here, bans, invitations, what a moderator may do. */
  | { readonly to: "rooms" | "who" | "bans" | "invites" | "moderation" }
  | { readonly to: "join"; readonly room: string }
  /** To write to whoever goes by that name. */
  | { readonly to: "msg"; readonly name: string };

/** How the clients of a door call what is advised, as a part of a sentence. */
export type AdviceWords = (advice: Advice) => string;

/** A sentence with advice in it. */
export class Sentence {
  readonly parts: ReadonlyArray<string | Advice>;

  constructor(parts: ReadonlyArray<string | Advice>) {
    this.parts = parts;
  }

  /** The sentence in the words of this project's own clients. */
  toString(): string {
    return this.in(commandWords);
  }

  /** The sentence in the words of a door. */
  in(words: AdviceWords): string {
    return this.parts.map((part) => typeof part === "string" ? part : words(part)).join("");
  }
}

/** Makes a sentence of a template whose parts are texts, advice and other sentences. */
export function sentence(
  texts: TemplateStringsArray,
  ...parts: ReadonlyArray<string | Advice | Sentence>
): Sentence {
  const all = texts.flatMap((text, at) => {
    const part = parts[at];
    if (part === undefined) return [text];
    return part instanceof Sentence ? [text, ...part.parts] : [text, part];
  });
  return new Sentence(all);
}

/** Those that are not just `/` and what is advised. */
const COMMANDS: Readonly<Record<string, string>> = {
  register: "/register PASSWORD",
  login: "/login PASSWORD",
  logout: "/logout first",
  moderation: "/help moderation",
  reveal: "say it again with reveal if that is meant",
};

/** The commands of this project's own clients. */
export function commandWords(advice: Advice): string {
  if (advice.to === "join") return `/join ${advice.room}`;
  if (advice.to === "msg") return `/msg ${advice.name} TEXT`;
  return COMMANDS[advice.to] ?? `/${advice.to}`;
}

/** A refusal's message in the words of a door. */
export function refusalIn(
  { sentence }: { readonly sentence: string | Sentence },
  words: AdviceWords,
): string {
  return typeof sentence === "string" ? sentence : sentence.in(words);
}

/** How a client calls what is advised; one that has no peer now, as this project's clients do. */
export function wordsOf(
  { peer }: { readonly peer?: { readonly words?: AdviceWords | undefined } | undefined },
): AdviceWords {
  return peer?.words ?? commandWords;
}
