/** What a client says when it comes. */

import type { ResumePoint } from "../wire/requests.ts";

/** As a door hands it to the house. */
export interface Hello {
  readonly name: string;
  readonly room?: string;
  /** The server's password. */
  readonly password?: string | undefined;
  /** The password of the name. */
  readonly login?: string | undefined;
  /** The secret of an earlier session, which is proof enough once it has shown the server's password. */
  readonly session?: string;
  readonly resume?: ResumePoint;
  /** The `id` of the request that this answers. */
  readonly id?: string;
  /** Earlier messages that are wanted of a room that is new; as many as there may be unless told. */
  readonly scrollback?: number;
  /** A script that comes and goes: nobody is told, and it takes a number after a name in use. */
  readonly visitor?: boolean;
  /** A visitor that is refused instead where its name is in use. */
  readonly exact?: boolean;
}
