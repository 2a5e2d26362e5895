/** The seam between the doors, which hand out links to files and the page, and the web door, which makes them. */

import type { FileLink, LinkedFile, LinkOwner } from "../chat/sessions/file_link.ts";
import type { CameBy } from "./transport.ts";

/** Makes HTTP links to files. */
export interface FileLinks {
  /** A link for a client that has come that way; without `came`, for clients of all kinds. */
  link(file: LinkedFile, owner: LinkOwner, came?: CameBy): FileLink;
  /** Where the page is for a client that has come that way; `undefined`: that is not known. */
  page(came?: CameBy): string | undefined;
}
