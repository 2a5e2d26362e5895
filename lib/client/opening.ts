/** Opens a conversation with a person at hand, who is asked for the passwords that a server wants. */

import type { Conversation, LinkEvent, LinkStatus } from "./conversation.ts";
import { inertLine } from "./inert.ts";
import type { Secrets } from "./memory.ts";

/** What {@linkcode openAsking} needs. */
export interface AskingOptions {
  /** Begins a conversation. */
  readonly open: (secrets: Secrets) => Conversation;
  /** What is known without asking. */
  readonly given: Secrets;
  /** Asks for a password that is not shown; resolves with an exit code when that is left. */
  readonly ask: (question: string) => Promise<string | number>;
  /** Says what was wrong with the last one. */
  readonly complain: (line: string) => void;
  readonly name: string;
  /** How long the answer is waited for before the conversation is handed over without it, in ms. */
  readonly graceMs?: number;
}

/** A server nearby has answered by then; a person should not wait for a prompt any longer. */
const GRACE_MS = 20;

/** What a server misses that has refused us with a code. */
const MISSING: Readonly<Record<string, keyof Secrets>> = {
  "password-needed": "password",
  "bad-password": "password",
  "name-reserved": "login",
  "bad-login": "login",
};

/** How often a person is asked before a wrong password is told like any other end. */
const MAX_ASKED = 3;

/** What a server misses that ended a conversation with this code; `undefined`: no password. */
export function missingSecret(code: string | undefined): keyof Secrets | undefined {
  return code !== undefined && Object.hasOwn(MISSING, code) ? MISSING[code] : undefined;
}

/**
 * Opens a conversation that the server has let in, or that has ended for another reason than a
 * password, or that the server takes long to answer. Resolves with an exit code when the person
 * leaves the question.
 */
export async function openAsking(options: AskingOptions): Promise<Conversation | number> {
  const { open, ask, complain, name, graceMs = GRACE_MS } = options;
  let secrets = options.given;
  let last: keyof Secrets | undefined;
  for (let asked = 0;; asked++) {
    const conversation = open(secrets);
    const events = conversation.events[Symbol.asyncIterator]();
    const { seen, ended, rest } = await untilDecided(events, graceMs);
    const { code = "" } = ended ?? {};
    // Who has just mistyped it may well be too quick with the next.
    const missing: keyof Secrets | undefined = code === "try-later" ? last : missingSecret(code);
    if (ended === undefined || missing === undefined || asked >= MAX_ASKED) {
      return resumed(conversation, seen, rest);
    }
    await conversation.close();
    if (code.startsWith("bad-") || code === "try-later") complain(inertLine(ended.text));
    last = missing;
    const question = missing === "password" ? "Password: " : `Password of ${inertLine(name)}: `;
    const answer = await ask(question);
    if (typeof answer === "number") return answer;
    secrets = { ...secrets, [missing]: answer };
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
  graceMs: number,
): Promise<Beginning> {
  const seen: LinkEvent[] = [];
  const over = Promise.withResolvers<"over">();
  const timer = setTimeout(() => over.resolve("over"), graceMs);
  try {
    for (;;) {
      const coming = events.next();
      const next = await Promise.race([coming, over.promise]);
      if (next === "over") return { seen, rest: following(events, coming) };
      if (next.done) return { seen, rest: following(events) };
      const event = next.value;
      seen.push(event);
      if (event.type !== "status" || event.status === "connecting") continue;
      const rest = following(events);
      return event.status === "ended" ? { seen, ended: event, rest } : { seen, rest };
    }
  } finally {
    clearTimeout(timer);
  }
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
  return {
    get name(): string {
      return conversation.name;
    },
    get protocol(): Conversation["protocol"] {
      return conversation.protocol;
    },
    events: events(),
    send: (request) => conversation.send(request),
    close: () => conversation.close(),
  };
}
