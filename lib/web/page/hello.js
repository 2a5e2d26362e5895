// @ts-check
/** The request that opens a connection, as somebody new or as who was here before. Pure. */

import { sameName } from "../../words/names.js";

/** @import { Request } from "../../wire/requests.ts" */
/** @import { Place } from "./place.js" */
/**
 * What opens a conversation. `login` is the password of a reserved name, and goes with no other name.
 * @typedef {{ name: string, room?: string, password?: string,
 *   login?: { readonly name: string, readonly password: string } }} Wish
 */
/**
 * @param {Wish} wish
 * @param {{ me: string, session: string, epoch: string, direct: number,
 *   rooms: readonly Place[] }} known what we know from before; a session of `""` is none
 * @returns {Extract<Request, { type: "hello" }>}
 */
export function helloOf({ name, room, password, login }, { me, session, epoch, direct, rooms }) {
  const shown = session === "" ? name : me;
  const seq = Object.fromEntries(rooms.map((place) => [place.name, place.seen]));
  return {
    type: "hello",
    name: shown,
    ...(password === undefined ? {} : { password }),
    ...(login !== undefined && sameName(login.name, shown) ? { login: login.password } : {}),
    ...(room === undefined || rooms.length > 0 ? {} : { room }),
    ...(session === "" ? {} : { session }),
    // Also in no room: it says which direct messages have come.
    ...(session === "" || epoch === "" ? {} : { resume: { epoch, seq, direct } }),
  };
}

/**
 * The wish of somebody who has shown a password, or given a name up: remembered in this page and
 * nowhere else, for a server that was started anew.
 * @type {(wish: Wish, request: Request, name: string) => Wish}
 */
export function wishOf({ login: _, ...wish }, request, name) {
  const password = "password" in request ? request.password : undefined;
  return password === undefined ? wish : { ...wish, login: { name, password } };
}
