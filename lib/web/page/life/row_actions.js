// @ts-check
/** What somebody may do about a message. Pure. */

import { discardLabel } from "../discard_label.js";

/** @import { OwnAccount } from "../account.js" */
/** @import { Place } from "../place.js" */
/** @import { SaidRow } from "../rows.js" */
/**
 * @typedef {"reply" | "react" | "copy" | "link" | "edit" | "pin" | "unpin" | "who" | "unread" | "select"
 *   | "remove" | "again" | "discard"} ActionName
 * @typedef {{ readonly name: ActionName, readonly label: string, readonly key: string,
 *   readonly isGrave?: true }} RowAction `key`: what a keyboard does it with, in a row that has the focus
 * @typedef {[name: ActionName, label: string, may: boolean]} MayAct
 */

/** The keys, as `KeyboardEvent.key` has them. */
const KEYS = {
  reply: "r",
  react: "+",
  copy: "c",
  link: "l",
  edit: "e",
  pin: "p",
  unpin: "p",
  who: "w",
  unread: "u",
  select: "",
  remove: "Delete",
  again: "",
  discard: "Delete",
};

/** Reactions that are offered before somebody has used others. */
export const FIRST_REACTIONS = ["👍", "❤️", "😂", "🎉", "👀", "🙏"];

/**
 * Whether somebody keeps order in a room: its hosts, and the operators of the server.
 * @param {Pick<OwnAccount, "id" | "role" | "name">} account
 * @param {Pick<Place, "kind" | "hosted">} place
 */
export function keepsOrder({ id, role }, { kind, hosted }) {
  if (kind !== "room" || id === "") return false;
  return role === "owner" || role === "operator" || hosted === true;
}

/**
 * @param {Pick<SaidRow, "own" | "pinned" | "reactions" | "removed" | "text" | "href" | "seq" | "id" | "failed"
 *   | "sent" | "editing">} row
 * @param {Pick<Place, "kind" | "gone" | "hosted">} place
 * @param {Pick<OwnAccount, "id" | "role" | "name">} account
 * @param {boolean} touches whether it is chosen with a finger
 * @returns {RowAction[]}
 */
export function actionsOn(row, place, account, touches) {
  const { own, pinned, reactions = [], removed, href } = row;
  if (row.id !== undefined) return toActions(actionsOnUnsent(row, touches));
  if (removed !== undefined) return [];
  const mayAny = keepsOrder(account, place);
  /** @type {MayAct[]} */
  const all = [
    ["reply", "Reply", !place.gone],
    ["react", "React", !place.gone],
    ["edit", "Edit", own && !place.gone],
    ["copy", "Copy text", true],
    ["select", "Select text", touches],
    ["link", "Copy link", href !== undefined],
    ["who", "Who reacted", reactions.length > 0],
    [pinned ? "unpin" : "pin", pinned ? "Unpin" : "Pin to this room", mayAny],
    ["unread", "Mark unread from here", account.id !== ""],
    ["remove", "Remove", own || mayAny],
  ];
  return toActions(all);
}

/**
 * Of what waits, or of a change that does: what is on its way can't be had back.
 * @type {(row: Pick<SaidRow, "removed" | "seq" | "failed" | "sent" | "editing">, touches: boolean) => MayAct[]}
 */
function actionsOnUnsent({ removed, seq, failed, sent, editing = false }, touches) {
  const isHere = failed !== undefined || editing || !sent;
  const hasText = removed === undefined;
  return [
    ["again", "Send again", failed !== undefined],
    ["edit", "Edit", isHere && hasText],
    ["copy", "Copy text", hasText],
    ["select", "Select text", touches && hasText],
    ["discard", discardLabel({ seq, removed }), isHere],
  ];
}

/** @type {(all: readonly MayAct[]) => RowAction[]} */
function toActions(all) {
  return all.filter(([, , may]) => may).map(([name, label]) => {
    const action = { name, label, key: KEYS[name] };
    const isGrave = name === "remove" || name === "discard";
    return isGrave ? { ...action, isGrave } : action;
  });
}
