/** Looks at a server from where it is called: who answers, in which protocol, with which certificate. */

import type { KnownServer } from "../client/known_servers.ts";
import { judge } from "../client/trust.ts";
import { type ByteStream, openWire, type Wire } from "../client/wire.ts";
import { shakeHands, type Shown } from "../tls/connect.ts";
import { closeQuietly } from "../wire/close_quietly.ts";
import type { EventOf } from "../wire/events.ts";
import { reasonOf } from "../wire/text.ts";
import { within } from "../wire/within.ts";
import type { Findings } from "./findings.ts";

/** Which server, and how it is called. */
export interface ServerLook {
  readonly hostname: string;
  readonly port: number;
  /** `undefined`: without TLS. */
  readonly tls: TlsLook | undefined;
  readonly password: string | undefined;
  /** The version of this program, as in `0.1.0`. */
  readonly version: string;
  /** It may be that none runs: that is no fault, but another program at its port is. */
  readonly isOwn: boolean;
  /** It should speak TLS, by its configuration. */
  readonly wantsTls?: boolean;
  /** There is a password, which whoever is not trusted is not shown. */
  readonly isWithheld?: true;
  /** How long to wait for each answer, in ms; 5,000 by default. */
  readonly patienceMs?: number;
}

/** What is known of its certificate. */
export interface TlsLook {
  readonly ca?: string | undefined;
  readonly pinned: readonly string[] | undefined;
  readonly known: KnownServer | undefined;
}

const PATIENCE_MS = 5_000;
const NAME = "doctor";

/** Looks at it. */
export async function checkServer(look: ServerLook, to: Findings): Promise<void> {
  const place = `${look.hostname}:${look.port}`;
  const conn = await connectTo(look).catch((error) => {
    if (look.isOwn) to.fact(`No server listens at ${place}`);
    else to.add("server-away", `${place} (${reasonOf(error)})`);
  });
  if (conn === undefined) return;
  if (look.tls !== undefined) return await checkSecure(look, look.tls, conn, to);
  const plain = await greeted(conn, look);
  if (plain?.welcome !== undefined) {
    if (look.wantsTls) to.add("tls-none", place);
    return await checkWelcome(plain, look, to);
  }
  // One that speaks TLS says so to whoever does not, and takes nobody.
  const secure = await secureWelcome(look);
  if (secure === undefined && plain !== undefined) return await checkWelcome(plain, look, to);
  plain?.close();
  if (secure === undefined) return to.add(look.isOwn ? "port-taken" : "server-other", place);
  const { wire, fingerprint } = secure;
  if (!look.isOwn) {
    wire.close();
    return to.add("tls-only", `${place} with the fingerprint ${fingerprint}`);
  }
  to.fact(`The server speaks TLS; its fingerprint is ${fingerprint}`);
  await checkWelcome(wire, look, to);
}

async function checkSecure(
  look: ServerLook,
  tls: TlsLook,
  conn: Deno.Conn,
  to: Findings,
): Promise<void> {
  const place = `${look.hostname}:${look.port}`;
  const shown = await handshakeOver(conn, look, tls.ca).catch(reasonOf);
  if (typeof shown === "string") {
    const again = await connectTo(look).catch(() => undefined);
    const plain = again && await greeted(again, look);
    plain?.close();
    return to.add(
      plain === undefined ? "tls-failed" : "tls-none",
      plain ? place : `${place}: ${shown}`,
    );
  }
  to.fact(
    `The certificate of ${place} is valid from ${shown.validFrom} until ${shown.validTo}; its ` +
      `fingerprint is ${shown.fingerprint}`,
  );
  const pinned = tls.pinned?.find((pin) => pin === shown.fingerprint) ?? tls.pinned?.join(" or ");
  const judgement = judge(shown, { server: place, pinned, known: tls.known, strict: false });
  if (judgement.kind === "unknown") to.add("tls-unknown", judgement.text);
  if (judgement.kind === "refused") {
    shown.stream.close();
    const isOther = tls.pinned !== undefined ||
      tls.known !== undefined && tls.known.fingerprint !== shown.fingerprint;
    return to.add(isOther ? "tls-changed" : "tls-untrusted", judgement.text);
  }
  const wire = await greeted(shown.stream, look);
  if (wire === undefined) return to.add("server-other", place);
  // Nobody who is not trusted is shown a password.
  await checkWelcome(
    wire,
    judgement.kind === "trusted" || look.password === undefined
      ? look
      : { ...look, password: undefined, isWithheld: true },
    to,
  );
}

