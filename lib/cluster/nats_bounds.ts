/** Asks JetStream how far a stream goes, for as long as an election takes. */

import { boundsOf, lastingProblem, type NatsApi, NatsCodes, NatsRefusal } from "./nats_api.ts";
import type { NatsLink } from "./nats_link.ts";
import type { StreamBounds } from "./stream.ts";

/** How long JetStream may take to answer once, in ms. */
const ANSWER_MS = 5_000;
/**
 * How long a leader may take to be there, and a connection to come back, in ms. An election takes 4 to 8 s, on
 * servers that have much else to do several times as long, and all of a cluster's machines may begin at once.
 */
const PATIENCE_MS = 60_000;
/** After how long it is told what is waited for, in ms. */
const TELL_MS = 10_000;
/** How long to wait between two questions, in ms. */
const PAUSE_MS = 500;
/** How often in a row JetStream must say that there is no such stream: a server that has just begun may not know. */
const SURE = 4;

/** How long who asks waits, in ms, and after how many it is told what for. */
export interface LedPatience {
  readonly patienceMs?: number;
  readonly tellMs?: number;
}

/**
 * The bounds of a stream as its leader tells of them. What passes is waited for, for a while: that
 * nobody leads, refusals of servers that are beginning, a connection that is lost. Rejects with a sentence that
 * says what to do.
 */
export async function ledBounds(
  api: Pick<NatsApi, "ledStream">,
  link: Pick<NatsLink, "isClosed" | "names" | "complain">,
  { patienceMs = PATIENCE_MS, tellMs = TELL_MS }: LedPatience = {},
): Promise<StreamBounds> {
  let gone = 0;
  let isTold = false;
  for (const began = performance.now();;) {
    try {
      return boundsOf(await api.ledStream(ANSWER_MS));
    } catch (error) {
      const isNone = error instanceof NatsRefusal && error.code === NatsCodes.streamNotFound;
      gone = isNone ? gone + 1 : 0;
      const why = gone >= SURE ? noStream(link) : lastingProblem(error as Error);
      if (why !== undefined) throw new Error(why, { cause: error });
      if (link.isClosed) throw error;
      const waitedMs = performance.now() - began;
      if (waitedMs > patienceMs) throw tooLate(error as Error, patienceMs);
      if (waitedMs >= tellMs && !isTold) {
        isTold = true;
        const [seconds, { message }] = [patienceMs / 1_000, error as Error];
        link.complain(
          `Waiting for the log to say how far it goes, for ${seconds} s at most: ${message}`,
        );
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function noStream({ names }: Pick<NatsLink, "names">): string {
  return `NATS has no stream ${names.stream} any more: it was deleted; chatroom cluster reset --data makes ` +
    "another, with what a node has";
}

function tooLate(error: Error, patienceMs: number): Error {
  return new Error(
    `${error.message}, for ${
      patienceMs / 1_000
    } s now. More than half of the NATS servers have to be there ` +
      "and find each other: chatroom cluster status shows them; then start this node again",
    { cause: error },
  );
}
