/** Where the NATS servers of a cluster are, and how one comes in there. */

/** What a command line says of the servers. */
export interface NatsFlags {
  /** As `nats://HOST:PORT` or `tls://USER:PASSWORD@HOST`, several with commas between them. */
  readonly servers: string;
  /** The cluster's name, which is part of what it uses in NATS. */
  readonly name: string;
  /** Certificates (PEM) of the issuers to trust instead of the usual ones; asks for TLS. */
  readonly ca?: string;
  /** What a file of credentials (`.creds`) holds. */
  readonly credentials?: Uint8Array;
}

/** The same, checked. */
export interface NatsPlace {
  /** As `HOST:PORT`. */
  readonly servers: readonly string[];
  readonly name: string;
  readonly isTls: boolean;
  readonly ca?: string;
  readonly credentials?: Uint8Array;
  readonly user?: string;
  readonly password?: string;
}

const DEFAULT_PORT = "4222";

/** Checks what was said. Throws a `TypeError` whose text says what is wrong, without a password in it. */
export function natsPlace({ servers, name, ca, credentials }: NatsFlags): NatsPlace {
  if (!/^[a-z0-9_-]{1,32}$/i.test(name)) {
    throw new TypeError(
      `The name of a cluster is 1 to 32 letters, digits, - and _, not ${JSON.stringify(name)}`,
    );
  }
  const urls = servers.split(",").map((each) => each.trim()).filter((each) => each !== "");
  if (urls.length === 0) throw new TypeError("No NATS server is named, as in nats://10.0.0.1:4222");
  const parsed = urls.map(parseServer);
  const isTls = ca !== undefined || parsed.some((each) => each.isTls);
  const open = parsed.find(({ isLoopback }) => !isLoopback);
  if (!isTls && open !== undefined) {
    throw new TypeError(
      `nats://${open.host} would send all that is said unencrypted; say tls://${open.host}, ` +
        "or name the CA of its certificate with --cluster-ca",
    );
  }
  const [first] = parsed;
  if (parsed.some(({ user, password }) => user !== first?.user || password !== first?.password)) {
    throw new TypeError("All NATS servers need the same user and password, or none");
  }
  if (credentials !== undefined && first?.user !== undefined) {
    throw new TypeError("A file of credentials can't go with a user in the address of a server");
  }
  return {
    servers: parsed.map(({ host }) => host),
    name,
    isTls,
    ...(ca === undefined ? {} : { ca }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(first?.user === undefined ? {} : { user: first.user }),
    ...(first?.password === undefined ? {} : { password: first.password }),
  };
}

interface ParsedServer {
  readonly host: string;
  readonly isTls: boolean;
  readonly isLoopback: boolean;
  readonly user?: string;
  readonly password?: string;
}

function parseServer(text: string): ParsedServer {
  const [, scheme = "nats", rest = ""] = /^(?:(\w+):\/\/)?(.*)$/.exec(text) ?? [];
  // Of what is shown, nothing before an @: it may be a password.
  const shown = text.replace(/^(\w+:\/\/)?.*@/s, "$1…@");
  const form = `A NATS server is written like nats://HOST:PORT or tls://HOST:PORT, not ${shown}`;
  if (scheme !== "nats" && scheme !== "tls") throw new TypeError(form);
  let url: URL;
  try {
    url = new URL(`http://${rest}`);
  } catch {
    throw new TypeError(form);
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") throw new TypeError(form);
  // A URL of http leaves its own port out.
  const port = url.port !== "" ? url.port : /:80$/.test(rest) ? "80" : DEFAULT_PORT;
  return {
    host: `${url.hostname}:${port}`,
    isTls: scheme === "tls",
    isLoopback: /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname),
    ...(url.username === "" ? {} : { user: decoded(url.username) }),
    ...(url.password === "" ? {} : { password: decoded(url.password) }),
  };
}

/** A user or password as it is meant. Throws a `TypeError` that does not tell it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError(
      "The user or password of a NATS server has a % that stands for nothing; a % itself is written %25",
    );
  }
}

/** What a cluster of this name uses in NATS. */
export interface NatsNames {
  readonly stream: string;
  /** The subject of the stream. */
  readonly log: string;
  /** Before the topics that are not kept. */
  readonly prefix: string;
  /** Before the subjects of answers. */
  readonly inbox: string;
}

/** The names of the cluster `name`: all subjects are below `chatroom.NAME`. */
export function natsNames(name: string): NatsNames {
  const prefix = `chatroom.${name}`;
  return { stream: `CHATROOM_${name}`, log: `${prefix}.log`, prefix, inbox: `${prefix}.inbox` };
}
