/** How a client wants to come in. */

/** The passwords that a server may need to let us in. */
export interface Secrets {
  /** The server's password. */
  readonly password?: string;
  /** The password of our name, if that is reserved. */
  readonly login?: string;
}

/**
 * How a script comes in, without the rooms being told: `numbered` adds a number to its name if the name
 * is in use, `exact` fails then.
 */
export type Visitor = "numbered" | "exact";

/** What a client comes in with. */
export interface ResumeOptions {
  readonly name: string;
  /** The rooms to join; if empty, the server's default room. */
  readonly rooms?: readonly string[];
  /** How many earlier messages to get of each new room; by default the server decides. */
  readonly scrollback?: number;
  /** The passwords that the server may need. */
  readonly secrets?: Secrets;
  /** Come in as a visitor, as scripts do. */
  readonly visitor?: Visitor;
  /** What this device is called, for the person's other devices. */
  readonly label?: string;
  /** A session of earlier, by which a person comes in without a password. */
  readonly earlier?: EarlierSession;
  /** The token of an invitation link. */
  readonly invite?: string;
  /** How far an earlier run has come: what was said since then is told first. */
  readonly since?: CameSoFar;
}

/** The last seq that was seen in each room, and the epoch of these numbers. */
export interface CameSoFar {
  readonly epoch: string;
  readonly seq: Readonly<Record<string, number>>;
  /** The same of each conversation; by default direct messages are counted. */
  readonly chats?: Readonly<Record<string, number>>;
}

/** The session of a device that was here before. */
export interface EarlierSession {
  readonly secret: string;
  /** Another client of ours uses it now: a further session of the same person is wanted. */
  readonly beside: boolean;
}
