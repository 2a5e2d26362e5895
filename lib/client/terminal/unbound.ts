/** What a key with Alt means that is bound to nothing: on a slow line an Escape and what follows it come as one. */

import { bindsKey } from "./editor.ts";
import type { FullDisplay } from "./full_display.ts";
import type { PressedKey } from "./keys.ts";

/** In the stream the letters are left to the view, whose keys do nothing there. */
const LETTER = /^alt-[a-z]$/i;

/** The keys that were pressed; `full`: the view, while it is on screen. */
export function apart(
  key: PressedKey,
  full: Pick<FullDisplay, "binds"> | undefined,
): readonly PressedKey[] {
  const [, text] = key.type === "key" ? /^alt-(.)$/u.exec(key.name) ?? [] : [];
  if (key.type !== "key" || text === undefined || bindsKey(key.name)) return [key];
  const isBound = full?.binds(key.name.toLowerCase()) ?? LETTER.test(key.name);
  return isBound ? [key] : [{ type: "key", name: "escape" }, { type: "text", text }];
}
