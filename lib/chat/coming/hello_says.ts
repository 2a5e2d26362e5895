/** What a hello says of its client and device. */

import { REQUESTS } from "../../wire/requests.ts";
import { Refusal } from "../refusal.ts";
import type { Hello, Peer } from "../sessions/peer.ts";

/** Whether a client knows that people have several devices, listed rooms and conversations. */
export function hasPeople({ features }: Hello): boolean {
  return features?.includes("people") ?? false;
}

/** Whether a client gets a number after its name rather than a refusal. */
export function isNumbered({ traits }: Peer, { visitor, exact }: Hello): boolean {
  return traits.numbered || (visitor === true && !exact);
}

/** What a device is called, in one line. Throws a {@linkcode Refusal} for what is too long. */
export function labelOf({ label = "" }: Hello): string {
  const { most } = REQUESTS.hello.label;
  if (label.length <= most) return label.replace(/[\s\p{C}]+/gu, " ").trim();
  throw new Refusal(
    "bad-field",
    `The label of a device has at most ${most} characters; this one has ${label.length}`,
  );
}
