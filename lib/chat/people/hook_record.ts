/** What is kept of webhooks: addresses at the web door by which programs say something in a room. */

/** A hook. */
export interface Hook {
  readonly id: string;
  /** What it is called, without what says that it is a hook. */
  readonly name: string;
  /** The hash of its token, in hexadecimal: the token itself is stored nowhere. */
  readonly hash: string;
  /** The room's key. */
  readonly room: string;
  /** The name of whoever made it, as it was then. */
  readonly by: string;
  /** When it was made, in ms since 1970. */
  readonly at: number;
}

/** A hook is made, or is no more. */
export type HookChange =
  | { readonly type: "hook"; readonly hook: Hook }
  | { readonly type: "unhook"; readonly id: string };
