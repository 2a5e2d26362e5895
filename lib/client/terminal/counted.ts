/** How it is told what is new in a room or conversation, and how much of that is for the reader. */

/** What is new somewhere. */
export interface CountedNews {
  readonly unread: number;
  /** How many of them are for the reader. */
  readonly mentions: number;
}

const MOST_COUNTED = 999;

/** In few columns: `6`, `6 1!` where one of them is for the reader, `6!` where all are. */
export function newsSigns({ unread, mentions }: CountedNews): string {
  const own = mentions > 0 ? `${shortCount(mentions)}!` : "";
  if (own !== "" && mentions >= unread) return own;
  return [shortCount(unread), own].filter((each) => each !== "").join(" ");
}

/** In words: `6 new, 1 for you`, or `6 new for you`. */
export function newsWords({ unread, mentions }: CountedNews): string {
  const own = mentions >= unread ? " for you" : `, ${mentions} for you`;
  return `${unread} new${mentions > 0 ? own : ""}`;
}

function shortCount(count: number): string {
  return count > MOST_COUNTED ? `${MOST_COUNTED}+` : `${count}`;
}
