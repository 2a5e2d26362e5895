// @ts-check
/** Who came and who went, as one row tells it. Pure. */

/**
 * Who came and who went, in one row. Whoever came and went, or went and came back, is not in it.
 * `joinedMore` and `leftMore`: how many others, whose names are not kept.
 * @typedef {{ readonly kind: "presence", readonly joined: readonly string[],
 *   readonly left: readonly string[], readonly joinedMore: number,
 *   readonly leftMore: number }} Presence
 */

/** The most names that one row of who came and who went keeps, of each. */
const MOST_NAMES = 1_000;
const WAYS = /** @type {const} */ ([["joined", "left"], ["left", "joined"]]);

/** @type {(what: "joined" | "left", name: string) => Presence} */
export function presenceOf(what, name) {
  const none = /** @type {const} */ ({ kind: "presence", joinedMore: 0, leftMore: 0 });
  return { ...none, joined: what === "joined" ? [name] : [], left: what === "left" ? [name] : [] };
}

/** @type {(before: Presence | undefined, then: Presence) => Presence} */
export function withPresence(before, then) {
  if (before === undefined) return then;
  const came = new Set(before.joined);
  const went = new Set(before.left);
  let { joinedMore, leftMore } = before;
  for (const name of then.joined) if (!went.delete(name)) came.add(name);
  for (const name of then.left) if (!came.delete(name)) went.add(name);
  joinedMore += then.joinedMore + Math.max(0, came.size - MOST_NAMES);
  leftMore += then.leftMore + Math.max(0, went.size - MOST_NAMES);
  const joined = [...came].slice(-MOST_NAMES);
  const left = [...went].slice(-MOST_NAMES);
  return { kind: "presence", joined, left, joinedMore, leftMore };
}

/**
 * What each of several rows of who came and went tells, with what others said between them: whoever came
 * and left again, or left and came back, is in none.
 * @type {(run: readonly Presence[]) => Presence[]}
 */
export function withoutPassing(run) {
  const rows = run.map((each) => ({
    ...each,
    joined: new Set(each.joined),
    left: new Set(each.left),
  }));
  /** The row that tells of somebody last. @type {Map<string, typeof rows[number]>} */
  const last = new Map();
  for (const row of rows) {
    for (const [now, before] of WAYS) {
      for (const name of row[now]) {
        if (last.get(name)?.[before].delete(name)) row[now].delete(name);
        else last.set(name, row);
      }
    }
  }
  return rows.map((row) => ({ ...row, joined: [...row.joined], left: [...row.left] }));
}

/** @type {(presence: Presence) => boolean} */
export function isNothing({ joined, left, joinedMore, leftMore }) {
  return joined.length + left.length + joinedMore + leftMore === 0;
}
