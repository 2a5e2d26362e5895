// @ts-check
/** Regular expressions that a program's start does not wait for. */

/**
 * An expression that is made when it is first asked for. A literal with `\p{…}` takes up to a
 * millisecond when its file is loaded, also in a function that nobody calls.
 * @type {(source: string, flags: string) => () => RegExp}
 */
export function lateRegExp(source, flags) {
  /** @type {RegExp | undefined} */
  let made;
  return () => made ??= new RegExp(source, flags);
}
