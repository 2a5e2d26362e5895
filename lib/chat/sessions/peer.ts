/** One client, as the house sees it: what it can do, and the few calls by which the house tells it things. */

import type { EventOf } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import type { AdviceWords } from "../sentence.ts";
import type { Batch } from "./batch.ts";
import type { FileLink, LinkedFile, LinkOwner } from "./file_link.ts";

/** What a client of a protocol can do. */
export interface Traits {
  /** Keeps a session that it can come back to after its connection has ended. */
  readonly resumes: boolean;
  /** Can be in several rooms at once; for any other, joining a room is moving to it. */
  readonly manyRooms: boolean;
  /** Wants what was said in a room before it came. */
  readonly scrollback: boolean;
  /** Gets a number after a name that is taken, rather than a refusal. */
  readonly numbered: boolean;
  /** Its answers carry no ids, so each request waits until what was said before it has been told. */
  readonly ordered: boolean;
  /** Is in no room unless it asks for one, or its account has rooms listed. */
  readonly roomless?: true;
  /**
   * Is told when others in its rooms become accounts, or guests, or have another role on the server, and as an
   * event when it becomes a host; and as a host when others are invited.
   */
  readonly accounts?: true;
}

/** What clients of the event protocol can do. */
export const EVENT_TRAITS: Traits = {
  resumes: true,
  manyRooms: true,
  scrollback: true,
  numbered: false,
  ordered: false,
};

/** What clients of the classic protocol can do. */
export const CLASSIC_TRAITS: Traits = {
  resumes: false,
  manyRooms: false,
  scrollback: false,
  numbered: true,
  ordered: true,
};

/** What a client says of the person that it runs for. */
export interface ClientSays {
  /** Their name on their machine. */
  readonly user: string;
  /** What they are called in full. */
  readonly realName: string;
}

/** What a door gives the house: the way to one client. Nothing here waits or throws. */
export interface Peer {
  /** Where it comes from: a network address, in the form in which such are counted and banned. */
  readonly address?: string;
  readonly traits: Traits;
  /** By which protocol it comes, as its person is told. */
  readonly door?: string;
  /** Where else its client may come in, by the same door; `undefined`: nowhere. */
  readonly servers?: readonly string[] | undefined;
  /** What its client says of whom it runs for; `undefined`: nothing. */
  says?(): ClientSays | undefined;
  /**
   * Whether its client has ended its side, as far as is known. It may still wait for answers, and more
   * often it has gone.
   */
  readonly hasEnded?: boolean;
  /** Whether its client takes the bytes of files as they are, so that larger pieces are less work. */
  readonly takesBytes?: boolean;
  /** How its client calls what is advised; none: as this project's own do. */
  readonly words?: AdviceWords | undefined;
  /** The client is in, under this name; called again whenever it gets another. */
  named(name: string): void;
  /**
   * Up to which number its client was told what was said in a room, for one that does not ask for what it has missed
   * when another device takes it there; `undefined`: it asks, or has never been told of that room.
   */
  toldIn?(room: string): number | undefined;
  /** Queues events for the peer, after those queued before. The bytes of a `data` are the caller's again then. */
  deliver(batch: Batch): void;
  /** Tells the peer why, after what is queued, and ends its connection. */
  close(bye: EventOf<"bye">): void;
  /** An HTTP link to a file, as the client reaches the server; `undefined`: there is no web door. */
  link?(file: LinkedFile, owner: LinkOwner): FileLink | undefined;
  /** Where a browser finds the page, as the client reaches the server; `undefined`: that is not known. */
  pageUrl?(): string | undefined;
  /**
   * Counts bytes of files that are about to be sent to it, as far as that has a rate. Settles when they may
   * be; `undefined`: at once.
   */
  paced?(bytes: number): Promise<void> | undefined;
  /**
   * Does what takes the time of others, such as to send a piece of a file, when it is the turn of the peer's
   * address, or not at all if the peer is served no more by then. Settles when that is so; `undefined`: it
   * was done at once.
   */
  inTurn?(work: () => void | Promise<void>): void | Promise<void>;
  /** Settles when the peer has taken nearly all of its queue or is gone; `undefined`: it has. */
  drained(): Promise<void> | undefined;
}

/** When clients of a server that stops may come again, in ms. */
export const RETRY_AFTER_SHUTDOWN_MS = 1_000;

/** As a door hands it to the house: always with a name, be it that of the first frame. */
export type Hello = Omit<RequestOf<"hello">, "type" | "name"> & { readonly name: string };
