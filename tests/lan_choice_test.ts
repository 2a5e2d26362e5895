/** Which of the servers on the network a person goes to, and what has to be true of it then. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { judgeFound } from "../lib/cli/found_servers.ts";
import { chooseFound, noteFound, wishForFound } from "../lib/cli/lan_choice.ts";
import { connectNearby } from "../lib/cli/open_conn.ts";
import { connectTo } from "../lib/cli/peer_link.ts";
import type { TlsWish } from "../lib/cli/tls_peer.ts";
import { DEFAULT_ADDRESS } from "../lib/cli/values.ts";
import { addKnownServer, knownServers } from "../lib/client/known_servers.ts";
import { RefusedError } from "../lib/client/refusal.ts";
import { Identity } from "../lib/tls/identity.ts";
import { makeKeyPair } from "../lib/tls/self_signed.ts";
import { securely } from "./fixtures/certificates.ts";
import { FakeTerminal } from "./fixtures/fake_terminal.ts";
import { startServer } from "./helpers.ts";

const A = `SHA256:${"AA".repeat(32)}`;
const B = `SHA256:${"BB".repeat(32)}`;

const DEFAULT = "or Enter for 127.0.0.1:1234): ";
type Judged = ReturnType<typeof judgeFound>;

/** A server that was found; `known`: that one is known by the name Office. */
function found(name: string, tls: "0" | "1", known?: string): Judged {
  const texts = new Map([["v", "1"], ["tls", tls], ["fp", A]]);
  const line = { server: "10.0.0.7:1", line: 1, name: "Office" };
  return judgeFound(
    { name, port: 1234, addresses: ["10.0.0.1"], texts },
    known === undefined ? [] : [{ ...line, fingerprint: known }],
  );
}

/** What is printed and chosen when these are found and somebody types. */
async function choosing(
  servers: readonly Judged[],
  typed: string,
  isTlsOnly = false,
): Promise<{ readonly printed: string; readonly chosen: Judged | number | undefined }> {
  const io = new FakeTerminal();
  const printed: string[] = [];
  const real = Deno.stdout.writeSync;
  Deno.stdout.writeSync = (bytes) => {
    printed.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  try {
    const look = (): Promise<{ servers: readonly Judged[]; nets: number }> =>
      Promise.resolve({ servers, nets: 1 });
    const choice = chooseFound({ io, plain: true, unanswered: DEFAULT_ADDRESS, isTlsOnly, look });
    for (const part of typed === "" ? [] : typed.split("|")) {
      await io.until(() => io.raw && io.written.includes(DEFAULT), "the question");
      io.written = "";
      io.type(part);
    }
    return { chosen: await choice, printed: printed.join("") };
  } finally {
    Deno.stdout.writeSync = real;
    io.screen[Symbol.dispose]();
  }
}

Deno.test("a person chooses by number; those that are refused have none", async () => {
  const servers = [found("Office", "0", B), found("Attic", "1"), found("Den", "0")];
  const { printed, chosen } = await choosing(servers, "9\r|den\r|2\r");
  assertEquals(chosen, servers[2]);
  assertStringIncludes(printed, "Nothing answers at 127.0.0.1:1234; looking for servers");
  assertStringIncludes(printed, "  1  Attic");
  assertStringIncludes(printed, "  2  Den");
  assertStringIncludes(printed, "  -  Office");
  assertStringIncludes(printed, "Anybody on the network can say such things.");
  assertStringIncludes(printed, "Nothing is encrypted there, so no password is sent unless");
});

Deno.test("Enter goes on as before, and Ctrl-C leaves", async () => {
  assertEquals((await choosing([found("Attic", "1")], "\r")).chosen, undefined);
  assertEquals((await choosing([found("Attic", "1")], "\x03")).chosen, 130);
});

Deno.test("nobody is asked where there is nothing to choose", async () => {
  const none = await choosing([], "");
  assertEquals(none.chosen, undefined);
  assertStringIncludes(none.printed, "None announces itself.");
  const refused = await choosing([found("Office", "0", B)], "");
  assertEquals(refused.chosen, undefined);
  assertStringIncludes(refused.printed, "refused: it says that it speaks no TLS");
  assertEquals((await choosing([found("Attic", "0")], "", true)).chosen, undefined, "with --tls");
});

Deno.test("who is warned of is warned of once more when it is chosen", async () => {
  const { printed } = await choosing([found("Office", "1", B)], "1\r");
  assertEquals(printed.split("WARNING: it is not the one that is known as Office").length, 3);
});

/** A wish with a file of known servers that is there as long as it is used. */
async function withWish(
  act: (wish: TlsWish & { readonly path: string }) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await act({ path: `${dir}/known_servers`, accepted: new Map() });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a server that was found shows the certificate that was announced, or is left", async () => {
  const identity = new Identity(await makeKeyPair(["localhost"]));
  await using server = startServer({ ...securely(identity) });
  const address = { ...server.addr, tls: true as const };
  const meet = (wish: TlsWish): Promise<unknown> =>
    connectTo(address, wish, new AbortController().signal);
  await withWish(async (wish) => {
    const texts = (fp: string): Map<string, string> =>
      new Map([["v", "1"], ["tls", "1"], ["fp", fp]]);
    const place = { name: "Office", port: address.port, addresses: [address.hostname] };
    const other = judgeFound({ ...place, texts: texts(A) }, []);
    const refused = await assertRejects(() => meet(wishForFound(wish, other)), RefusedError);
    assertStringIncludes(refused.message, `its fingerprint is ${identity.fingerprint}, not ${A}`);

    addKnownServer(wish.path, "10.0.0.7:1234", identity.fingerprint, "Office");
    const known = judgeFound(
      { ...place, texts: texts(identity.fingerprint) },
      knownServers(wish.path),
    );
    assertEquals(known.verdict, "known");
    const told = wishForFound(wish, known);
    const stream = await meet(told) as Deno.Conn;
    stream.close();
    noteFound(told, known);
    noteFound(told, { ...known, known: knownServers(wish.path)[1] });
    assertEquals(knownServers(wish.path).map(({ server, name }) => [server, name]), [
      ["10.0.0.7:1234", "Office"],
      [`${address.hostname}:${address.port}`, "Office"],
    ]);
  });
});

Deno.test("where a known certificate is announced by somebody else they get nothing of it", async () => {
  const identity = new Identity(await makeKeyPair(["localhost"]));
  await using server = startServer({ ...securely(identity) });
  const address = { ...server.addr, tls: true as const };
  await withWish(async (wish) => {
    addKnownServer(wish.path, "10.0.0.7:1234", A, "Office");
    const texts = new Map([["v", "1"], ["tls", "1"], ["fp", A]]);
    const place = { name: "Office", port: address.port, addresses: [address.hostname] };
    const fake = wishForFound(wish, judgeFound({ ...place, texts }, knownServers(wish.path)));
    await assertRejects(() => connectTo(address, fake, new AbortController().signal), RefusedError);
    assertEquals(knownServers(wish.path).length, 1);
  });
});

Deno.test("whether this machine has a server is known at once", async () => {
  await using server = startServer();
  const conn = await connectNearby(server.addr);
  assert(conn !== undefined);
  conn.close();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  listener.close();
  assertEquals(await connectNearby({ hostname, port }), undefined);
});
