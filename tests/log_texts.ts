/**
 * The texts of warnings and errors that the code can log, as the code has them. Nobody has to list
 * them: what is logged in a way that is not known here is reported, and to be added.
 */

/** A text's fixed part, and where it is. */
export interface LogText {
  readonly text: string;
  readonly where: string;
}

const LIB = new URL("../lib/", import.meta.url);

/** Ways in which a warning or an error comes to the log; the text is what follows. */
const WAYS: readonly RegExp[] = [
  /level: "(?:warning|error)",\s*kind: [^,]+,\s*text(?:: |\b)/g,
  /#tell\("(?:warning|error)", [^,]+, /g,
  /\b#?onProblem(?:\?\.)?\(\s*/g,
  /type: "problem",\s*text(?:: |\b)/g,
  /\bonUpgrade(?:\?\.)?\(\s*/g,
  /#onStrange\(\s*/g,
  /\bonTrouble\(\s*/g,
  /#tellOnce\(\s*"[^"]*",\s*/g,
  /\blink\.complain\(\s*/g,
  /rawMessage: /g,
];

/** What an upgrade of the tables tells is what a migration returns. */
const MIGRATION = /^store\/version_\d+\.ts$/;
const RETURNED = /(?:\[|const text =)\s*(?=["`](?:[A-Z]|\$))/g;

/** Files whose sentences reach the log by way of another one, which hands them on. */
const SENTENCES = /^store\/(?:private|epoch)\.ts$/;
const SENTENCE = /\breturn\s+(?=["`][A-Za-z])/g;

/** What is handed on, and has its text where it comes from. */
const HANDED_ON =
  /^(?:flaw\b|message(?:\.text)?\b|text|error|note|warning\b|epoch\.lost\b|`\$\{entry\.text\}|\(|:|\)|,|LOST\b)/;

/** Files whose calls are of another kind: what a check of the data prints. */
const NOT_LOGGED = /^(?:store\/check|cli\/(?:check|ban|room|export|import|user))/;

/** Every text of the code, and the ways of logging that have none that could be found. */
export function logTexts(): { readonly texts: LogText[]; readonly unknown: string[] } {
  const texts: LogText[] = [];
  const unknown: string[] = [];
  for (const path of sources("")) {
    if (NOT_LOGGED.test(path)) continue;
    const code = Deno.readTextFileSync(new URL(path, LIB));
    const more = SENTENCES.test(path) ? [SENTENCE] : [];
    for (const way of MIGRATION.test(path) ? [RETURNED] : [...WAYS, ...more]) {
      for (const { 0: call, index } of code.matchAll(way)) {
        const end = index + call.length;
        const where = `lib/${path}:${code.slice(0, index).split("\n").length}`;
        const found = textsAt(code, end);
        if (found.length > 0) texts.push(...found.map((text) => ({ text, where })));
        else if (!isHandedOn(code, index, end)) unknown.push(where);
      }
    }
  }
  return { texts, unknown };
}

/** Whether a call has its text from a parameter of the function that it is in. */
function isHandedOn(code: string, from: number, to: number): boolean {
  return HANDED_ON.test(code.slice(to).trimStart()) ||
    /\(text(?:: string)?\)(?:: void)? => \w+\(\{\s*$/.test(code.slice(0, from));
}

/** The texts that stand behind a way of telling them in a file of lib. */
export function textsBehind(path: string, way: RegExp): LogText[] {
  const code = Deno.readTextFileSync(new URL(path, LIB));
  return [...code.matchAll(way)].flatMap(({ 0: call, index }) => {
    const where = `lib/${path}:${code.slice(0, index).split("\n").length}`;
    return textsAt(code, index + call.length).map((text) => ({ text, where }));
  });
}

/** The strings of the expression that begins there, or of the nearest `const text` for a shorthand. */
function textsAt(code: string, at: number): string[] {
  const rest = code.slice(at);
  if (/^\s*[,}]/.test(rest)) {
    const before = code.slice(0, at);
    const declared = before.lastIndexOf("const text = ");
    // Further away it is another one's.
    return declared < 0 || at - declared > 400 ? [] : stringsOf(code.slice(declared + 13));
  }
  const name = /^([A-Z_]{3,})\b/.exec(rest)?.[1];
  const declared = name === undefined ? -1 : code.indexOf(`const ${name} = `);
  return stringsOf(declared < 0 ? rest : code.slice(declared + `const ${name} = `.length));
}

/** The string literals of an expression: one, a sum of several, or both of a choice. */
function stringsOf(code: string): string[] {
  const strings: string[] = [];
  let [rest, joins] = [code, false];
  for (;;) {
    const choice = /^\s*[\w.]+(?:\s*===\s*\w+)?\s*\?\s*(?=["`])/.exec(rest);
    if (choice !== null && strings.length === 0) rest = rest.slice(choice[0].length);
    const literal = /^\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/.exec(rest);
    if (literal === null) return strings.map(fixedPart).filter((text) => text !== "");
    const text = literal[1] ?? literal[2] ?? "";
    if (joins) strings.push((strings.pop() ?? "") + text);
    else strings.push(text);
    rest = rest.slice(literal[0].length);
    const operator = /^\s*([+:])(?=\s*["`])/.exec(rest);
    if (operator === null) return strings.map(fixedPart).filter((text) => text !== "");
    joins = operator[1] === "+";
    rest = rest.slice(operator[0].length);
  }
}

/** The first part of a text that is always there and tells something, or else the longest. */
function fixedPart(text: string): string {
  const parts = text.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "\u0000").split("\u0000")
    .map((part) => part.trim().replace(/^[;:,.)]\s*|\s*[;:,(]$/g, ""));
  return parts.find((part) => part.length >= 12) ??
    parts.reduce((longest, part) => part.length > longest.length ? part : longest, "");
}

function sources(under: string): string[] {
  return [...Deno.readDirSync(new URL(under, LIB))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return name === "page" ? [] : sources(`${under}${name}/`);
    return name.endsWith(".ts") ? [`${under}${name}`] : [];
  }).sort();
}
