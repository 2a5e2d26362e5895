/**
 * All that a house knows as plain data, and a house that knows it again. On one machine presence is over when
 * the process ends; where others go on, a house that starts again has to know what they know. The order of
 * what is known is part of it.
 */

import type { HouseState } from "./house_state.ts";
import type { Index } from "./log/fact_log.ts";
import type { ChatsDump } from "./people/chats.ts";
import type { ListsDump } from "./people/lists.ts";
import type { Block, KeptPeople } from "./people/records.ts";
import type { RegistryDump } from "./rooms/registry_dump.ts";
import { dumpIndex, type IndexDump } from "./replaying.ts";
import type { RecordsDump } from "./rooms/room_records.ts";

/** The form of a dump. */
const FORM = 2;

/**
 * What a house knew at one place in the order of facts: plain data, for JSON. It has accounts with their
 * proofs, addresses of those who are here, and topics, but no message. It takes some hundred bytes for
 * each session, and for each account, conversation, or room or conversation that is listed; what lets
 * many requests pass (see limits) bounds it.
 */
export interface HouseDump extends PartDumps {
  /** The form of all of it: another one where a house of an earlier release would not read it right. */
  readonly v: typeof FORM;
  /** What was kept, as far as what comes later can be made something else of by it. */
  readonly index: IndexDump;
}

/** What each part of the state knew. */
interface PartDumps {
  readonly registry: RegistryDump;
  readonly people: KeptPeople;
  readonly lists: ListsDump;
  readonly chats: ChatsDump;
  readonly blocks: readonly Block[];
  readonly rooms: RecordsDump;
}

/** One part of the state: what it gives to a dump, and how it takes that back where it knows nothing. */
interface PartOf<Dump> {
  dump(state: HouseState): Dump;
  load(state: HouseState, dump: Dump): void;
}

/** Parts of the state that are none of their own: the registry has the persons, and rules never change. */
type Elsewhere = "persons" | "rules";

/** A row for each part: there is none that nobody has thought of. */
type Parts = { readonly [Name in Exclude<keyof HouseState, Elsewhere>]: PartOf<PartDumps[Name]> };

const PARTS: Parts = {
  people: {
    dump: ({ people }) => people.all,
    load: ({ people }, dump) => people.load(dump),
  },
  rooms: {
    dump: ({ rooms }) => rooms.dump,
    load: ({ rooms }, dump) => rooms.load(dump),
  },
  registry: {
    dump: ({ registry }) => registry.dump,
    load: ({ registry }, dump) => registry.load(dump),
  },
  lists: {
    dump: ({ lists }) => lists.dump,
    load: ({ lists }, dump) => lists.load(dump),
  },
  chats: {
    dump: ({ chats }) => chats.dump,
    load: ({ chats }, dump) => chats.load(dump),
  },
  blocks: {
    dump: ({ blocks }) => blocks.all,
    load: ({ blocks }, dump) => blocks.load(dump),
  },
};

/** What a house knows now, with an index of what is kept now. No later entry changes what is returned. */
export function dumpState(
  state: HouseState,
  index: Pick<Index, "kept" | "floor">,
): HouseDump {
  return {
    v: FORM,
    index: dumpIndex(index),
    people: PARTS.people.dump(state),
    rooms: PARTS.rooms.dump(state),
    registry: PARTS.registry.dump(state),
    lists: PARTS.lists.dump(state),
    chats: PARTS.chats.dump(state),
    blocks: PARTS.blocks.dump(state),
  };
}

/**
 * Has a state that knows nothing know what was dumped. Throws an `Error` that says so for a dump of another
 * form, or one that is damaged: then nothing can be said of what the state knows.
 */
export function loadState(state: HouseState, dump: HouseDump): void {
  if (dump.v !== FORM) {
    throw new Error(
      `The dump of the house has the form ${dump.v}, and this release reads ${FORM}; ` +
        "start with a copy of another node",
    );
  }
  for (const name of Object.keys(PARTS) as Array<keyof Parts>) loadPart(state, name, dump);
}

function loadPart<Name extends keyof Parts>(state: HouseState, name: Name, dump: HouseDump): void {
  const part: PartOf<PartDumps[Name]> = PARTS[name];
  if (dump[name] === undefined) {
    throw new Error(`The dump of the house is damaged: it lacks ${name}`);
  }
  part.load(state, dump[name]);
}
