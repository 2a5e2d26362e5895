/**
 * Those who do harm in `deno task bench:hostile`, in a process of their own, so that what they cost
 * themselves is not mistaken for what they cost the server. Ends with its stdin.
 */

import { encodeFrame } from "../../lib/wire/frame.ts";

const AT_A_TIME = 32;
const PONG = encodeFrame('{"type":"pong"}', "right");
const PING = new TextEncoder().encode('"type":"ping"');

/** What there can be, and how many of it. */
export interface Peers {
  /** Members that read everything and answer pings: what the others are compared with. */
  readonly reading: number;
  /** Members that never read again once they are in. */
  readonly stalled: number;
  /** Members that say as much as their connection takes. */
  readonly flooding: number;
  /** Connections a second that say something that is no frame. */
  readonly scans: number;
}

if (import.meta.main) await main(Deno.args);

/** `HOST PORT PEERS`, which is JSON; prints a line when all are in. */
async function main([hostname = "", port = "", given = "{}"]: readonly string[]): Promise<void> {
  const peers: Peers = JSON.parse(given);
  const addr = { hostname, port: Number(port) };
  const stop = new AbortController();
  const members = [
    ...Array.from(
      { length: peers.reading },
      (_, i) => () => listen(addr, `reads-${i}`, stop.signal),
    ),
    ...Array.from({ length: peers.stalled }, (_, i) => () => join(addr, `stalls-${i}`)),
  ];
  const open: Disposable[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    for (let member = members[next++]; member !== undefined; member = members[next++]) {
      open.push(await member());
    }
  }));
  const going = [
    ...Array.from({ length: peers.flooding }, () => flood(addr, stop.signal)),
    ...(peers.scans > 0 ? [scan(addr, peers.scans, stop.signal)] : []),
  ];
  Deno.stdout.writeSync(new TextEncoder().encode("in\n"));
  await Deno.stdin.read(new Uint8Array(1));
  stop.abort();
  await Promise.all(going);
  for (const each of open) each[Symbol.dispose]();
}

interface Addr {
  readonly hostname: string;
  readonly port: number;
}

/** Comes in with the event protocol; resolves with the connection once it is in its room. */
async function join(addr: Addr, name: string): Promise<Deno.TcpConn> {
  const conn = await Deno.connect(addr);
  await conn.write(encodeFrame(name, "right"));
  const hello = encodeFrame('{"type":"hello","id":"hello","scrollback":0}', "right");
  const decoder = new TextDecoder();
  const bin = new Uint8Array(4_096);
  let text = "";
  let said = false;
  while (!text.includes('"type":"ready"')) {
    const count = await conn.read(bin);
    if (count === null) throw new Error(`The server did not let ${name} in: ${text}`);
    text += decoder.decode(bin.subarray(0, count));
    if (said || !text.includes('"type":"welcome"')) continue;
    said = true;
    await conn.write(hello);
  }
  return conn;
}

async function listen(addr: Addr, name: string, signal: AbortSignal): Promise<Disposable> {
  const conn = await join(addr, name);
  const bin = new Uint8Array(65_536);
  (async () => {
    for (let n = await conn.read(bin); n !== null; n = await conn.read(bin)) {
      if (holds(bin.subarray(0, n), PING)) await conn.write(PONG);
    }
  })().catch(() => {
    if (!signal.aborted) Deno.stderr.writeSync(new TextEncoder().encode(`${name} was cut off\n`));
  });
  return conn;
}

/** Whether `bytes` hold `part`. */
function holds(bytes: Uint8Array, part: Uint8Array): boolean {
  const [first = 0] = part;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/** One classic client that says as much as the connection takes, in the room that all are in. */
async function flood(addr: Addr, signal: AbortSignal): Promise<void> {
  using conn = await Deno.connect(addr);
  const encoder = new TextEncoder();
  const frames = encoder.encode(`100       ${"x".repeat(100)}`.repeat(500));
  const end = (): void => conn.close();
  signal.addEventListener("abort", end);
  const reading = (async () => {
    const bin = new Uint8Array(65_536);
    while (await conn.read(bin) !== null);
  })().catch(() => {});
  try {
    await conn.write(encoder.encode("7         flooder"));
    while (!signal.aborted) await conn.write(frames);
  } catch {
    // It was cut off, or it is over.
  }
  await reading;
  signal.removeEventListener("abort", end);
}

/** Connects so many times a second, says something that is no frame, and goes. */
async function scan(addr: Addr, perSecond: number, signal: AbortSignal): Promise<void> {
  const open = new Set<Promise<void>>();
  while (!signal.aborted) {
    const probing: Promise<void> = probe(addr).finally(() => open.delete(probing));
    open.add(probing);
    await new Promise((resolve) => setTimeout(resolve, 1_000 / perSecond));
  }
  await Promise.all(open);
}

async function probe(addr: Addr): Promise<void> {
  try {
    using conn = await Deno.connect(addr);
    await conn.write(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
    const bin = new Uint8Array(1_024);
    while (await conn.read(bin) !== null);
  } catch {
    // Refused or cut off, as a scanner deserves.
  }
}
