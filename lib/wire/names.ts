/** Names that have a meaning in the protocol. */

/** The room that people start in unless they ask for another. */
export const DEFAULT_ROOM = "lobby";

/** The name under which the server itself speaks. Nobody else can take it. */
export const SERVER_NAME = "server";

/** Goes before the new text of an edit, where that stands alone. */
export const EDIT_SIGN = "* ";
