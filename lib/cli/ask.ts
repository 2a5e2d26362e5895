/** `chatroom ask`: asks people a question with choices, waits for the answer, and prints it. */

import {
  CAUSE_CODES,
  OTHER_CHOICE_CODE,
  RequestError,
  UNANSWERED_CODE,
} from "../client/conversation.ts";
import { noLife } from "../client/life_feature.ts";
import { within } from "../wire/within.ts";
import type { RequestOf } from "../wire/requests.ts";
import { unheardText } from "../words/unheard.js";
import { inertLine } from "../words/inert.js";
import { type AskedOf, type AskOutcome, AskWatching } from "./ask_watching.ts";
import { flagOf, type Invocation, parseFrom, type Subcommand, UsageError } from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { PEER_FLAGS, PEER_NOTES, requiredName } from "./peer.ts";
import { openLink, persistent } from "./peer_link.ts";
import { splitWords } from "./send_words.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS } from "./tls_peer.ts";
import { parseCount, parseDuration } from "./values.ts";

/** How long to send again what is refused for now, in ms. */
const PERSIST_MS = 30_000;
/** An answer that the server took in time may come so much later, in ms. */
const LATE_MS = 1_000;
/** How long to ask once more what was answered, when the time is over, in ms. */
const LAST_LOOK_MS = 5_000;

const { classic: _, ...FLAGS } = PEER_FLAGS;

/** `chatroom ask`. */
export const askCommand: Subcommand = {
  ...TITLES.ask,
  positionals: "[HOST:PORT | tls://HOST] TEXT …",
  notes: [
    ...PEER_NOTES,
    "Prints the choice that was answered. Exit code 0: the first of the choices; 5: another one; 6:",
    "nobody has answered in time, or too few the same. 1: it could not be asked, or was removed; 3: no",
    "connection.",
    "",
    "The server sees to who may answer. --from names people by their reserved names: whoever is logged",
    "in to one of them, and nobody else. --role takes anybody with that role in the room or a higher",
    "one. Without both anybody may answer but who has asked. The first answer holds. People answer",
    "with a button on the page, and in other clients with /answer NUMBER CHOICE. For --quorum, guests",
    "of one address are one person.",
    "",
    "If the connection breaks it goes on until the time is over; a question can't be edited.",
  ],
  flags: [
    ...Object.values(FLAGS),
    ...TLS_PEER_FLAGS,
    flagOf("-s, --server HOST[:PORT]", "the server, for a text that begins like one", {
      env: "CHATROOM_SERVER",
    }),
    flagOf("--to NAME", "ask one person only, instead of a room"),
    flagOf("--from NAMES", "who may answer: reserved names, with commas between"),
    flagOf("--role ROLE", "who may answer: host, operator or owner, or higher"),
    flagOf("--choices WORDS", "what can be answered, with commas between", { default: "yes,no" }),
    flagOf("--quorum COUNT", "how many different people must say the same", { default: "1" }),
    flagOf("--timeout TIME", "how long to wait for the answer", { default: "10m" }),
  ],
  run: runAsk,
};

type AskRequest = RequestOf<"say" | "direct">;

async function runAsk(invocation: Invocation): Promise<number> {
  const [addresses, words] = splitWords(invocation);
  const name = requiredName(invocation);
  const to = addressee(invocation);
  const { ask, ms, time } = askingFrom(invocation);
  const text = words.join(" ");
  if (text.trim() === "") throw new UsageError("There is nothing to ask: give a TEXT");
  const link = openLink(invocation, addresses, name, {
    giveUpMs: ms + PERSIST_MS,
    ...persistent(PERSIST_MS),
    roomless: to !== undefined,
  });
  const watching = new AskWatching(link, ask);
  const room = await watching.room;
  const code = room === undefined ? undefined : await askAndWait(watching, {
    request: to === undefined
      ? { type: "say", room, text, ask }
      : { type: "direct", to, text, ask },
    ms,
    time,
  });
  await link.close();
  return code ?? CAUSE_CODES[await watching.cause];
}

interface Wanted {
  readonly request: AskRequest;
  readonly ms: number;
  /** The same, as it was typed. */
  readonly time: string;
}

