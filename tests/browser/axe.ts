/** Looks at a page with axe, for what would keep somebody out. */

import axe from "axe-core";
import type { Person } from "./browser.ts";

/** What axe finds, in short. */
export async function violations(person: Person): Promise<string[]> {
  // Evaluated by the browser's driver, and so not held to the page's policy.
  await person.page.evaluate(axe.source);
  const found = await person.page.evaluate(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " +
        nodes.map(({ html, any }) => html.slice(0, 200) + " " + (any[0]?.message ?? "")).join("; ")))`,
  );
  return found as string[];
}
