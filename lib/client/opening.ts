/**
 * Talks to a server with a person at hand, who is asked for the passwords that it wants, and for another
 * name where somebody has theirs.
 */

import { altered, type Conversation, type LinkEvent, type LinkStatus } from "./conversation.ts";
import { inertLine } from "../words/inert.js";
import type { Secrets } from "./resume_state.ts";
import type { ByteStream } from "./wire.ts";

/** What a conversation is opened with. */
export interface Given extends Secrets {
  readonly name: string;
}

/** What {@linkcode askingForPasswords} needs. */
export interface AskingOptions {
  /** Begins a conversation, over a connection that has been made already if there is one. */
  readonly open: (given: Given, stream?: ByteStream) => Conversation;
  /** The connection for the first one. */
  readonly stream?: ByteStream | undefined;
  /** Shows a conversation to the person until it is over; resolves with the exit code. */
  readonly talk: (conversation: Conversation) => Promise<number>;
  /** What is known without asking. */
  readonly given: Secrets;
  /** Asks for a line, which is not shown if it is secret; resolves with an exit code when that is left. */
  readonly ask: (question: string, secret: boolean) => Promise<string | number>;
  /** Says what was wrong with the last one. */
  readonly complain: (line: string) => void;
  readonly name: string;
  /** How long who was asked waits for the server's answer before they see the chat, in ms. */
  readonly patienceMs?: number;
}

/** Longer than that nobody looks at a row where nothing happens. */
const PATIENCE_MS = 15_000;

/** What a server misses that has refused us with a code. */
const MISSING: Readonly<Record<string, keyof Given>> = {
  "name-taken": "name",
  "password-needed": "password",
  "bad-password": "password",
  "name-reserved": "login",
  "bad-login": "login",
};

/** How often a person is asked before a wrong password is told like any other end. */
const MAX_ASKED = 3;

/** What a server misses that ended a conversation with this code; `undefined`: nothing to ask for. */
function missingIn(code: string | undefined): keyof Given | undefined {
  return code !== undefined && Object.hasOwn(MISSING, code) ? MISSING[code] : undefined;
}

/**
 * Talks at once, without waiting for the server. Where that ends for want of a password or of
 * another name before it has begun, asks, and talks when the server has let us in, has refused us for another reason, or
 * takes long to answer. Resolves with the exit code of the talk, or of the question that was left.
 */
export async function askingForPasswords(options: AskingOptions): Promise<number> {
  const { open, stream, talk } = options;
  const given = { ...options.given, name: options.name };
  let opened: Opened = { conversation: open(given, stream), given, passwords: 0 };
  for (;;) {
    // The last answer there can be is told like any other.
    if (opened.isLast) return await talk(opened.conversation);
    const attempt = untilRefused(opened.conversation);
    const code = await talk(attempt.conversation);
    if (attempt.refused === undefined) return code;
    const next = await reopen(options, opened, attempt.refused);
    if (typeof next === "number") return next;
    opened = next;
  }
}

/** A conversation that was opened, and what was asked for it. */
interface Opened {
  readonly conversation: Conversation;
  readonly given: Given;
  /** How often a password was asked for. */
  readonly passwords: number;
  /** Nothing more is asked. */
  readonly isLast?: boolean;
}

/** A conversation that a password may be missing for. */
interface Attempt {
  readonly conversation: Conversation;
  /** How it ended, if that was before it began and for want of a password. */
  readonly refused: LinkStatus | undefined;
}

/** `conversation`, whose events are over without a word where a password is to be asked for. */
function untilRefused(conversation: Conversation): Attempt {
  let refused: LinkStatus | undefined;
  async function* events(): AsyncGenerator<LinkEvent> {
    let isIn = false;
    for await (const event of conversation.events) {
      isIn ||= event.type === "ready";
      const over = event.type === "status" && event.status === "ended";
      if (over && !isIn && missingIn(event.code) !== undefined) {
        refused = event;
        return;
      }
      yield event;
    }
  }
  return {
    conversation: altered(conversation, { events: events() }),
    get refused(): LinkStatus | undefined {
      return refused;
    },
  };
}

