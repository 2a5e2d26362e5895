/** The flags that say where a cluster's NATS servers are, which `serve` and `cluster` share. */

import type { NatsPlace } from "../cluster/nats_place.ts";
import { readNamed } from "../named/named_file.ts";
import { reasonOf } from "../wire/text.ts";
import { type Invocation, parseFrom, UsageError } from "./flags.ts";
import { type ServeFlag, serveFlag } from "./serve_flag.ts";
import { hostName } from "./machine.ts";
import { READ_ONCE } from "./plain_file.ts";
import { formatAddress, parseAddress, parseCount } from "./values.ts";

/** The largest file of certificates or credentials, in bytes. */
const MAX_BYTES = 4 * 1_048_576;

/** Where the servers are, and how one comes in there. */
export const NATS_FLAGS: readonly ServeFlag[] = [
  serveFlag(
    "restart",
    "--cluster SERVERS",
    "the NATS servers of the cluster, as nats://a,nats://b,nats://c or tls://USER:PASSWORD@HOST:PORT",
    { env: "CHATROOM_CLUSTER" },
  ),
  serveFlag(
    "restart",
    "--cluster-name NAME",
    "name of the cluster, which several may share the servers by",
    {
      env: "CHATROOM_CLUSTER_NAME",
      default: "main",
    },
  ),
  serveFlag(
    "restart",
    "--cluster-ca FILE",
    "certificates (PEM) of the issuers to trust for the NATS servers; asks for TLS",
    { env: "CHATROOM_CLUSTER_CA" },
  ),
  serveFlag(
    "restart",
    "--cluster-credentials FILE",
    "credentials for the NATS servers, as nsc makes them",
    {
      env: "CHATROOM_CLUSTER_CREDENTIALS",
    },
  ),
];

/** How many copies of the log there are. */
export const REPLICAS_FLAG: ServeFlag = serveFlag(
  "restart",
  "--cluster-replicas N",
  "how many NATS servers keep the log: 3 or 5, or 1 where nothing has to survive that server",
  { env: "CHATROOM_CLUSTER_REPLICAS", default: "3" },
);

/** What `serve` takes besides. */
export const NODE_FLAGS: readonly ServeFlag[] = [
  serveFlag("restart", "--cluster-node NAME", "name of this node, which no other has", {
    env: "CHATROOM_CLUSTER_NODE",
    default: "the name of this machine",
  }),
  serveFlag(
    "restart",
    "--cluster-address HOST:PORT",
    "address at which clients reach this node, of which they are told by the others too",
    { env: "CHATROOM_CLUSTER_ADDRESS" },
  ),
  serveFlag(
    "restart",
    "--cluster-web-address URL",
    "address of this node's page, for example https://n1.example.org/, for those of the others",
    { env: "CHATROOM_CLUSTER_WEB_ADDRESS" },
  ),
  REPLICAS_FLAG,
];

/** Whether an invocation is about a cluster. */
export function isClustered(invocation: Invocation): boolean {
  return invocation.get("cluster") !== undefined;
}

/**
 * What the flags say of the servers. Rejects with a {@linkcode UsageError} for what is said wrongly, also
 * by the name of a file that can't be read.
 */
