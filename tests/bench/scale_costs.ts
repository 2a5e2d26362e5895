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
const RECORDS = "bench:cluster --only records";
const PEOPLE = "bench:cluster --only people";
const DELIVERIES = "bench:cluster --only deliveries";

/** All of them. */
export const COSTS = {
  requestMicros: cost(390, "µs", "CPU to take a message from a client and to ack it", RECORDS),
  entryMicros: cost(700, "µs", "CPU of an entry of the stream with one record", RECORDS),
  recordMicros: cost(38, "µs", "CPU of a record among many", RECORDS),
  writeMicros: cost(12, "µs", "CPU of a write to a client", DELIVERIES),
  deliveryMicros: cost(0.4, "µs", "CPU of a message among many in a write", "bench:web"),
  comeMicros: cost(1_250, "µs", "CPU of a node for somebody who comes in there", PEOPLE),
  otherMicros: cost(455, "µs", "CPU of each other node for that", PEOPLE),
  hereBytes: cost(9_700, "bytes", "heap of a node for somebody who is connected to it", PEOPLE),
  otherBytes: cost(2_400, "bytes", "heap of each other node for that", PEOPLE),
  noteMicros: cost(2.4, "µs", "CPU to note somebody with all that the house knows", PEOPLE),
  noteLength: cost(258, "characters", "what is noted of somebody", PEOPLE),
  rowLength: cost(250, "characters", "what is noted of a record", "its length"),
  leastNote: cost(1_048_576, "characters", "the house is noted no sooner than after", "memory.ts"),
  roundMs: cost(5, "ms", "from putting a record to its being read back", ACKS),
  streamEntries: cost(4_600, "/s", "entries for which a NATS server takes a core", ACKS),
  messageBytes: cost(200, "bytes", "a message to a client, of 64 bytes of text", "its frame"),
  networkBytes: cost(125_000_000, "bytes/s", "what a node can send", "1 Gbit/s"),
  heapBytes: cost(4_294_967_296, "bytes", "largest heap unless V8 is told", "V8"),
  textLength: cost(536_870_888, "characters", "longest text", "V8"),
  keptMs: cost(30_000, "ms", "for which names are kept for those who come back", "--name-timeout"),
  silentMs: cost(10_000, "ms", "after which a silent node is held for dead", "beats.ts"),
  presence: cost(1_000, "members", "of a room that is told who comes and goes", "--max-presence"),
  backMs: cost(1_000, "ms", "within which clients try to come back", "retry_schedule.ts"),
} as const satisfies Readonly<Record<string, Cost>>;

/** The name of a cost. */
export type CostName = keyof typeof COSTS;

/** A value for each. */
export type Costs = Readonly<Record<CostName, number>>;

/** As they were measured. */
export const RECORDED: Costs = Object.fromEntries(
  Object.entries(COSTS).map(([name, { value }]) => [name, value]),
) as Record<CostName, number>;
