/** The project's documents, as the tests that hold them to the code read them. */

/** Every document for people, from the project's folder. Each fact has its home in one of them. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  "lib/DESIGN.md",
  "lib/chat/MODERATION.md",
  "lib/cli/MANUAL.md",
  "lib/cli/packaging/NPM.md",
  "lib/irc/IRC.md",
  "lib/server/OPERATING.md",
  "lib/store/DATA.md",
  "lib/wire/PROTOCOL.md",
  "tests/bench/PERFORMANCE.md",
  "tests/cluster/RUNS.md",
];

const ROOT = new URL("../", import.meta.url);

/** The text of a document; `path` is one of {@linkcode DOCUMENTS}. */
export function readDocument(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/**
 * What stands under a heading, up to the next one of the same or a higher level, in whichever document has
 * it. Throws when none has it, or several have: then a fact has no home, or two.
 */
export function docOf(heading: string): string {
  const found = DOCUMENTS.flatMap((path) => sectionsOf(readDocument(path), heading));
  if (found.length !== 1) {
    throw new Error(`${found.length} documents have the heading "${heading}"; one should`);
  }
  return found[0] ?? "";
}

/** The cells of the first table under a heading, without its first two lines. */
export function tableOf(heading: string): string[][] {
  const lines = docOf(heading).split("\n");
  const table = lines.slice(lines.findIndex((line) => line.startsWith("|")));
  const end = table.findIndex((line) => !line.startsWith("|"));
  return table.slice(2, end).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** The sections of a text that have a heading; what stands between fences has none. */
function sectionsOf(text: string, heading: string): string[] {
  const sections: string[] = [];
  let level = 0;
  let isFenced = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) isFenced = !isFenced;
    const [, marks = "", title] = isFenced ? [] : /^(#{1,6}) (.*)$/.exec(line) ?? [];
    if (title !== undefined && marks.length <= level) level = 0;
    if (level > 0) sections.push(`${sections.pop()}${line}\n`);
    if (level === 0 && title === heading) {
      level = marks.length;
      sections.push("");
    }
  }
  return sections;
}
