/**
 * What the acks of `deno task bench:cluster` are compared with: messages of the same size that are appended to
 * a stream like the cluster's, at the same pace, over one connection to each server, and nothing more. Prints
 * the {@linkcode Times} of JetStream's acks as JSON. Its argument is a plan as JSON.
 */

import { openNode } from "../fixtures/nats_world.ts";
import { paced, timesOf } from "./cluster_client.ts";

/** What is to be appended. */
export interface AppendPlan {
  /** The NATS servers. */
  readonly urls: readonly string[];
  /** The name of the cluster whose stream it is. */
  readonly name: string;
  readonly perSecond: number;
  /** The length of a message, in bytes. */
  readonly size: number;
  readonly seconds: number;
}

/** Code that has not run before is slow, so the first seconds are not counted. */
const WARM_UP_SECONDS = 2;

if (import.meta.main) {
  const times = await run(JSON.parse(Deno.args[0] ?? ""));
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(times)}\n`));
  Deno.exit(0);
}

async function run({ urls, name, perSecond, size, seconds }: AppendPlan): ReturnType<typeof timed> {
  const links = await Promise.all(urls.map((url) => openNode([url], name)));
  const data = new TextEncoder().encode("x".repeat(size));
  const append = async (nth: number): Promise<unknown> =>
    await links[nth % links.length]?.append(data);
  await timed(perSecond, WARM_UP_SECONDS, append);
  const times = await timed(perSecond, seconds, append);
  await Promise.all(links.map((link) => link.close()));
  return times;
}

async function timed(
  perSecond: number,
  seconds: number,
  append: (nth: number) => Promise<unknown>,
): Promise<ReturnType<typeof timesOf>> {
  const took: number[] = [];
  const all: Promise<void>[] = [];
  await paced(perSecond, seconds, (nth, since) => {
    all.push(append(nth).then(() => void took.push(performance.now() - since)));
  });
  await Promise.all(all);
  return timesOf(took);
}