/** Resolves with the exit code; `undefined`: the link has ended before there was an answer. */
async function askAndWait(
  watching: AskWatching,
  { request, ms, time }: Wanted,
): Promise<number | undefined> {
  const { link } = watching;
  try {
    const lacking = link.welcome && noLife(request, link.welcome);
    if (lacking !== undefined) throw new RequestError("no-life", lacking);
    const ack = await link.send(request);
    if (ack.type !== "ack" || ack.seq === undefined) {
      throw new RequestError("no-life", "This server does not tell the number of the question.");
    }
    if (ack.away) complain(unheardText(inertLine(toOf(request)), ack.guest === true));
    watching.asked(ack);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.code === "ended") return undefined;
    complain(`The question was not asked: ${inertLine(error.message)}`);
    return 1;
  }
  const ended = watching.cause.then(() => undefined);
  const found = await within(ms + LATE_MS, Promise.race([watching.outcome, ended]).then(wrapped)) ??
    await within(LAST_LOOK_MS, Promise.race([watching.look(), ended]).then(wrapped));
  if (found !== undefined && found.value === undefined) return undefined;
  const outcome = found?.value ?? "open";
  if (outcome === "open" && !watching.isOnline) {
    complain(`The server can't be reached, so what was answered within ${time} is not known`);
    return CAUSE_CODES.unreachable;
  }
  return exitCode(outcome, request.ask as AskedOf, unsettled(watching.answered, outcome, time));
}

/** Why a question has no answer that counts. */
function unsettled(answered: string, outcome: AskOutcome | "open", time: string): string {
  if (answered === "") return `Nobody has answered within ${time}`;
  const when = outcome === "open" ? `within ${time}` : "and all have answered who may";
  return `Not enough people have said the same, ${when}: ${answered}`;
}

function wrapped<T>(value: T): { readonly value: T } {
  return { value };
}

function exitCode(
  outcome: AskOutcome | "open",
  { choices }: AskedOf,
  unsettled: string,
): number {
  if (outcome === "undecided" || outcome === "open") {
    complain(unsettled);
    return UNANSWERED_CODE;
  }
  if ("why" in outcome) {
    complain(outcome.why);
    return 1;
  }
  printResult(inertLine(outcome.choice));
  return outcome.choice === choices[0] ? 0 : OTHER_CHOICE_CODE;
}

function toOf(request: AskRequest): string {
  return request.type === "direct" ? request.to ?? "" : "";
}

/** Whom `--to` names; `undefined`: it is for a room. Throws a {@linkcode UsageError}. */
function addressee(invocation: Invocation): string | undefined {
  const to = invocation.get("to");
  if (to === undefined) return undefined;
  if (invocation.all("room").length > 0) {
    throw new UsageError("--to and --room exclude each other: a question has one address");
  }
  const odd = ["from", "role", "quorum"].find((flag) => invocation.isSaid(flag));
  if (odd !== undefined) {
    throw new UsageError(`--to asks one person, who alone may answer; leave out --${odd}`);
  }
  return to;
}

/** The question by the flags. Throws a {@linkcode UsageError}. */
function askingFrom(
  invocation: Invocation,
): { readonly ask: AskedOf; readonly ms: number; readonly time: string } {
  const time = invocation.get("timeout") ?? "10m";
  const ms = parseFrom("--timeout", time, parseDuration);
  const quorum = parseFrom(
    "--quorum",
    invocation.get("quorum") ?? "1",
    (text) => parseCount(text, 1),
  );
  const from = invocation.get("from");
  const choices = listed("--choices", invocation.get("choices") ?? "yes,no");
  const ask = {
    choices,
    forMs: ms,
    ...(from === undefined ? {} : { from: listed("--from", from) }),
    ...roleFrom(invocation),
    ...(quorum === 1 ? {} : { quorum }),
  };
  return { ask, ms, time };
}

function roleFrom(invocation: Invocation): Pick<AskedOf, "role"> {
  const role = invocation.get("role");
  switch (role) {
    case undefined:
      return {};
    case "host":
    case "operator":
    case "owner":
      return { role };
    default:
      throw new UsageError(`--role must be host, operator or owner, not ${JSON.stringify(role)}`);
  }
}

function listed(flag: string, text: string): string[] {
  const words = text.split(",").map((word) => word.trim());
  if (!words.includes("")) return words;
  throw new UsageError(`${flag} must be words with commas between, not ${JSON.stringify(text)}`);
}
