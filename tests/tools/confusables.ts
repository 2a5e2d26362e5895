/**
 * Makes lib/chat/names/confusables.ts from the Unicode Consortium's list of look-alikes:
 *
 *     deno run --allow-read --allow-write tests/tools/confusables.ts FILE
 *
 * FILE is https://www.unicode.org/Public/17.0.0/security/confusables.txt, or that of another
 * version. Only what the skeleton of a name can meet is kept: its compatibility forms have been
 * taken apart before. What a character is mapped to is mapped in turn, so that the skeleton of a
 * skeleton is itself.
 */

const TARGET = new URL("../../lib/chat/names/confusables.ts", import.meta.url);
const WIDTH = 98;

/** What no name holds, whatever it looks like: the invisible, and spaces other than U+0020. */
const UNUSED = /^[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}]$/u;

if (import.meta.main) {
  const [path] = Deno.args;
  if (path === undefined) {
    fail("Name the file confusables.txt of Unicode");
  }
  const bytes = await Deno.readFile(path);
  const text = new TextDecoder().decode(bytes);
  const version = /^# Version: ([\d.]+)/m.exec(text)?.[1];
  const date = /^# Date: ([\d-]+)/m.exec(text)?.[1];
  const total = Number(/^# total: (\d+)/m.exec(text)?.[1]);
  const listed = parse(text);
  if (version === undefined || date === undefined || listed.size !== total) {
    fail(`${path} is no confusables.txt, or not all of it`);
  }
  const sha256 = toHex(await crypto.subtle.digest("SHA-256", bytes));
  const kept = closed(listed);
  await Deno.writeTextFile(TARGET, moduleOf({ kept, version, date, sha256 }));
  Deno.stdout.writeSync(new TextEncoder().encode(`${kept.size} of ${total} characters kept\n`));
}

/** What each character of the file looks like. */
function parse(text: string): Map<string, string> {
  const lines = text.matchAll(/^\uFEFF?([0-9A-F]+) ;\t([0-9A-F ]+) ;\tMA\t/gm);
  return new Map(Array.from(lines, ([, from = "", to = ""]) => [fromHex(from), fromHex(to)]));
}

/** The characters that a skeleton meets, each with what is left when nothing more can be mapped. */
function closed(listed: ReadonlyMap<string, string>): Map<string, string> {
  const kept = new Map(
    [...listed].filter(([from]) => from.normalize("NFKD") === from && !UNUSED.test(from)),
  );
  const mapped = (text: string): string =>
    Array.from(text.normalize("NFKD"), (char) => kept.get(char) ?? char).join("").normalize("NFKD");
  for (const [from, to] of kept) {
    let last = to;
    for (let next = mapped(last); next !== last; next = mapped(last)) last = next;
    kept.set(from, last);
  }
  for (const [from, to] of kept) if (from === to) kept.delete(from);
  return kept;
}

function moduleOf(
  { kept, version, date, sha256 }: {
    readonly kept: ReadonlyMap<string, string>;
    readonly version: string;
    readonly date: string;
    readonly sha256: string;
  },
): string {
  const groups = Map.groupBy(kept, ([, to]) => to);
  const words = [...groups].flatMap(([to, members]) => [
    `${toPoints(to)}:`,
    ...members.map(([from]) => toPoints(from)),
  ]);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return `/**
 * Which characters look alike: made by tests/tools/confusables.ts, not by hand.
 *
 * From confusables.txt ${version} (${date}) of the Unicode Consortium, cut to what a name can hold,
 * its targets mapped through. SHA-256 of the file: ${sha256.slice(0, 32)}
 * ${sha256.slice(32)}. Copyright © 1991-${date.slice(0, 4)} Unicode, Inc.;
 * Unicode License v3, which stands in LICENSE.
 */

/** \`target: source source …\`, in hexadecimal; the code points of a longer target have \`+\` between. */
export const CONFUSABLES = \`
${lines.join("\n")}
\`;
`;
}

function fromHex(points: string): string {
  return String.fromCodePoint(...points.trim().split(" ").map((point) => parseInt(point, 16)));
}

function toPoints(text: string): string {
  return Array.from(text, (char) => (char.codePointAt(0) ?? 0).toString(16)).join("+");
}

function toHex(buffer: ArrayBuffer): string {
  return new Uint8Array(buffer).toHex();
}

function fail(text: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`confusables: ${text}\n`));
  Deno.exit(2);
}
