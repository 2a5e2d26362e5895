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
}

/** What a server misses that has refused us with a code. */
const MISSING: Readonly<Record<string, keyof Secrets>> = {
  "password-needed": "password",
  "bad-password": "password",
  "name-reserved": "login",
  "bad-login": "login",
};

/** How often a person is asked before a wrong password is told like any other end. */
const MAX_ASKED = 3;

/**
 * Opens a conversation that the server has let in, or that has ended for another reason than a
 * password. Resolves with an exit code when the person leaves the question.
 */
export async function openAsking(options: AskingOptions): Promise<Conversation | number> {
  const { open, ask, complain, name } = options;
  let secrets = options.given;
  let last: keyof Secrets | undefined;
  for (let asked = 0;; asked++) {
    const conversation = open(secrets);
    const events = conversation.events[Symbol.asyncIterator]();
    const [seen, ended] = await untilDecided(events);
    const { code = "" } = ended ?? {};
    // Who has just mistyped it may well be too quick with the next.
    const missing: keyof Secrets | undefined = code === "try-later" ? last : MISSING[code];
    if (ended === undefined || missing === undefined || asked >= MAX_ASKED) {
      return resumed(conversation, seen, events);
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

/** Reads until the conversation has begun, is broken for now, or has ended. */
async function untilDecided(
  events: AsyncIterator<LinkEvent>,
): Promise<[seen: LinkEvent[], ended: LinkStatus | undefined]> {
  const seen: LinkEvent[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done) return [seen, undefined];
    const event = next.value;
    seen.push(event);
    if (event.type !== "status" || event.status === "connecting") continue;
    return [seen, event.status === "ended" ? event : undefined];
  }
}

/** The same conversation, whose events begin with those that were seen. */
function resumed(
  conversation: Conversation,
  seen: readonly LinkEvent[],
  rest: AsyncIterator<LinkEvent>,
): Conversation {
  async function* events(): AsyncGenerator<LinkEvent> {
    yield* seen;
    for (let next; !(next = await rest.next()).done;) yield next.value;
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