/** Says hello as a visitor, whom nobody is told of. */
async function checkWelcome(wire: Wire, look: ServerLook, to: Findings): Promise<void> {
  const { patienceMs = PATIENCE_MS, password, version } = look;
  try {
    const { welcome } = wire;
    if (welcome === undefined) {
      const first = await within(patienceMs, wire.events().next());
      const event = first?.value as EventOf<"bye"> | undefined;
      return to.add(
        "server-refuses",
        event?.type === "bye" ? event.text : "it closed the connection",
      );
    }
    to.fact(`${welcome.server} answers at ${look.hostname}:${look.port}`);
    const their = welcome.server.replace(/^chatroom\//, "");
    if (welcome.server.startsWith("chatroom/") && their !== version) {
      to.add("server-version", `it is ${their}, and this is ${version}`);
    }
    if (!welcome.needs.includes("password")) return;
    // Which program it is that answers at a port of this machine, nobody knows.
    if (look.isOwn) return to.fact("The server needs a password, which was not shown to it");
    if (look.isWithheld) {
      return to.fact("The password was not shown to a server that is not trusted");
    }
    if (password === undefined) {
      return to.add("password-missing", `${look.hostname}:${look.port}`);
    }
    await wire.send({ type: "hello", visitor: true, password, scrollback: 0 });
    const next = await within(patienceMs, wire.events().next());
    const answer = next?.value;
    if (answer?.type === "ready") return to.fact("The server takes the password");
    const said = answer?.type === "error" ? answer.text : "it closed the connection";
    to.add(/password/i.test(said) ? "password-wrong" : "server-refuses", said);
  } catch (error) {
    to.add("server-refuses", reasonOf(error));
  } finally {
    wire.close();
  }
}

async function connectTo(
  { hostname, port, patienceMs = PATIENCE_MS }: ServerLook,
): Promise<Deno.TcpConn> {
  const signal = AbortSignal.timeout(patienceMs);
  return await Deno.connect({ hostname, port, signal });
}

/** What a server answers to a name, if that is our protocol. The connection is closed where it is not. */
async function greeted(
  stream: ByteStream,
  { patienceMs = PATIENCE_MS }: ServerLook,
): Promise<Wire | undefined> {
  const timer = setTimeout(() => closeQuietly(stream), patienceMs * 2);
  try {
    return await openWire(stream, { name: NAME, fallBack: false, welcomeMs: patienceMs });
  } catch {
    closeQuietly(stream);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** A server that speaks TLS, and our protocol over it; `undefined`: none. */
async function secureWelcome(
  look: ServerLook,
): Promise<{ readonly wire: Wire; readonly fingerprint: string } | undefined> {
  try {
    const { stream, fingerprint } = await handshakeOver(await connectTo(look), look, undefined);
    const wire = await greeted(stream, look);
    return wire && { wire, fingerprint };
  } catch {
    return undefined;
  }
}

function handshakeOver(
  conn: Deno.Conn,
  { hostname, patienceMs = PATIENCE_MS }: ServerLook,
  ca: string | undefined,
): Promise<Shown> {
  const signal = AbortSignal.timeout(patienceMs);
  return shakeHands(conn, { hostname, signal, ...ca === undefined ? {} : { ca } });
}
