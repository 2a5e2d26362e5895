/** Which server `chatroom connect` on a terminal talks to, and under which name. */

import type { Settings } from "../client/settings.ts";
import type { TerminalIo } from "../client/terminal/tty.ts";
import type { ByteStream } from "../client/wire.ts";
import { type Addresses, formatAddresses } from "./addresses.ts";
import { type Invocation, readEnv } from "./flags.ts";
import { connectNearby } from "./open_conn.ts";
import { checkClassic, chosenName, serverAddresses } from "./peer.ts";
import { type TlsWish, tlsWish } from "./tls_peer.ts";
import { DEFAULT_ADDRESS, formatAddress } from "./values.ts";

/** Which servers, and under which name. */
export interface Contact {
  readonly named: Addresses;
  /** The same, beginning with the one with which there is a connection, if there is one. */
  readonly addresses: Addresses;
  readonly name: string;
  /** The name that is remembered for it. */
  readonly usual: string | undefined;
  /** `undefined`: without TLS. */
  readonly wish: TlsWish | undefined;
  /** The connection, if it took one to find out whether the server can be trusted, or is there. */
  readonly stream?: ByteStream;
  /** Nothing shows who it is, and nobody has named it: it gets no secret that was not meant for it. */
  readonly isStranger?: true;
}

/** The servers as a person is shown them, together and each, by which things are kept. */
export function shownServers(
  { named, wish }: Pick<Contact, "named" | "wish">,
): { readonly server: string; readonly servers: readonly string[] } {
  const scheme = wish === undefined ? "" : "tls://";
  return {
    server: scheme + formatAddresses(named),
    servers: named.map((each) => scheme + formatAddress(each)),
  };
}

/** Whom to ask, and what comes before a server is talked to. */
interface Asking {
  readonly io: TerminalIo;
  readonly plain: boolean;
  readonly settle: () => void;
}

/** Asks the person for what is missing. Resolves with an exit code if they leave instead. */
export async function makeContact(
  invocation: Invocation,
  settings: Settings,
  { io, plain, settle }: Asking,
): Promise<Contact | number> {
  const named = serverAddresses(invocation.positionals[0], settings.server);
  const wish = tlsWish(invocation, named[0]);
  const usual = settings.names?.[shownServers({ named, wish }).server] ?? settings.name;
  const name = chosenName(invocation, usual) ??
    await (await import("./ask_name.ts")).askName(io, plain);
  if (typeof name === "number") return name;
  const isUsual = isUsualServer(invocation, named);
  if (wish !== undefined || isUsual) settle();
  const met = wish !== undefined
    ? await meetSecurely(io, named, wish, plain)
    : isUsual
    ? await meetNearby(named)
    : {};
  if (typeof met === "number") return met;
  checkClassic(invocation);
  const contact = { named, addresses: named, name, usual, wish, ...met };
  return isUsual && met.addresses === undefined
    ? await contactOnLan(invocation, contact, io, plain)
    : contact;
}

/** Whether nobody has named a server, so that it is the one on this machine or any on the network. */
function isUsualServer(invocation: Invocation, named: Addresses): boolean {
  const isNamed = invocation.positionals[0] !== undefined ||
    invocation.get("invite") !== undefined ||
    readEnv("CHATROOM_SERVER") !== undefined;
  return !isNamed && formatAddresses(named) === formatAddress(DEFAULT_ADDRESS);
}

/** What is known of a server when it was met: nothing if it does not answer. */
type Met = Partial<Pick<Contact, "addresses" | "stream">>;

async function meetSecurely(
  io: TerminalIo,
  named: Addresses,
  wish: TlsWish,
  plain: boolean,
): Promise<Met | number> {
  return await (await import("./first_contact.ts")).firstContact(io, named, wish, plain);
}

async function meetNearby(named: Addresses): Promise<Met> {
  const stream = await connectNearby(named[0]);
  return stream === undefined ? {} : { addresses: named, stream };
}

/** The same, or a server that was found on the network if the person chooses one. */
async function contactOnLan(
  invocation: Invocation,
  contact: Contact,
  io: TerminalIo,
  plain: boolean,
): Promise<Contact | number> {
  // Whoever has a server on this machine does not load this.
  const { chooseFound, noteFound, wishForFound } = await import("./lan_choice.ts");
  const { named: [unanswered], wish: given } = contact;
  const isTlsOnly = given !== undefined;
  const chosen = await chooseFound({ io, plain, unanswered, isTlsOnly });
  if (typeof chosen === "number") return chosen;
  if (chosen === undefined) return contact;
  const named: Addresses = [chosen.address];
  const asked = given ?? tlsWish(invocation, chosen.address);
  const found = { ...contact, named, addresses: named };
  if (asked === undefined) return { ...found, wish: asked, isStranger: true };
  const wish = wishForFound(asked, chosen);
  const met = await meetSecurely(io, named, wish, plain);
  if (typeof met === "number") return met;
  if (met.stream !== undefined) noteFound(wish, chosen);
  return { ...found, wish, ...met };
}
