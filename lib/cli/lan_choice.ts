/** Asks a person which of the servers on the network to go to, where none answers on this machine. */

import { KnownServersError } from "../client/known_servers.ts";
import { askLine } from "../client/terminal/ask.ts";
import type { TerminalIo } from "../client/terminal/tty.ts";
import { inertLine } from "../words/inert.js";
import { foundLines, type JudgedServer } from "./found_servers.ts";
import { wrapWords } from "./help.ts";
import { lookAround } from "./lan_looking.ts";
import { complain, print } from "./output.ts";
import { accept } from "./tls_trust.ts";
import type { TlsWish } from "./tls_peer.ts";
import { type Address, formatAddress } from "./values.ts";

/** How long to look, in ms: the second question is on its way by then. */
const LOOK_MS = 1_500;

/** What a person has to do with the choice. */
export interface ChoosingOptions {
  readonly io: TerminalIo;
  readonly plain: boolean;
  /** Where nothing answers. */
  readonly unanswered: Address;
  /** TLS was asked for, whoever it is. */
  readonly isTlsOnly: boolean;
  /** Looks around; by default on the networks of this machine. */
  readonly look?: typeof lookAround;
}

/** Looks around and asks. Resolves with an exit code, or `undefined` for none of them. */
export async function chooseFound(
  { io, plain, unanswered, isTlsOnly, look = lookAround }: ChoosingOptions,
): Promise<JudgedServer | number | undefined> {
  const tell = (line: string): void => print(wrapWords(line, io.size().columns - 1).join("\n"));
  const place = formatAddress(unanswered);
  tell(`Nothing answers at ${place}; looking for servers on this network`);
  const found = await foundServers(look);
  const [open, others] = [found.filter(isToBeAsked), found.filter((each) => !isToBeAsked(each))];
  if (found.length === 0) {
    tell("None announces itself.");
    return undefined;
  }
  const number = (server: JudgedServer): string => {
    const at = open.indexOf(server);
    return `${at < 0 ? "-" : at + 1}`.padStart(3) + "  ";
  };
  for (const line of foundLines([...open, ...others], number)) print(line);
  if (open.length === 0) return undefined;
  tell("Anybody on the network can say such things. Nothing has been sent to any of them.");
  for (let fresh = true;; fresh = false) {
    const question = `Which one? (1 to ${open.length}, or Enter for ${place}): `;
    const answer = await askLine(io, question, { plain, fresh });
    if (typeof answer === "number") return answer;
    if (answer.trim() === "") return undefined;
    const chosen = /^\d{1,3}$/.test(answer.trim()) ? open[Number(answer) - 1] : undefined;
    if (chosen === undefined) continue;
    if (chosen.verdict === "warned") tell(`${chosen.note ?? ""}.`);
    if (!chosen.address.tls) {
      tell("Nothing is encrypted there, so no password is sent unless you type it.");
    }
    return chosen;
  }
  function isToBeAsked({ verdict, address }: JudgedServer): boolean {
    return verdict !== "refused" && (address.tls === true || !isTlsOnly);
  }
}

async function foundServers(look: typeof lookAround): Promise<readonly JudgedServer[]> {
  try {
    return (await look({ forMs: LOOK_MS, complain })).servers;
  } catch (error) {
    if (!(error instanceof KnownServersError)) throw error;
    complain(inertLine(error.message));
    return [];
  }
}

/** The wish for a server that was chosen: its certificate has to be the one that the network was told of. */
export function wishForFound(
  wish: TlsWish,
  { name, fingerprint, known, address }: JudgedServer,
): TlsWish {
  // Whoever has this certificate is known, wherever it is now.
  if (known !== undefined && fingerprint !== undefined) {
    wish.accepted.set(formatAddress(address), fingerprint);
  }
  return { ...wish, found: { name, fingerprint } };
}

/** Notes where a known server is now, when it has proved that it is the one. */
export function noteFound(
  wish: TlsWish,
  { name, fingerprint, known, address }: JudgedServer,
): void {
  if (known === undefined || fingerprint === undefined) return;
  if (known.server === formatAddress(address) && known.name === name) return;
  const problem = accept(address, fingerprint, wish);
  if (problem !== undefined) complain(problem);
}
