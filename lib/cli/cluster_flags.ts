/** The flags by which a server is a node of a cluster, and by which a cluster is looked after. */

import { type Flag, flagOf, type Invocation, strictText, UsageError } from "./flags.ts";
import { hostName } from "./machine.ts";

/** Where a cluster is, and how one comes in there. */
export const CLUSTER_PLACE_FLAGS: readonly Flag[] = [
  flagOf("--cluster URLS", "be a node of a cluster: its NATS servers, as nats://HOST:PORT,…", {
    env: "CHATROOM_CLUSTER",
  }),
  flagOf("--cluster-name NAME", "name of the cluster", {
    env: "CHATROOM_CLUSTER_NAME",
    default: "chatroom",
  }),
  flagOf("--cluster-ca FILE", "certificates (PEM) of those who issued those of the NATS servers"),
  flagOf("--cluster-credentials FILE", "credentials (.creds) to come in there with"),
];

/** What `serve` takes besides. */
export const CLUSTER_FLAGS: readonly Flag[] = [
  ...CLUSTER_PLACE_FLAGS,
  flagOf("--cluster-node NAME", "name of this node, which no other has", {
    env: "CHATROOM_CLUSTER_NODE",
    default: "the name of this machine",
  }),
  flagOf(
    "--cluster-address HOST:PORT",
    "address at which clients reach this node, for those that know another one",
  ),
];

/** Where a cluster is. */
export interface ClusterPlace {
  readonly servers: string;
  readonly name: string;
  readonly ca?: string;
  readonly credentials?: Uint8Array;
}

/** Which node a server is. */
export interface NodePlace extends ClusterPlace {
  readonly node: string;
  readonly address?: string;
}

const DEFAULT_NAME = "chatroom";

/** The place that the flags name; `undefined` without `--cluster`. Throws a {@linkcode UsageError}. */
export function clusterPlace(invocation: Invocation): ClusterPlace | undefined {
  const servers = invocation.get("cluster");
  if (servers === undefined) {
    const first = CLUSTER_FLAGS.find(({ name }) => invocation.isSaid(name));
    if (first === undefined) return undefined;
    throw new UsageError(`--${first.name} is about a cluster; say where it is with --cluster URLS`);
  }
  const ca = invocation.get("cluster-ca");
  const credentials = invocation.get("cluster-credentials");
  return {
    servers,
    name: invocation.get("cluster-name") ?? DEFAULT_NAME,
    ...(ca === undefined ? {} : { ca: strictText(bytesIn(ca, "--cluster-ca"), ca) }),
    ...(credentials === undefined
      ? {}
      : { credentials: bytesIn(credentials, "--cluster-credentials") }),
  };
}

/** The node that the flags name; `undefined` without `--cluster`. Throws a {@linkcode UsageError}. */
export function nodePlace(invocation: Invocation): NodePlace | undefined {
  const place = clusterPlace(invocation);
  if (place === undefined) return undefined;
  const node = invocation.get("cluster-node") ?? hostName();
  if (node === undefined) {
    throw new UsageError("This machine has no name; say --cluster-node NAME");
  }
  if (!/^[\w.-]{1,64}$/.test(node)) {
    throw new UsageError(
      `The name of a node is 1 to 64 letters, digits, dots, - and _, not ${JSON.stringify(node)}`,
    );
  }
  for (const flag of ["memory", "durability"]) {
    if (!invocation.isSaid(flag)) continue;
    throw new UsageError(
      `--${flag} can't go with --cluster: a node keeps its data on disk, and the cluster says when ` +
        "they are safe",
    );
  }
  const address = invocation.get("cluster-address");
  return { ...place, node, ...(address === undefined ? {} : { address }) };
}

function bytesIn(path: string, flag: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    throw new UsageError(`${flag} ${path} can't be read: ${(error as Error).message}`);
  }
}
