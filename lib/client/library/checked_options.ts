/** What programs hand to the library, looked at before anything is done: types say it to few of them. */

/** What a value has to be: how that is said, and whether one is. */
interface Kind {
  readonly told: string;
  readonly is: (value: unknown) => boolean;
}

const isText = (value: unknown): value is string => typeof value === "string";
const TEXT: Kind = { told: "a text", is: isText };
const NAME: Kind = {
  told: "a text that is not empty",
  is: (value) => isText(value) && value !== "",
};
const FUNCTION: Kind = { told: "a function", is: (value) => typeof value === "function" };
const FLAG: Kind = { told: "true or false", is: (value) => typeof value === "boolean" };
const COUNT: Kind = {
  told: "a whole number from 0 up",
  is: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};
const TIME: Kind = {
  told: "a number of ms from 0 up",
  is: (value) => typeof value === "number" && value >= 0,
};
const NAMES: Kind = {
  told: 'a list of names, as in ["lobby"]',
  is: (value) => Array.isArray(value) && value.every((each) => NAME.is(each)),
};
const TRUST: Kind = {
  told: "an object with ca or fingerprint",
  is: (value) => hasOnly(value, { ca: TEXT, fingerprint: TEXT }),
};
const SESSION: Kind = {
  told: "an object with the functions load and save",
  is: (value) => isThing(value) && FUNCTION.is(value["load"]) && FUNCTION.is(value["save"]),
};
const SIGNAL: Kind = {
  told: "an AbortSignal",
  is: (value) => isThing(value) && FUNCTION.is(value["addEventListener"]) && "aborted" in value,
};
const BYTES: Kind = {
  told: "a Uint8Array or a ReadableStream of such",
  is: (value) => value instanceof Uint8Array || value instanceof ReadableStream,
};
const FILE: Kind = {
  told: "the file of a message, or its id",
  is: (value) => NAME.is(value) || isThing(value) && NAME.is(value["id"]),
};

type Kinds = Readonly<Record<string, Kind>>;

const CONNECTS: Kinds = {
  ...{ server: NAME, name: NAME, rooms: NAMES, password: TEXT, login: TEXT, visitor: FLAG },
  ...{ scrollback: COUNT, tls: TRUST, session: SESSION, signal: SIGNAL, giveUpMs: TIME },
  transport: FUNCTION,
};
const SAYS: Kinds = { room: NAME, id: NAME };
const DIRECTS: Kinds = { id: NAME };
const SENDS: Kinds = { name: NAME, data: BYTES, text: TEXT, room: NAME, to: NAME };

/** An example, which says more than a rule. */
const EXAMPLE = 'connect({ server: "127.0.0.1:1234", name: "parrot", rooms: ["lobby"] })';

/** Throws a `TypeError` that says which option of `connect` can't be meant, and what it is. */
export function checkConnect(options: unknown): void {
  checkFields("connect", options, CONNECTS, ["server", "name"], `, as in ${EXAMPLE}`);
}

/** The same for what is said, and how. */
export function checkSay(what: "say" | "direct", texts: Kinded, how: unknown): void {
  for (const [name, value, kind] of texts) {
    if (!KINDS[kind].is(value)) throw wrongValue(what, name, KINDS[kind], value);
  }
  checkFields(what, how, what === "say" ? SAYS : DIRECTS, []);
}

const KINDS = { name: NAME, text: TEXT } as const;
/** Arguments: what each is called, is, and should be. */
type Kinded = ReadonlyArray<readonly [name: string, value: unknown, kind: keyof typeof KINDS]>;

/** The same for a file to send. */
export function checkSend(file: unknown): void {
  checkFields("send", file, SENDS, ["name", "data"]);
}

/** The same for a file to get. */
export function checkGet(file: unknown): void {
  if (!FILE.is(file)) throw wrongValue("get", "its argument", FILE, file);
}

function checkFields(
  what: string,
  given: unknown,
  kinds: Kinds,
  needed: readonly string[],
  example = "",
): void {
  if (!isThing(given)) {
    throw new TypeError(`${what} takes an object with options, not ${shownValue(given)}${example}`);
  }
  for (const name of needed) {
    const kind = kinds[name];
    if (given[name] === undefined && kind !== undefined) {
      throw new TypeError(`${what} needs ${name}, which is ${kind.told}${example}`);
    }
  }
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      const all = Object.keys(kinds).join(", ");
      throw new TypeError(`${what} has no option ${shownValue(name)}; it has ${all}`);
    }
    if (value !== undefined && !kind.is(value)) throw wrongValue(what, name, kind, value);
  }
}

function wrongValue(what: string, name: string, { told }: Kind, value: unknown): TypeError {
  const isSecret = name === "password" || name === "login";
  const shown = isSecret ? `a ${typeof value}` : shownValue(value);
  return new TypeError(`${what}: ${name} is ${told}, not ${shown}`);
}

/** A value as errors show it: in one line. */
function shownValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `the list [${value.map(shownValue).join(", ").slice(0, 60)}]`;
  if (typeof value === "object") return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function isThing(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasOnly(value: unknown, kinds: Kinds): boolean {
  return isThing(value) &&
    Object.entries(value).every(([name, each]) => each === undefined || kinds[name]?.is(each));
}
