/** The shape of lib: short files, short functions, and one meaning for each exported name. */

import { assert, assertEquals } from "@std/assert";

const LIB = new URL("../lib/", import.meta.url);
const MOST_LINES_OF_A_FILE = 300;
const MOST_LINES_OF_A_FUNCTION = 50;

/** The source files below a folder of lib, by their paths, as in `chat/house.ts`. */
async function sources(folder = ""): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, LIB))) {
    const path = `${folder}${name}`;
    if (isDirectory) {
      for (const [below, text] of await sources(`${path}/`)) found.set(below, text);
    } else if (/\.(ts|js|css|html)$/.test(name)) {
      found.set(path, await Deno.readTextFile(new URL(path, LIB)));
    }
  }
  return found;
}

/** The modules of lib, by their paths. */
async function modules(): Promise<[path: string, source: string][]> {
  const all = await sources();
  return [...all].filter(([path]) => /\.(ts|js)$/.test(path) && !path.endsWith(".d.ts"));
}

function lineCount(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

Deno.test("no file of lib has more than 300 lines", async () => {
  const files = await sources();
  assert(files.size > 300, "the test no longer sees the files");
  const long = [...files].filter(([, text]) => lineCount(text) > MOST_LINES_OF_A_FILE);
  assertEquals(long.map(([path]) => path).sort(), []);
});

type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** What a function is called in an error: by its own name, or as the method or constant that it is. */
function nameOf({ id, parent }: FunctionNode): string {
  if (id !== null && id !== undefined) return id.name;
  const named = parent.type === "MethodDefinition"
    ? parent.key
    : parent.type === "VariableDeclarator"
    ? parent.id
    : undefined;
  return named?.type === "Identifier" || named?.type === "PrivateIdentifier"
    ? named.name
    : "(no name)";
}

/** A lint rule that reports the functions that are too long: the linter has the parser for it. */
const FUNCTION_LENGTH: Deno.lint.Plugin = {
  name: "shape",
  rules: {
    "function-length": {
      create(context): Deno.lint.LintVisitor {
        const look = (node: FunctionNode): void => {
          const lines = lineCount(context.sourceCode.text.slice(...node.range));
          if (lines > MOST_LINES_OF_A_FUNCTION) context.report({ node, message: nameOf(node) });
        };
        return {
          FunctionDeclaration: look,
          FunctionExpression: look,
          ArrowFunctionExpression: look,
        };
      },
    },
  },
};

function longFunctions(path: string, source: string): string[] {
  return Deno.lint.runPlugin(FUNCTION_LENGTH, path, source).map(({ message }) =>
    `${path}: ${message}`
  );
}

Deno.test("no function of lib has more than 50 lines", async () => {
  const long = (await modules()).flatMap(([path, source]) => longFunctions(path, source));
  assertEquals(long.sort(), []);
});

Deno.test("a function is too long with 51 lines, of whatever kind it is", () => {
  const of = (lines: number): string => `{${"\n".repeat(lines - 1)}}`;
  assertEquals(longFunctions("a.ts", `function first() ${of(50)} function second() ${of(51)}`), [
    "a.ts: second",
  ]);
  assertEquals(longFunctions("b.js", `const third = () => ${of(51)};`), ["b.js: third"]);
  assertEquals(longFunctions("c.ts", `class C { #fourth() ${of(51)} }`), ["c.ts: fourth"]);
});

/** The names that a module exports, which it declares itself. */
function exportedNames(source: string): string[] {
  const declared =
    /^export (?:async )?(?:function\*?|class|interface|type|const|let|enum) ([\w$]+)/gm;
  return [...source.matchAll(declared)].map(([, name = ""]) => name);
}

Deno.test("what is exported from lib is exported where it is declared, by its name", async () => {
  for (const [path, source] of await modules()) {
    // What is an entry for programs tells all types of its own from one place.
    const all = source.match(/^export\b(?! type \*)/gm)?.length ?? 0;
    assertEquals(exportedNames(source).length, all, path);
  }
});

Deno.test("an exported name has one meaning in the whole of lib", async () => {
  const paths = new Map<string, string[]>();
  for (const [path, source] of await modules()) {
    for (const name of new Set(exportedNames(source))) {
      paths.set(name, [...paths.get(name) ?? [], path]);
    }
  }
  const shared = [...paths].filter(([, where]) => where.length > 1);
  const told = shared.map(([name, where]) => `${name}: ${where.join(", ")}`);
  assertEquals(told, [], "choose another name for one of them");
});
