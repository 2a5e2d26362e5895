/** Names that both sides know beforehand. */

/** The room that everybody starts in unless they ask for another. */
export const DEFAULT_ROOM = "lobby";

/** The name that the server itself speaks under; nobody else can have it. */
export const SERVER_NAME = "server";
