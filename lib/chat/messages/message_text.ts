/** The text of a message, as it is kept. */

/** The text with LF at the ends of its lines, and without blank lines at its end. */
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
