/** What all IRC connections of a server have in common. */

import type { ClientSays } from "../chat/sessions/peer.ts";
import type { SharedState } from "../server/host.ts";
import { SameClients } from "./same_clients.ts";
import { TOLD_TIMES, type ToldTimes } from "./told.ts";
import { type ToldFile, ToldMarks } from "./told_marks.ts";

/** What the IRC door is told when it is opened. */
export interface IrcOptions {
  /** What the server calls itself: one word with a dot in it, by which clients know it for a server. */
  readonly name: string;
  /** Where it is kept how far clients were told what was said; `undefined`: nowhere. */
  readonly toldFile?: ToldFile | undefined;
  /** How long they are waited for; as {@linkcode ToldTimes} has it by default. */
  readonly toldTimes?: Partial<ToldTimes> | undefined;
}

/** The server, as its IRC clients see it. */
export interface IrcServer {
  readonly name: string;
  /** What the network is called: the title of the server, without spaces. */
  readonly network: string;
  readonly shared: SharedState;
  /** When it was started, for people. */
  readonly created: string;
  /** What clients that have come say of whom they run for, by the names that they went by: the latest. */
  readonly users: Map<string, ClientSays>;
  /** The most people that were here at once, and the most of them that had come in by this node. */
  most: number;
  mostOwn: number;
  /** How far the clients of accounts were told what was said. */
  readonly told: ToldMarks;
  /** Which of their connections are of the same client. */
  readonly same: SameClients;
}

/** What the log says where marks can't be kept. */
const TOLD_PROBLEM = "How far IRC clients were told what was said could not be kept";

/** The name of a network, where the server has no title. */
const DEFAULT_NETWORK = "chatroom";

/** Makes what IRC connections share. */
export function ircServer(
  shared: SharedState,
  { name, toldFile, toldTimes }: IrcOptions,
): IrcServer {
  const created = new Date().toISOString();
  const { house, log } = shared;
  const told = new ToldMarks({
    epoch: () => house.index.epoch,
    isAccount: (id) => house.state.people.accountWith(id) !== undefined,
    file: toldFile,
    times: toldTimes,
    onProblem: ({ message }) =>
      log({ level: "warning", kind: "problem", text: TOLD_PROBLEM, fields: { error: message } }),
  });
  const same = new SameClients(toldTimes?.owedMs ?? TOLD_TIMES.owedMs);
  return {
    ...{ name, shared, created, users: new Map(), most: 0, mostOwn: 0, told, same },
    get network() {
      return networkOf(shared.title);
    },
  };
}

function networkOf(title = ""): string {
  const network = title.normalize("NFKD").replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "");
  return network || DEFAULT_NETWORK;
}
