// @ts-check
/** The request that opens a connection, as somebody new or as who was here before. Pure. */

import { sameName } from "../../words/names.js";

/** @import { Request, RequestOf } from "../../wire/requests.ts" */
/** @import { Place } from "./place.js" */
/**
 * What opens a conversation. `login` is the password of a reserved name, and goes with no other name.
 * `beside`: with a session of the same person as that of the one that is known, which goes on.
 * @typedef {{ name: string, room?: string, password?: string, label?: string, invite?: string,
 *   beside?: string, login?: { readonly name: string, readonly password: string } }} Wish
 */
/**
 * @param {Wish} wish
 * @param {{ me: string, session: string, hasAccount: boolean, epoch: string, direct: number,
 *   places: readonly Place[] }} known what we know from before; a session of `""` is none
 * @returns {RequestOf<"hello">}
 */
export function helloOf(wish, { me, session, hasAccount, epoch, direct, places }) {
  const { room, password, label, invite, login, beside } = wish;
  const shown = session === "" ? wish.name : me;
  const isInRoom = places.some(({ kind }) => kind === "room");
  return {
    type: "hello",
    name: shown,
    features: ["people", "life", "ask"],
    ...(label === undefined ? {} : { label }),
    ...(password === undefined ? {} : { password }),
    ...(login !== undefined && sameName(login.name, shown) ? { login: login.password } : {}),
    ...(invite === undefined ? {} : { invite }),
    ...(room === undefined || (isInRoom && !hasAccount) ? {} : { room }),
    ...(beside !== undefined
      ? { session: beside, beside: true }
      : session === ""
      ? {}
      : { session }),
    // Also in no room: it says which direct messages have come.
    ...(session === "" || epoch === ""
      ? {}
      : resumeOf(epoch, direct, hasAccount ? places.filter(isHere) : places, hasAccount)),
  };
}

/**
 * An account always says which conversations are here, if none: the server would go by the number of
 * direct messages, and bring those that it has counted already.
 * @type {(epoch: string, direct: number, places: readonly Place[], hasAccount: boolean) =>
 *   Pick<RequestOf<"hello">, "resume">}
 */
function resumeOf(epoch, direct, places, hasAccount) {
  const rooms = places.filter(({ kind }) => kind === "room");
  const talks = places.filter(({ chat }) => chat !== "");
  const seq = Object.fromEntries(rooms.map((place) => [place.name, place.seen]));
  const chats = Object.fromEntries(talks.map((place) => [place.chat, place.seen]));
  return { resume: { epoch, seq, direct, ...(hasAccount || talks.length > 0 ? { chats } : {}) } };
}

/** What an account has elsewhere is fetched when it is looked at. @type {(place: Place) => boolean} */
function isHere({ timeline }) {
  return timeline.hasMessages;
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
