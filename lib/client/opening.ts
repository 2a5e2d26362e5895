/**
 * Opens a conversation for a person: asks for the passwords that the server needs, and for another
 * name if theirs is taken.
 */

import { altered, type Conversation, type LinkEvent, type LinkStatus } from "./conversation.ts";
import { within } from "../wire/within.ts";
import { inertLine } from "../words/inert.js";
import type { Secrets } from "./resume_options.ts";
import type { ByteStream } from "./wire.ts";

/** The name and passwords that a conversation is opened with. */
export interface Given extends Secrets {
  readonly name: string;
}

/** Options of {@linkcode askingForPasswords}. */
export interface AskingOptions {
  /** Opens a conversation, over a connection that is open already if there is one. */
  readonly open: (given: Given, stream?: ByteStream) => Conversation;
  /** The connection for the first conversation. */
  readonly stream?: ByteStream | undefined;
  /** Shows a conversation until it is over; resolves with the exit code. */
  readonly talk: (conversation: Conversation) => Promise<number>;
  /** The passwords that are known without asking. */
  readonly given: Secrets;
  /** Asks for a line, which is not shown if `secret`; resolves with an exit code if the person leaves. */
  readonly ask: (question: string, secret: boolean) => Promise<string | number>;
  /** Prints what was wrong with the last answer. */
  readonly complain: (line: string) => void;
  readonly name: string;
  /** How long to wait for the server's answer before the chat is shown, in ms. */
  readonly patienceMs?: number;
}

/** People do not wait longer than this without seeing anything; in ms. */
const PATIENCE_MS = 15_000;

/** What somebody is told who was asked for a password, and now is asked for a name. */
const A_NAME = "What you type next is a NAME, no password: it is shown here, and to everybody.";
/** What somebody is told who gives a name that was their password a moment ago. */
const NO_NAME = "That was typed as a password a moment ago, so it is taken for no name.";

/** What a server needs that has refused us with a code. */
const MISSING: ReadonlyMap<string | undefined, keyof Given> = new Map([
  ["name-taken", "name"],
  ["password-needed", "password"],
  ["bad-password", "password"],
  ["name-reserved", "login"],
  ["bad-login", "login"],
]);

/** How often to ask for a password before the conversation ends because of a wrong one. */
const MAX_ASKED = 3;

/**
 * Calls `talk` at once, without waiting for the server. If the server refuses us for a password or
 * name, asks the person, and calls `talk` again when the server has let us in, refuses us for another
 * reason, or takes long to answer. Resolves with the exit code of `talk`, or of a question that the
 * person left.
 */
export async function askingForPasswords(options: AskingOptions): Promise<number> {
  const { open, stream, talk } = options;
  const given = { ...options.given, name: options.name };
  let opened: Opened = { conversation: open(given, stream), given, passwords: 0 };
  for (;;) {
    // After the last question the chat itself shows whatever the server answers.
    if (opened.isLast) return await talk(opened.conversation);
    const attempt = untilRefused(opened.conversation);
    const code = await talk(attempt.conversation);
    if (attempt.refused === undefined) return code;
    const next = await reopen(options, opened, attempt.refused);
    if (typeof next === "number") return next;
    opened = next;
  }
}

/** An open conversation, and what was asked for it. */
interface Opened {
  readonly conversation: Conversation;
  readonly given: Given;
  /** How often we have asked for a password. */
  readonly passwords: number;
  /** Nothing more will be asked. */
  readonly isLast?: boolean;
}

/** A conversation that the server may refuse. */
interface Attempt {
  readonly conversation: Conversation;
  /** How it ended, if the server refused us for a password or name. */
  readonly refused: LinkStatus | undefined;
}

/** Wraps `conversation` so that its events just end if there is something to ask for. */
function untilRefused(conversation: Conversation): Attempt {
  let refused: LinkStatus | undefined;
  async function* events(): AsyncGenerator<LinkEvent> {
    let isIn = false;
    for await (const event of conversation.events) {
      isIn ||= event.type === "ready";
      const over = event.type === "status" && event.status === "ended";
      if (over && !isIn && MISSING.get(event.code) !== undefined) {
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

/** Asks until there is a conversation that is not refused for a password or name. */
async function reopen(
  options: AskingOptions,
  before: Opened,
  first: LinkStatus,
): Promise<Opened | number> {
  const { open, complain, patienceMs = PATIENCE_MS } = options;
  let { given, passwords } = before;
  let refused = first;
  let missing = MISSING.get(refused.code) ?? "password";
  for (;;) {
    const answered = await complete(options, given, missing, refused);
    if (typeof answered === "number") return answered;
    if (answered.name === given.name) passwords++;
    given = answered;
    const conversation = open(given);
    const events = conversation.events[Symbol.asyncIterator]();
    const { seen, ended, rest } = await untilDecided(events, patienceMs, complain);
    // A person who has just mistyped the password may be too quick with the next one.
    const next = ended?.code === "try-later" ? missing : MISSING.get(ended?.code);
    const isLast = passwords >= MAX_ASKED && next !== "name";
    if (ended === undefined || next === undefined || isLast) {
      const isOver = ended !== undefined || isLast;
      return { conversation: resumed(conversation, seen, rest), given, passwords, isLast: isOver };
    }
    await conversation.close();
    [missing, refused] = [next, ended];
  }
}

/** Asks for what is missing. A person without the password of a name can give another name. */
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
    complain(A_NAME);
  }
  for (;;) {
    const answer = await ask("Another name: ", false);
    if (typeof answer === "number") return answer;
    if (answer === given.login) complain(NO_NAME);
    else if (answer.trim() !== "") return { ...others, name: answer.trim() };
  }
}

/** How a conversation has begun. */
interface Beginning {
  readonly seen: readonly LinkEvent[];
  /** Set if it is over already. */
  readonly ended?: LinkStatus;
  /** The events after `seen`. */
  readonly rest: AsyncIterable<LinkEvent>;
}

/** Reads until the conversation has begun, is offline, has ended, or the time is over. */
async function untilDecided(
  events: AsyncIterator<LinkEvent>,
  patienceMs: number,
  complain: (line: string) => void,
): Promise<Beginning> {
  const seen: LinkEvent[] = [];
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const coming = events.next();
    const next = await within(deadline - performance.now(), coming);
    if (next === undefined) return { seen, rest: following(events, coming) };
    if (next.done) return { seen, rest: following(events) };
    const event = next.value;
    seen.push(event);
    if (event.type !== "status" || event.status === "connecting") continue;
    // The link will try the same password again by itself.
    if (event.status === "offline" && event.code === "try-later") {
      seen.pop();
      complain(waitText(event));
      continue;
    }
    const rest = following(events);
    return event.status === "ended" ? { seen, ended: event, rest } : { seen, rest };
  }
}

/** The line for a server that makes us wait, before there is a prompt to show it. */
function waitText({ text, retryInMs = 0 }: LinkStatus): string {
  const why = inertLine(text).replace(/; try again in [^;]*$/, "");
  return `${why}; waiting ${Math.ceil(retryInMs / 1_000)} s.`;
}

/** The rest of an iterator, beginning with `coming` if that was already requested. */
async function* following(
  events: AsyncIterator<LinkEvent>,
  coming?: Promise<IteratorResult<LinkEvent>>,
): AsyncGenerator<LinkEvent> {
  let next = await (coming ?? events.next());
  for (; !next.done; next = await events.next()) yield next.value;
}

/** Wraps a conversation so that its events begin with those that were seen. */
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
