/** Opens the link of a person at a terminal, with what this device is called for the person's others. */

import type { Link } from "../client/link.ts";
import type { Invocation } from "./flags.ts";
import { hostName } from "./machine.ts";
import { openLink, type OpenLinkOptions } from "./peer_link.ts";
import type { Address } from "./values.ts";

/** The longest label of a device, in UTF-16 code units. */
const MAX_LABEL = 64;

/** Opens a link as {@linkcode openLink} does. */
export function openPersonLink(
  invocation: Invocation,
  address: Address,
  name: string,
  options: OpenLinkOptions,
): Link {
  const host = hostName();
  const label = (host === undefined ? "terminal" : `terminal on ${host}`).slice(0, MAX_LABEL);
  return openLink(invocation, address, name, {
    ...options,
    person: true,
    label: label.toWellFormed(),
  });
}
