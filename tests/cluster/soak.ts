/**
 * `deno task cluster:soak`: a cluster of three nodes on three NATS servers, to which all that is in faults.ts
 * happens by chance, at times two things at once. Prints each thing that it does, also into a file, and in the
 * last line whether all was as it should be; exits with 1 when it was not.
 */

import { parseArgs } from "@std/cli/parse-args";
import { delay } from "@std/async/delay";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { type Chance, chanceOf, type ClusterFault, FAULTS, randomFrom } from "./faults.ts";
import { FaultWorld } from "./fault_world.ts";

const USAGE = `Usage: deno task cluster:soak [-- --minutes N] [--seed N] [--log FILE]

  --minutes N   how long faults happen; what is under way is finished (default: 15)
  --seed N      which faults happen when (default: by chance, and printed)
  --log FILE    where to add what is printed, too
`;

/** Faults from one comparison of all nodes to the next, at most. */
const MOST_FAULTS = 4;
/** How long nothing happens before a fault, at most, in ms. */
const MOST_PAUSE_MS = 6_000;
/** How often two things happen at once. */
const TWO_AT_ONCE = 0.25;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 all was well, 1 it was not, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  let isUsable = true;
  const flags = parseArgs(args.filter((arg) => arg !== "--"), {
    string: ["minutes", "seed", "log"],
    unknown: () => {
      isUsable = false;
      return false;
    },
  });
  const minutes = Number(flags["minutes"] ?? "15");
  const seed = Number(flags["seed"] ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  if (!isUsable || !(minutes > 0) || !Number.isInteger(seed)) {
    Deno.stderr.writeSync(new TextEncoder().encode(USAGE));
    return 2;
  }
  const tell = teller(flags["log"] === undefined ? undefined : String(flags["log"]));
  if (NO_NATS !== undefined) {
    tell(`SKIPPED: ${NO_NATS}`);
    return 1;
  }
  const soak = new Soak(chanceOf(randomFrom(seed)), tell);
  tell(`seed ${seed}, ${minutes} minutes`);
  try {
    await soak.run(minutes * 60_000);
    tell(`PASSED: seed ${seed}, ${minutes} minutes, ${soak.figures}`);
    return 0;
  } catch (error) {
    tell(`${(error as Error).stack ?? error}`);
    tell(`FAILED: seed ${seed}, ${soak.figures}: ${(error as Error).message.split("\n")[0]}`);
    return 1;
  }
}

/** One run. */
class Soak {
  readonly #chance: Chance;
  readonly #tell: (line: string) => void;
  #faults = 0;
  #compared = 0;
  #world: FaultWorld | undefined;

  constructor(chance: Chance, tell: (line: string) => void) {
    this.#chance = chance;
    this.#tell = tell;
  }

  /** What was done so far. */
  get figures(): string {
    const { journal, races } = this.#world ?? {};
    return `${this.#faults} faults, ${journal?.acked.size ?? 0} messages acked, ` +
      `${races?.won ?? 0} names won, all nodes compared ${this.#compared} times`;
  }

  async run(ms: number): Promise<void> {
    const until = performance.now() + ms;
    await using servers = await NatsServers.start(3, { isSplittable: true });
    await using world = await FaultWorld.start(servers);
    this.#world = world;
    while (performance.now() < until) {
      await world.underLoad(async () => {
        const count = Math.ceil(this.#chance.between(0, MOST_FAULTS));
        for (let n = 0; n < count && performance.now() < until; n++) await this.#fault(world);
      });
      this.#compared++;
      this.#tell(`all nodes have the same: ${this.figures}`);
    }
  }

  async #fault(world: FaultWorld): Promise<void> {
    await delay(this.#chance.between(0, MOST_PAUSE_MS));
    const first = this.#chance.of(FAULTS);
    const others = FAULTS.filter((each) => isBeside(first, each));
    const isTwo = others.length > 0 && this.#chance.between(0, 1) < TWO_AT_ONCE;
    const all = isTwo ? [first, this.#chance.of(others)] : [first];
    this.#faults += all.length;
    await Promise.all(all.map(async ({ name, happen }) => {
      this.#tell(`begins: ${name}`);
      const began = performance.now();
      await happen(world, this.#chance);
      this.#tell(`is over after ${Math.round((performance.now() - began) / 100) / 10} s: ${name}`);
    }));
  }
}

/** Whether two things can happen at once: each to what the other leaves alone. */
function isBeside(one: ClusterFault, other: ClusterFault): boolean {
  return one.to !== other.to && one.to !== "all nodes" && other.to !== "all nodes";
}

/** Prints lines with their time, and adds them to a file. */
function teller(log: string | undefined): (line: string) => void {
  return (line) => {
    const bytes = new TextEncoder().encode(`${new Date().toISOString()} ${line}\n`);
    Deno.stdout.writeSync(bytes);
    if (log !== undefined) Deno.writeFileSync(log, bytes, { append: true, create: true });
  };
}
