/**
 * `deno task bench:cluster`: three nodes of a cluster on three NATS servers of their own beside a server by
 * itself, on this machine, as ratios. What is compared runs in pairs of which now the one and now the other
 * comes first; all of it shares the processors.
 */

import { parseArgs } from "@std/cli/parse-args";
import { NO_NATS } from "../fixtures/nats_servers.ts";
import {
  acks,
  complain,
  deliveries,
  late,
  outages,
  people,
  type Settings as Amounts,
} from "./cluster_parts.ts";
import { ClusterPlace } from "./cluster_place.ts";
import { machine, print } from "./matrix.ts";

const PARTS = ["deliveries", "acks", "people", "replay", "outages"] as const;
type Part = typeof PARTS[number];

const USAGE = `Usage: deno task bench:cluster [--only PART] [--seconds N] [--runs N]
                               [--members N] [--rate N] [--people N] [--quick]

Starts three NATS servers, three nodes of a cluster and a server by itself, and measures what the
cluster costs. NATS_SERVER names a nats-server 2.10.27 or later that is not in the PATH.

  --only PART  ${PARTS.join(", ")}; all of them by default, which takes some 6 minutes
  --seconds N  length of each run (default 8)
  --runs N     pairs of runs, and kills of each kind (default 5)
  --members N  members at each server in deliveries (default 100)
  --rate N     messages a second in acks (default 1000); in deliveries a tenth of that
  --people N   who come in in people (default 2000)
  --quick      some seconds in all, to see that it works; the figures mean nothing
  -h, --help   show this
`;

/** The whole takes no longer than this for each run of each part, in ms. */
const RUN_MS = 120_000;
const BEGIN_MS = 180_000;
interface Settings extends Amounts {
  readonly parts: readonly Part[];
}

/** Runs the command line; resolves with the exit code: 0 done, 1 failed or lost something, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const settings = settingsFrom(args);
  if (typeof settings === "number") return settings;
  if (NO_NATS !== undefined) {
    complain(`bench:cluster can't measure anything: ${NO_NATS}`);
    return 1;
  }
  await using stack = new AsyncDisposableStack();
  const end = async (why: string): Promise<never> => {
    complain(`bench:cluster: ${why}`);
    await stack.disposeAsync();
    Deno.exit(1);
  };
  const boundMs = BEGIN_MS + RUN_MS * settings.runs * settings.parts.length;
  const timer = setTimeout(() => end(`not done after ${boundMs / 1_000} s`), boundMs);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => end(`ended by ${signal}`));
  }
  try {
    print(machine(false));
    print(`${load()}. Medians of ${settings.runs} pairs of runs of ${settings.seconds} s.`);
    const place = await ClusterPlace.start(stack);
    let lost = 0;
    for (const part of settings.parts) lost += await MEASURES[part](place, settings);
    print(`\n${load()}.`);
    if (lost > 0) print(`${lost} acks or deliveries never came.`);
    return lost > 0 ? 1 : 0;
  } finally {
    clearTimeout(timer);
  }
}

function settingsFrom(args: readonly string[]): Settings | number {
  let wrong: string | undefined;
  const flags = parseArgs(args, {
    boolean: ["quick", "help"],
    string: ["only", "seconds", "runs", "members", "rate", "people"],
    alias: { help: "h" },
    unknown: (arg) => {
      wrong = arg;
    },
  });
  if (flags["help"] === true) {
    print(USAGE);
    return 0;
  }
  const quick = flags["quick"] === true;
  const number = (name: string, preset: number, most: number): number => {
    const value = Number(flags[name] ?? preset);
    if (!(Number.isInteger(value) && value >= 1 && value <= most)) wrong ??= `--${name}`;
    return value;
  };
  const only = flags["only"];
  const parts = PARTS.filter((part) => only === undefined || part === only);
  if (parts.length === 0) wrong ??= `--only ${only}`;
  const settings = {
    parts,
    people: number("people", quick ? 40 : 2_000, 10_000),
    seconds: number("seconds", quick ? 1 : 8, 120),
    runs: number("runs", quick ? 1 : 5, 50),
    members: number("members", quick ? 10 : 100, 2_000),
    rate: number("rate", quick ? 100 : 1_000, 20_000),
  };
  if (wrong === undefined) return settings;
  complain(`bench:cluster: ${wrong} is not understood\n\n${USAGE}`);
  return 2;
}

const MEASURES: Readonly<
  Record<Part, (place: ClusterPlace, settings: Settings) => Promise<number>>
> = { deliveries, acks, people, replay: late, outages };

/** How busy the machine is, in a sentence. */
function load(): string {
  const [minute = NaN, five = NaN] = Deno.loadavg();
  return `Load ${minute.toFixed(1)} in the last minute, ${five.toFixed(1)} in the last five`;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
