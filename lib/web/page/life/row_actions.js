// @ts-check
/** What somebody may do about a message. Pure. */

/** @import { OwnAccount } from "../account.js" */
/** @import { Place } from "../place.js" */
/** @import { SaidRow } from "../rows.js" */
/**
 * @typedef {"reply" | "react" | "copy" | "link" | "edit" | "pin" | "unpin" | "who" | "unread" | "select"
 *   | "remove"} ActionName
 * @typedef {{ readonly name: ActionName, readonly label: string, readonly key: string,
 *   readonly isGrave?: true }} RowAction `key`: what a keyboard does it with, in a row that has the focus
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
 * @param {Pick<SaidRow, "own" | "pinned" | "reactions" | "removed" | "text" | "href" | "seq" | "id">} row
 * @param {Pick<Place, "kind" | "gone" | "hosted">} place
 * @param {Pick<OwnAccount, "id" | "role" | "name">} account
 * @param {boolean} touches whether it is chosen with a finger
 * @returns {RowAction[]}
 */
export function actionsOn(row, place, account, touches) {
  const { own, pinned, reactions = [], removed, href, seq, id } = row;
  if (seq === 0 || removed !== undefined || id !== undefined) return [];
  const mayAny = keepsOrder(account, place);
  /** @type {Array<[ActionName, string, boolean]>} */
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
  return all.filter(([, , may]) => may).map(([name, label]) => {
    const action = { name, label, key: KEYS[name] };
    return name === "remove" ? { ...action, isGrave: true } : action;
  });
}
