/** The capabilities that a client may ask for: a row for each. */

/** What there is to say of a capability. */
interface Row {
  /** What it offers, for clients that know of values. */
  readonly value?: string;
  /** It makes a difference to what others do, as it is told: see {@linkcode tellingKey}. */
  readonly tells?: true;
  /** Only where what is sent can't be read on its way. */
  readonly isPrivate?: true;
}

/** The most of a message in several lines. */
export const MULTILINE = { bytes: 40_000, lines: 100 } as const;

const multiline = `max-bytes=${MULTILINE.bytes},max-lines=${MULTILINE.lines}`;

/** Each capability by its name. */
export const CAPS = {
  "account-notify": {},
  "account-tag": { tells: true },
  "away-notify": { tells: true },
  batch: { tells: true },
  "cap-notify": {},
  "draft/account-registration": { isPrivate: true },
  "draft/chathistory": { tells: true },
  "draft/message-redaction": { tells: true },
  "draft/multiline": { value: multiline, tells: true },
  "draft/no-implicit-names": {},
  "draft/read-marker": {},
  "echo-message": {},
  "extended-join": { tells: true },
  "extended-monitor": {},
  "invite-notify": {},
  "labeled-response": {},
  "message-tags": { tells: true },
  "multi-prefix": {},
  sasl: { value: "PLAIN", isPrivate: true },
  "server-time": { tells: true },
  setname: { tells: true },
  "standard-replies": {},
  "userhost-in-names": {},
} as const satisfies Readonly<Record<string, Row>>;

/** The name of a capability. */
export type Cap = keyof typeof CAPS;

const NAMES = Object.keys(CAPS) as Cap[];
const TELLING = NAMES.filter((name) => rowOf(name).tells);

function rowOf(name: Cap): Row {
  return CAPS[name];
}

/** Whether there is such a capability for a client. */
export function isCap(name: string, isPrivate: boolean): name is Cap {
  return Object.hasOwn(CAPS, name) && (isPrivate || !rowOf(name as Cap).isPrivate);
}

/** The capabilities for a client, with their values where it knows of such (`CAP LS 302`). */
export function capList(isPrivate: boolean, withValues: boolean): string[] {
  return NAMES.filter((name) => isCap(name, isPrivate)).map((name) => {
    const { value } = rowOf(name);
    return withValues && value !== undefined ? `${name}=${value}` : name;
  });
}

/** The capabilities that a client has asked for. */
export class ClientCaps extends Set<Cap> {
  #telling: string | undefined;

  /** By which of them it is told otherwise than others what happens: asked for each time that something does. */
  get telling(): string {
    return this.#telling ??= TELLING.filter((name) => this.has(name)).join(" ");
  }

  override add(name: Cap): this {
    this.#telling = undefined;
    return super.add(name);
  }

  override delete(name: Cap): boolean {
    this.#telling = undefined;
    return super.delete(name);
  }
}
