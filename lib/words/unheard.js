// @ts-check
/** What is told of something that was said to somebody who is not here. */

/**
 * Whether they find it: who has reserved a name does, and a guest if it is the same one that comes back.
 * @type {(name: string, isGuest: boolean) => string}
 */
export function unheardText(name, isGuest) {
  return isGuest
    ? `${name} is not here, and finds it only if the same guest comes back`
    : `${name} is not here, and will find it`;
}
