// @ts-check
/**
 * Where one is, as the fragment of the page's address: `#room`, `#room/1234` for a message of it,
 * and `#@ann`. A room's name that begins with `@`, or has a `/`, is written with `%`. Pure.
 */

/** @typedef {import("./place.js").Place} Place */
/** @typedef {{ readonly kind: Place["kind"], readonly name: string, readonly seq?: number }} Address */

/**
 * @param {Address} address
 * @returns {string}
 */
export function fragmentOf({ kind, name, seq }) {
  const shown = encodeURIComponent(name);
  return kind === "direct" ? `#@${shown}` : `#${shown}${seq === undefined ? "" : `/${seq}`}`;
}

/**
 * @param {string} fragment
 * @returns {Address | undefined} nothing where it leads nowhere, or nobody can read it
 */
export function addressIn(fragment) {
  const [, at = "", written = "", seq] = /^#(@?)([^/@][^/]*)(?:\/(\d{1,15}))?$/.exec(fragment) ??
    [];
  try {
    const name = decodeURIComponent(written);
    if (name === "") return undefined;
    if (at === "@") return { kind: "direct", name };
    return { kind: "room", name, ...(seq === undefined ? {} : { seq: Number(seq) }) };
  } catch {
    return undefined;
  }
}
