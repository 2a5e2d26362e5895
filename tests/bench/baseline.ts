/**
 * The server that a tutorial would write, to have something to compare ours with: one room, and for
 * each message one awaited write a member. It speaks the classic protocol and as much of the event
 * protocol as a load needs, and has no limits, no history and no defence.
 *
 *     deno run --allow-net tests/bench/baseline.ts
 */

interface Member {
  readonly conn: Deno.TcpConn;
  readonly name: string;
  readonly event: boolean;
}

const HEADER_BYTES = 10;
const members = new Set<Member>();
const encoder = new TextEncoder();
const decoder = new TextDecoder();
let seq = 0;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  Deno.stdout.writeSync(encoder.encode(`baseline is listening on ${hostname}:${port}\n`));
  for await (const conn of listener) serve(conn).catch(() => {});
}

async function serve(conn: Deno.TcpConn): Promise<void> {
  let member: Member | undefined;
  try {
    conn.setNoDelay(true);
    for await (const { text, event } of frames(conn)) {
      if (member === undefined) {
        member = { conn, name: text, event };
        if (event) await writeEvent(conn, { type: "welcome", protocol: 1 });
        else members.add(member);
      } else if (event) await answer(member, JSON.parse(text));
      else await broadcast(member, text);
    }
  } finally {
    if (member !== undefined) members.delete(member);
    conn.close();
  }
}

async function answer(member: Member, request: Record<string, string>): Promise<void> {
  const { conn, name } = member;
  const { type, id, text } = request;
  if (type === "hello") {
    members.add(member);
    await writeEvent(conn, { type: "ready", id, name, session: "", room: "lobby", seq, direct: 0 });
  } else if (type === "say") {
    await broadcast(member, text ?? "", id);
  }
}

async function broadcast(from: Member, text: string, id?: string): Promise<void> {
  const at = new Date().toISOString();
  const number = ++seq;
  if (from.event) await writeEvent(from.conn, { type: "ack", id, room: "lobby", seq: number, at });
  for (const member of members) {
    if (member === from) continue;
    try {
      if (member.event) {
        const message = { type: "message", room: "lobby", seq: number, from: from.name, at, text };
        await writeEvent(member.conn, message);
      } else await writeAll(member.conn, encoder.encode(classic(from.name) + classic(text)));
    } catch {
      // Its own reader sees that it has gone.
    }
  }
}

function classic(text: string): string {
  return String(encoder.encode(text).length).padEnd(HEADER_BYTES) + text;
}

async function writeEvent(conn: Deno.TcpConn, event: Record<string, unknown>): Promise<void> {
  const json = JSON.stringify(event);
  const header = String(encoder.encode(json).length).padStart(HEADER_BYTES);
  await writeAll(conn, encoder.encode(header + json));
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** The frames of a connection, and whether each is one of the event protocol. */
async function* frames(conn: Deno.TcpConn): AsyncGenerator<{ text: string; event: boolean }> {
  let buffer = new Uint8Array(0);
  const chunk = new Uint8Array(65_536);
  for (;;) {
    const count = await conn.read(chunk);
    if (count === null) return;
    const joined = new Uint8Array(buffer.length + count);
    joined.set(buffer);
    joined.set(chunk.subarray(0, count), buffer.length);
    buffer = joined;
    while (buffer.length >= HEADER_BYTES) {
      const header = decoder.decode(buffer.subarray(0, HEADER_BYTES));
      const end = HEADER_BYTES + Number(header);
      if (buffer.length < end) break;
      yield {
        text: decoder.decode(buffer.subarray(HEADER_BYTES, end)),
        event: header.startsWith(" "),
      };
      buffer = buffer.subarray(end);
    }
  }
}
