/** What things cost a node, for `deno task bench:scale`: measured by the other benches, on one machine. */

/** A cost. */
export interface Cost {
  readonly value: number;
  readonly unit: string;
  readonly what: string;
  /** What it was measured with, or where it is set. */
  readonly source: string;
}

function cost(value: number, unit: string, what: string, source: string): Cost {
  return { value, unit, what, source };
}

const ACKS = "bench:cluster --only acks";
const PEOPLE = "bench:cluster --only people";
const REPLAY = "bench:cluster --only replay";
const DELIVERIES = "bench:cluster --only deliveries";

/** All of them. */
export const COSTS = {
  requestMicros: cost(150, "µs", "CPU to take a message from a client and ack it, besides", ACKS),
  recordMicros: cost(40, "µs", "CPU to apply a record among others", REPLAY),
  entryMicros: cost(200, "µs", "CPU of an entry of the stream, besides its records", ACKS),
  writeMicros: cost(12, "µs", "CPU of a write to a client", DELIVERIES),
  deliveryMicros: cost(0.4, "µs", "CPU of a message in a write", "bench:web, 64 in flight"),
  comeMicros: cost(1_000, "µs", "CPU of a node for somebody who comes in there", PEOPLE),
  otherMicros: cost(300, "µs", "CPU of each other node for that", PEOPLE),
  hereBytes: cost(20_000, "bytes", "heap of a node for somebody who is connected to it", PEOPLE),
  otherBytes: cost(2_000, "bytes", "heap of each other node for that", PEOPLE),
  noteMicros: cost(
    3,
    "µs",
    "CPU to note somebody who is here with all that the house knows",
    PEOPLE,
  ),
  noteBytes: cost(500, "bytes", "what is noted of somebody", PEOPLE),
  noteEvery: cost(5_000, "records", "after which the house is noted as a whole", "memory.ts"),
  roundMs: cost(3, "ms", "from putting a record to its being read back", ACKS),
  streamEntries: cost(8_000, "/s", "entries that the stream takes", ACKS),
  streamRecords: cost(100_000, "/s", "records that the stream takes", ACKS),
  messageBytes: cost(200, "bytes", "a message on its way to a client, with headers", "a capture"),
  networkBytes: cost(125_000_000, "bytes/s", "what a node can send", "1 Gbit/s"),
  heapBytes: cost(4_294_967_296, "bytes", "largest heap of V8 unless it is told", "V8"),
  textLength: cost(536_870_888, "characters", "longest text of V8", "V8"),
  keptMs: cost(30_000, "ms", "for which names are kept for those who come back", "--name-timeout"),
  silentMs: cost(10_000, "ms", "after which a node that says nothing is held for dead", "beats.ts"),
  presence: cost(1_000, "members", "of a room that is told who comes and goes", "--max-presence"),
  backMs: cost(
    1_000,
    "ms",
    "within which clients come back that lost a server",
    "retry_schedule.ts",
  ),
} as const satisfies Readonly<Record<string, Cost>>;

/** The name of a cost. */
export type CostName = keyof typeof COSTS;

/** A value for each. */
export type Costs = Readonly<Record<CostName, number>>;

/** As they were measured. */
export const RECORDED: Costs = Object.fromEntries(
  Object.entries(COSTS).map(([name, { value }]) => [name, value]),
) as Record<CostName, number>;
