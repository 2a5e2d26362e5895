/** The names of rooms, as they are written. */

/**
 * A room's name as somebody wrote it, perhaps with the one `#` before it with which rooms are shown.
 * A room of old whose name begins with one itself is written with two.
 */
export function roomName(text: string): string {
  return text.startsWith("#") ? text.slice(1) : text;
}