/** Asks until there is a conversation that is not refused for want of what a person can tell. */
async function reopen(
  options: AskingOptions,
  before: Opened,
  first: LinkStatus,
): Promise<Opened | number> {
  const { open, complain, patienceMs = PATIENCE_MS } = options;
  let { given, passwords } = before;
  let refused = first;
  let missing = missingIn(refused.code) ?? "password";
  for (;;) {
    const answered = await complete(options, given, missing, refused);
    if (typeof answered === "number") return answered;
    if (answered.name === given.name) passwords++;
    given = answered;
    const conversation = open(given);
    const events = conversation.events[Symbol.asyncIterator]();
    const { seen, ended, rest } = await untilDecided(events, patienceMs, complain);
    // Who has just mistyped it may well be too quick with the next.
    const next = ended?.code === "try-later" ? missing : missingIn(ended?.code);
    const isLast = passwords >= MAX_ASKED && next !== "name";
    if (ended === undefined || next === undefined || isLast) {
      const isOver = ended !== undefined || isLast;
      return { conversation: resumed(conversation, seen, rest), given, passwords, isLast: isOver };
    }
    await conversation.close();
    [missing, refused] = [next, ended];
  }
}

/** Asks for what is missing; a reserved name may be given up for another. */
async function complete(
  { ask, complain }: AskingOptions,
  given: Given,
  missing: keyof Given,
  { code = "", text }: LinkStatus,
): Promise<Given | number> {
  const name = inertLine(given.name);
  if (code === "name-reserved") {
    complain(`${name} is reserved: type its password, or press Enter to take another name`);
  } else if (code !== "password-needed") complain(inertLine(text));
  const { login: _, ...others } = given;
  let isOther = missing === "name";
  if (!isOther) {
    const question = missing === "password" ? "Password of the server: " : `Password of ${name}: `;
    const answer = await ask(question, true);
    if (typeof answer === "number") return answer;
    isOther = missing === "login" && answer === "";
    if (!isOther) return { ...given, [missing]: answer };
  }
  for (;;) {
    const answer = await ask("Another name: ", false);
    if (typeof answer === "number") return answer;
    if (answer.trim() !== "") return { ...others, name: answer.trim() };
  }
}

/** How a conversation has begun. */
interface Beginning {
  readonly seen: readonly LinkEvent[];
  /** There when it is over already. */
  readonly ended?: LinkStatus;
  /** What comes after `seen`. */
  readonly rest: AsyncIterable<LinkEvent>;
}

/** Reads until the conversation has begun, is broken for now, has ended, or the time is over. */
async function untilDecided(
  events: AsyncIterator<LinkEvent>,
  patienceMs: number,
  complain: (line: string) => void,
): Promise<Beginning> {
  const seen: LinkEvent[] = [];
  const over = Promise.withResolvers<"over">();
  const timer = setTimeout(() => over.resolve("over"), patienceMs);
  try {
    for (;;) {
      const coming = events.next();
      const next = await Promise.race([coming, over.promise]);
      if (next === "over") return { seen, rest: following(events, coming) };
      if (next.done) return { seen, rest: following(events) };
      const event = next.value;
      seen.push(event);
      if (event.type !== "status" || event.status === "connecting") continue;
      // The link waits, and tries the same password again.
      if (event.status === "offline" && event.code === "try-later") {
        seen.pop();
        complain(waitText(event));
        continue;
      }
      const rest = following(events);
      return event.status === "ended" ? { seen, ended: event, rest } : { seen, rest };
    }
  } finally {
    clearTimeout(timer);
  }
}

/** What is told of a server that wants us to wait, before there is a prompt that could tell it. */
function waitText({ text, retryInMs = 0 }: LinkStatus): string {
  const why = inertLine(text).replace(/; try again in [^;]*$/, "");
  return `${why}; waiting ${Math.ceil(retryInMs / 1_000)} s.`;
}

/** What an iterator still has, after what was asked of it already. */
async function* following(
  events: AsyncIterator<LinkEvent>,
  coming?: Promise<IteratorResult<LinkEvent>>,
): AsyncGenerator<LinkEvent> {
  let next = await (coming ?? events.next());
  for (; !next.done; next = await events.next()) yield next.value;
}

/** The same conversation, whose events begin with those that were seen. */
function resumed(
  conversation: Conversation,
  seen: readonly LinkEvent[],
  rest: AsyncIterable<LinkEvent>,
): Conversation {
  async function* events(): AsyncGenerator<LinkEvent> {
    yield* seen;
    yield* rest;
  }
  return altered(conversation, { events: events() });
}
