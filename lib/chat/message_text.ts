/** What of a text is a message. */

/** A message's text as it is kept: its lines end in LF, and blank lines at its end are no part of it. */
export function messageText(text: string): string {
  const lines = text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
  let end = lines.length;
  for (let at = end - 1; at >= 0; at--) {
    const char = lines[at] ?? "";
    if (char === "\n") end = at;
    else if (char.trim() !== "") break;
  }
  return lines.slice(0, end);
}
