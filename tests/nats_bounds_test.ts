/** How far a stream goes, as JetStream says while its servers elect a leader: no server is needed to say it. */

import { assertEquals, assertRejects } from "@std/assert";
import { NatsApi, type NatsStreamInfo } from "../lib/cluster/nats_api.ts";
import { ledBounds, type LedPatience } from "../lib/cluster/nats_bounds.ts";
import type { NatsLink } from "../lib/cluster/nats_link.ts";

/** Answers of JetStream, one after the other; the last stays so. A text is why there is none. */
type Answers = readonly [object | string, ...(object | string)[]];

function refusal(err_code: number, description: string): object {
  return { error: { code: 503, err_code, description } };
}

const ABSENT = refusal(10_008, "JetStream system temporarily unavailable");
const NOT_FOUND = refusal(10_059, "stream not found");

function led(leader: string): Partial<NatsStreamInfo> {
  const state = { messages: 3, bytes: 1, first_seq: 5, last_seq: 7, first_ts: "", last_ts: "" };
  return { created: "2026-01-01T00:00:00Z", state, cluster: { leader } };
}

/** What comes of these answers, and how often was asked. */
async function asked(
  answers: Answers,
  patience?: LedPatience,
): Promise<
  { readonly bounds: unknown; readonly times: number; readonly told: readonly string[] }
> {
  let times = 0;
  const told: string[] = [];
  const link = {
    isClosed: false,
    names: { stream: "CHATROOM_main" },
    complain: (text: string) => told.push(text),
    request: () => {
      const answer = answers[Math.min(times++, answers.length - 1)] as object | string;
      if (typeof answer === "string") return Promise.reject(new Error(answer));
      return Promise.resolve({ json: () => answer });
    },
  } as unknown as NatsLink;
  const bounds = await ledBounds(new NatsApi(link), link, patience).catch(({ message }) => message);
  return { bounds, times, told };
}

Deno.test("who asks for the bounds waits while a leader is elected, servers begin and a connection comes back", async () => {
  const passing = [
    ABSENT,
    led(""),
    "There is no connection to NATS",
    NOT_FOUND,
    NOT_FOUND,
  ] as const;
  assertEquals(await asked([...passing, led("s1")]), {
    bounds: { first: 5, last: 7 },
    times: 6,
    told: [],
  });
});

Deno.test("that there is no stream counts when it is said again and again, and what to do is said", async () => {
  assertEquals(await asked([NOT_FOUND]), {
    bounds:
      "NATS has no stream CHATROOM_main any more: it was deleted; chatroom cluster reset --data makes " +
      "another, with what a node has",
    times: 4,
    told: [],
  });
});

Deno.test("what no waiting changes is told at once", async () => {
  const off = {
    bounds: "JetStream is off for this account of the NATS servers; turn it on",
    times: 1,
    told: [],
  };
  assertEquals(await asked([refusal(10_039, "JetStream not enabled for account")]), off);
  assertEquals(await asked([refusal(10_076, "JetStream not enabled")]), off);
});

Deno.test("who has waited for long enough is told what is missing", async () => {
  const { bounds } = await asked([ABSENT], { patienceMs: 0 });
  assertEquals(
    bounds,
    "JetStream system temporarily unavailable, for 0 s now. More than half of the NATS servers have to be " +
      "there and find each other: chatroom cluster status shows them; then start this node again",
  );
});

Deno.test("who waits for long says once what for", async () => {
  const { told } = await asked([led(""), led(""), ABSENT, led("s1")], { tellMs: 0 });
  assertEquals(told, [
    "Waiting for the log to say how far it goes, for 60 s at most: The stream has no leader now",
  ]);
});

Deno.test("a connection that was closed for good is not waited for", async () => {
  const link = { isClosed: true, names: { stream: "S" } } as unknown as NatsLink;
  const api = { ledStream: () => Promise.reject(new Error("closed")) };
  await assertRejects(() => ledBounds(api, link), Error, "closed");
});
