/** What a typed line asks for, and what the tables of commands have in common. */

import type { Request } from "../wire/requests.ts";

/** Where a line was typed. */
export interface Place {
  /** The room that plain text goes to. */
  readonly room: string;
  /** Names that may be meant; a name with spaces is found in them without quotes. */
  readonly names?: readonly string[];
}

/** What a typed line asks for. */
export type Parsed =
  /** Something to send to the house. */
  | { readonly kind: "request"; readonly request: Request }
  /** Something for the program that the person sits at. */
  | { readonly kind: "help" | "quit" }
  /** A sentence that says what was wrong and what to do. */
  | { readonly kind: "error"; readonly text: string };

/** One command. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What follows the name, as `/help` shows it. */
  readonly usage: string;
  readonly summary: string;
  parse(rest: string, place: Place): Parsed;
}

/** A line that is for the house. */
export function ask(request: Request): Parsed {
  return { kind: "request", request };
}

/** A line that can't be meant. */
export function wrong(text: string): Parsed {
  return { kind: "error", text };
}

/** A name without the quotes around it. */
export function unquote(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}

/**
 * The name that a text begins with, and what follows it. Quotes hold a name with spaces together, and
 * one that is known needs none.
 */
export function splitName(text: string, { names = [] }: Place): [name: string, rest: string] {
  const quoted = /^"([^"]*)"(?:\s+([\s\S]+))?$/.exec(text);
  if (quoted !== null) return [quoted[1] ?? "", quoted[2] ?? ""];
  const lower = `${text.toLowerCase()} `;
  const known = names
    .filter((name) => lower.startsWith(`${name.toLowerCase()} `))
    .sort((a, b) => b.length - a.length)[0];
  const end = known?.length ?? text.search(/\s/);
  return end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end).trim()];
}
