/** `chatroom doctor`: looks at a server, its data directory or its page, and says what to do about what is wrong. */

import type { ControlPlace } from "../store/control_file.ts";
import { callControl, NoServerError } from "./call_control.ts";
import { inertJson } from "../client/printer.ts";
import { findKnownServer } from "../client/known_servers.ts";
import { checkData } from "../doctor/data_checks.ts";
import { checkCertificate } from "../doctor/certificate_check.ts";
import { type Discovery, Findings } from "../doctor/findings.ts";
import { checkServer, type ServerLook } from "../doctor/server_checks.ts";
import { checkWeb } from "../doctor/web_checks.ts";
import { inertLine } from "../words/inert.js";
import { CONFIG_FLAG, configPath } from "./config_flag.ts";
import { DATA_FLAG } from "./data.ts";
import { flagOf, type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { dataDir, hostName, networkInterfaces } from "./machine.ts";
import { openFilesLimit, tooFewFiles } from "./open_files.ts";
import { printResult } from "./output.ts";
import { givenPassword } from "./password.ts";
import { PEER_FLAGS } from "./peer.ts";
import { SERVE_FLAGS } from "./serve_flags.ts";
import { type Wanted, wantedBy, withConfig } from "./serve_wanted.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS, type TlsWish, tlsWish } from "./tls_peer.ts";
import { type Address, counted, formatAddress, parseAddress } from "./values.ts";
import { runtimeProblem, VERSION } from "./version.ts";

/** How long an address of this machine may take to answer, in ms. */
const REACH_MS = 1_000;

/** `chatroom doctor`. */
export const doctorCommand: Subcommand = {
  ...TITLES.doctor,
  positionals: "[HOST[:PORT]|URL]",
  notes: [
    "Without an address it looks at this machine: the configuration file, the data directory, the",
    "certificate, the disk, how many files may be open, and who has the port. With HOST:PORT it looks at",
    "that server, and with the http:// or https:// address of a page at what a proxy lets through. It",
    "leaves all as it was, and nobody in a room is told of it. chatroom help doctoring lists what it finds.",
    "",
    "Exit codes: 0 no fault (there may be warnings), 1 a fault was found, 2 bad usage.",
  ],
  flags: [
    DATA_FLAG,
    CONFIG_FLAG,
    PEER_FLAGS.password,
    ...TLS_PEER_FLAGS,
    flagOf("--json", "print what was found as one JSON object"),
  ],
  run: runDoctor,
};

async function runDoctor(invocation: Invocation): Promise<number> {
  const findings = new Findings();
  const [server] = invocation.positionals;
  findings.fact(`chatroom ${VERSION} on Deno ${Deno.version.deno}`);
  if (server === undefined) await lookHere(invocation, findings);
  else if (/^https?:\/\//i.test(server)) {
    const page = URL.parse(server);
    if (page === null) throw new UsageError(`${JSON.stringify(server)} is no address of a page`);
    await checkWeb({ page }, findings);
  } else await lookThere(invocation, parseAddress(server), findings);
  printResult(invocation.has("json") ? jsonOf(findings) : linesOf(findings).join("\n"));
  return findings.isFaulty ? 1 : 0;
}

function jsonOf({ facts, found, isFaulty }: Findings): string {
  return inertJson(JSON.stringify({ ok: !isFaulty, found, facts }));
}

function linesOf({ facts, found }: Findings): string[] {
  const count = (level: Discovery["level"]): string =>
    counted(found.filter((each) => each.level === level).length, level);
  return [
    ...facts.map((text) => inertLine(`ok       ${text}`)),
    ...found.flatMap(({ level, id, text, remedy }) => [
      inertLine(`${level.padEnd(8)} ${id}: ${text}`),
      inertLine(`         What to do: ${remedy}`),
    ]),
    `${count("fault")}, ${count("warning")}`,
  ];
}

/** Looks at this machine, as a server on it would be run. */
async function lookHere(invocation: Invocation, findings: Findings): Promise<void> {
  const outdated = runtimeProblem(Deno.version.deno);
  if (outdated !== undefined) findings.add("runtime-old", outdated);
  const tooFew = tooFewFiles(openFilesLimit());
  if (tooFew !== undefined) findings.add("files-few", tooFew);
  const wanted = await wantedHere(invocation, findings);
  const dir = wanted?.place?.dir ?? invocation.get("data") ?? dataDir();
  if (dir === undefined) findings.fact("There is no home directory, and so no data directory");
  else await checkData(dir, findings, { answers: takesCommands });
  if (typeof wanted?.plan === "object") checkCertificate(wanted.plan, findings);
  const address = wanted?.address ?? parseAddress("");
  const hostname = /^(?:0\.0\.0\.0|::)$/.test(address.hostname) ? "127.0.0.1" : address.hostname;
  const own = serverLook({ ...address, hostname }, undefined, true);
  await checkServer({ ...own, wantsTls: wanted?.plan !== undefined }, findings);
  await tellReach(address, findings);
}

/** Says as what others reach this machine, if its server is there for them: by its configuration, or in fact. */
async function tellReach({ hostname, port }: Address, findings: Findings): Promise<void> {
  const others = networkInterfaces().map(({ address: text }) => text)
    .filter((text) => !/^(?:127\.|::1$|fe80:)/.test(text));
  const names = [hostName() ?? [], others].flat().join(", ");
  if (names === "") return;
  const isForAll = !/^(?:127\.|::1$|localhost$)/.test(hostname) || await isReached(others, port);
  findings.fact(
    isForAll
      ? `Others reach this machine as ${names}`
      : `Only this machine reaches the server; with serve --host 0.0.0.0 others do, as ${names}`,
  );
}

/** Whether something listens at the port at one of these addresses. */
async function isReached(addresses: readonly string[], port: number): Promise<boolean> {
  for (const hostname of addresses) {
    const signal = AbortSignal.timeout(REACH_MS);
    const conn = await Deno.connect({ hostname, port, signal }).catch(() => undefined);
    conn?.close();
    if (conn !== undefined) return true;
  }
  return false;
}

/** Whether the server of that token answers: it is asked for what changes nothing. */
function takesCommands(place: ControlPlace): Promise<boolean> {
  return callControl(place, { type: "account", name: "doctor" })
    .then(() => true, (error) => !(error instanceof NoServerError));
}

/** What the configuration file asks for; `undefined`: it is wrong. */
async function wantedHere(invocation: Invocation, findings: Findings): Promise<Wanted | undefined> {
  const flags = new Set(SERVE_FLAGS.map(({ name }) => name));
  // Flags that a server does not have, or has another meaning for, are not its.
  const asServer: Invocation = {
    ...invocation,
    has: (flag) => flags.has(flag) && flag !== "tls" && invocation.has(flag),
    source: (flag) => flag === "tls" ? undefined : invocation.source(flag),
  };
  try {
    const path = configPath(invocation);
    const whole = await wantedBy(await withConfig(asServer, SERVE_FLAGS));
    findings.fact(path === undefined ? "There is no configuration file" : `${path} is sound`);
    return whole;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    findings.add("config-wrong", error.message);
    return undefined;
  }
}

async function lookThere(
  invocation: Invocation,
  address: Address,
  findings: Findings,
): Promise<void> {
  const wish = tlsWish(invocation, address);
  const look = serverLook(address, givenPassword(invocation), false);
  await checkServer(wish === undefined ? look : { ...look, tls: tlsLook(address, wish) }, findings);
}

function serverLook(
  { hostname, port }: Address,
  password: string | undefined,
  isOwn: boolean,
): ServerLook {
  return { hostname, port, tls: undefined, password, version: VERSION, isOwn };
}

function tlsLook(address: Address, wish: TlsWish): ServerLook["tls"] {
  const { ca, pinned, path, roots } = wish;
  const isKnown = pinned === undefined && ca === undefined && path !== undefined;
  const known = isKnown ? findKnownServer(path, formatAddress(address)) : undefined;
  return { ca: ca ?? roots, pinned, known };
}
