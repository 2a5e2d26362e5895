/**
 * `deno task cluster:try`: a cluster of three NATS servers and three nodes on this machine, to look at. It lives
 * in a directory that goes when it ends, by Ctrl-C or SIGTERM.
 */

import { onSignals } from "../../lib/cli/signals.ts";
import { formatAddress } from "../../lib/cli/values.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { NodeProcess, runProgram } from "../fixtures/node_process.ts";

const NAMES = ["n1", "n2", "n3"];

if (import.meta.main) Deno.exit(await main());

/** Runs the cluster until it is told to end; resolves with the exit code. */
async function main(): Promise<number> {
  if (NO_NATS !== undefined) {
    say(
      `No cluster can be tried here: ${NO_NATS}. Debian's package nats-server will do from trixie on; ` +
        "tests/tools/get_nats_server.sh DIRECTORY fetches it without installing it.",
    );
    return 1;
  }
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let isEnding = false;
  using _ = onSignals(() => {
    isEnding = true;
    resolve();
  });
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "chatroom_try_" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  try {
    await begin(stack, directory);
  } catch (error) {
    // A terminal has told its servers to end, too.
    if (!isEnding) throw error;
  }
  await ended;
  say("Ending…");
  return 0;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Starts all of it, and prints what to type. */
async function begin(stack: AsyncDisposableStack, directory: string): Promise<void> {
  say("Starting three NATS servers, one after the other…");
  const servers = stack.use(await NatsServers.start(NAMES.length));
  const env = { CHATROOM_CLUSTER: servers.urls.join(",") };
  const { code, said } = await runProgram(env, "cluster", "init");
  if (code !== 0) throw new Error(said);
  const nodes = NAMES.map((name) => {
    const flags = ["--web", "0"];
    return stack.use(new NodeProcess({ name, dir: `${directory}/${name}`, env, flags }));
  });
  await Promise.all(nodes.map((node) => node.start()));
  const first = nodes[0]?.addr;
  say([
    "",
    ...servers.all.map(({ name, url }) => `NATS server ${name} at ${url}`),
    ...nodes.map(({ name, addr, page }) => `Node ${name} at ${formatAddress(addr)}, page ${page}`),
    "",
    "Talk to each other by different nodes, each in a terminal of its own, or open the pages:",
    ...nodes.map(({ addr }) => `  deno task connect ${formatAddress(addr)}`),
    "Look at it:",
    `  deno run -A main.ts cluster status --cluster ${servers.urls.join(",")}`,
    ...nodes.slice(0, 1).map(({ page }) => `  curl ${page}metrics`),
    "Load it:",
    `  deno run -A main.ts bench ${first === undefined ? "" : formatAddress(first)}`,
    "",
    "Ctrl-C ends all of it, and removes what it has stored.",
  ].join("\n"));
}
