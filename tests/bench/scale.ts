/**
 * `deno task bench:scale`: what a cluster of many nodes would come to, and what breaks first, by a simulation
 * of nodes, clients and a stream from costs that were measured on one machine. Nothing here is a measurement.
 */

import { parseArgs } from "@std/cli/parse-args";
import { print } from "./matrix.ts";
import { type CostName, COSTS, type Costs, RECORDED } from "./scale_costs.ts";
import { type Outcome, outcomeOf, RESOURCES, type Shape, SHAPES } from "./scale_world.ts";

const USAGE =
  `Usage: deno task bench:scale [--members N --nodes N --room N --rate N] [--cost NAME=N]...

Simulates a cluster of which each node applies all records, second by second: messages, people who come
and go, the loss of a node, and the loss of all connections at once. Prints what each shape takes of a
node as a part of what it has, and which of these is used up first. Without a shape of your own it
prints those of PERFORMANCE.md.

  --members N    people who are connected
  --nodes N      nodes over which they are spread
  --room N       people in each room
  --rate N       messages a second, over all rooms
  --cost NAME=N  another cost; several may be given
  -h, --help     show this

The costs, as they were measured:

${costLines().join("\n")}
`;

const GIB = 1_073_741_824;

if (import.meta.main) Deno.exit(main(Deno.args));

/** Runs the command line; returns the exit code: 0 done, 2 usage. */
function main(args: readonly string[]): number {
  let wrong: string | undefined;
  const flags = parseArgs(args, {
    boolean: ["help"],
    string: ["members", "nodes", "room", "rate", "cost"],
    collect: ["cost"],
    alias: { help: "h" },
    unknown: (arg) => {
      wrong = arg;
    },
  });
  if (flags["help"] === true) {
    print(USAGE);
    return 0;
  }
  const costs: Record<CostName, number> = { ...RECORDED };
  for (const text of flags["cost"] as string[]) {
    const [, name = "", value = ""] = /^(\w+)=([\d.]+)$/.exec(text) ?? [];
    if (Object.hasOwn(COSTS, name)) costs[name as CostName] = Number(value);
    else wrong ??= `--cost ${text}`;
  }
  const own = ["members", "nodes", "room", "rate"].map((name) => flags[name]);
  const [members = 0, nodes = 0, room = 0, perSecond = 0] = own.map((value) => Number(value ?? 0));
  const isOwn = own.some((value) => value !== undefined);
  if (
    isOwn && !(members >= nodes && nodes >= 2 && room >= 1 && room <= members && perSecond >= 0)
  ) {
    wrong ??= "a shape that has not all of --members, --nodes (2 or more), --room and --rate";
  }
  if (wrong !== undefined) {
    Deno.stderr.writeSync(new TextEncoder().encode(`bench:scale: ${wrong} is not understood\n`));
    return 2;
  }
  for (const line of tableOf(isOwn ? [{ members, nodes, room, perSecond }] : SHAPES, costs)) {
    print(line);
  }
  return 0;
}

/** What shapes come to, as the lines of a table. */
export function tableOf(shapes: readonly Shape[], costs: Costs): string[] {
  const names = ["members", "nodes", "in a room", "messages/s"];
  const head = [...names, "CPU", "memory, GiB", "a node lost", "all lost", "first"];
  return [
    `| ${head.join(" | ")} |`,
    `| ${head.map((_, i) => i === head.length - 1 ? "---" : "---:").join(" | ")} |`,
    ...shapes.map((shape) => `| ${columnsOf(shape, outcomeOf(shape, costs)).join(" | ")} |`),
  ];
}

function columnsOf({ members, nodes, room, perSecond }: Shape, outcome: Outcome): string[] {
  const { parts, memoryBytes, nodeLostMs, allLostMs, first } = outcome;
  const count = (value: number): string => value.toLocaleString("en-US");
  const seconds = (ms: number): string =>
    Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : "-";
  return [
    count(members),
    count(nodes),
    room === members ? "all" : count(room),
    count(Math.round(perSecond)),
    parts.cpu.toFixed(2),
    (memoryBytes / GIB).toFixed(2),
    seconds(nodeLostMs),
    seconds(allLostMs),
    `${RESOURCES[first]}, ${parts[first].toFixed(2)}`,
  ];
}

function costLines(): string[] {
  const names = Object.keys(COSTS) as CostName[];
  const width = Math.max(...names.map(({ length }) => length));
  return names.map((name) => {
    const { value, unit, what, source } = COSTS[name];
    return `  ${name.padEnd(width)}  ${value} ${unit}: ${what} (${source})`;
  });
}