export async function natsPlaceFrom(invocation: Invocation): Promise<NatsPlace> {
  const servers = invocation.get("cluster");
  if (servers === undefined) {
    throw new UsageError("--cluster names the NATS servers, as in --cluster nats://10.0.0.1:4222");
  }
  const { natsPlace } = await import("../cluster/nats_place.ts");
  const ca = fileOf(invocation, "cluster-ca");
  const credentials = fileOf(invocation, "cluster-credentials");
  try {
    return natsPlace({
      servers,
      name: invocation.get("cluster-name") ?? "main",
      ...(ca === undefined ? {} : { ca: new TextDecoder().decode(ca) }),
      ...(credentials === undefined ? {} : { credentials }),
    });
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

/** How many replicas are wanted. Throws a {@linkcode UsageError}. */
export function replicasFrom(invocation: Invocation): number {
  const text = invocation.get("cluster-replicas");
  if (text === undefined) return 3;
  const count = parseFrom("--cluster-replicas", text, (text) => parseCount(text));
  if (![1, 3, 5].includes(count)) {
    throw new UsageError(
      `--cluster-replicas is 3 or 5, or 1 where a loss does no harm, not ${text}`,
    );
  }
  return count;
}

/** Which node of a cluster a server is. */
export interface NodeWish {
  readonly node: string;
  /** The fewest NATS servers that keep the log. */
  readonly replicas: number;
  /** Where clients reach it, as `HOST:PORT`. */
  readonly address?: string;
  /** Where its page is, as a URL with a slash at its end. */
  readonly page?: string;
}

/** The node that the flags name; `undefined` without `--cluster`. Throws a {@linkcode UsageError}. */
export function nodeWish(invocation: Invocation): NodeWish | undefined {
  if (!isClustered(invocation)) {
    const first = [...NATS_FLAGS, ...NODE_FLAGS].find(({ name }) => invocation.isSaid(name));
    if (first === undefined) return undefined;
    throw new UsageError(
      `--${first.name} is about a cluster; say where that is with --cluster SERVERS`,
    );
  }
  for (const flag of ["memory", "durability", "keep", "keep-messages"]) {
    if (!invocation.isSaid(flag)) continue;
    throw new UsageError(
      `--${flag} can't go with --cluster: a node keeps its data on disk, and what is kept for how long ` +
        "was said by chatroom cluster init",
    );
  }
  const node = invocation.get("cluster-node") ?? hostName();
  if (node === undefined) throw new UsageError("This machine has no name; say --cluster-node NAME");
  if (!/^[\w.-]{1,64}$/.test(node)) {
    throw new UsageError(
      `The name of a node is 1 to 64 letters, digits, dots, - and _, not ${JSON.stringify(node)}`,
    );
  }
  const address = invocation.get("cluster-address");
  const page = invocation.get("cluster-web-address");
  return {
    ...{ node, replicas: replicasFrom(invocation) },
    ...address === undefined
      ? {}
      : { address: parseFrom("--cluster-address", address, publicAddress) },
    ...page === undefined ? {} : { page: parseFrom("--cluster-web-address", page, pageAddress) },
  };
}

/** An address as others are told of it. Throws a {@linkcode UsageError}. */
function publicAddress(text: string): string {
  const { hostname, port, tls } = parseAddress(text);
  if (/:\d+$/.test(text) && port !== 0 && !tls && !/^(0\.0\.0\.0|::)$/.test(hostname)) {
    return formatAddress({ hostname, port });
  }
  throw new UsageError(
    `clients are told of it as HOST:PORT, as in n1.example.org:1234, not ${JSON.stringify(text)}`,
  );
}

/** The URL of a page as others are told of it. Throws a {@linkcode UsageError}. */
function pageAddress(text: string): string {
  const url = URL.parse(text);
  // More in a host than others take would be no host of a page either.
  const isPage = url !== null && /^https?:\/\/(\[[\da-f:]+\]|[\w.-]+)(:\d+)?$/.test(url.origin) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === "");
  if (isPage) return url.href.replace(/\/*$/, "/");
  throw new UsageError(
    `a page is at a URL like https://n1.example.org/, without more, not ${JSON.stringify(text)}`,
  );
}

function fileOf(invocation: Invocation, flag: string): Uint8Array | undefined {
  const path = invocation.get(flag);
  if (path === undefined) return undefined;
  try {
    return readNamed(path, { ...READ_ONCE, most: MAX_BYTES });
  } catch (error) {
    throw new UsageError(`--${flag}: ${path} can't be read: ${reasonOf(error)}`);
  }
}
