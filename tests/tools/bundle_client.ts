/**
 * Makes the library for Node, in a folder: `client.js`, which is one module without packages, and its declaration
 * file `client.d.ts`. `deno task library DIR` runs it; what makes the npm package calls {@linkcode bundleClient}.
 */

const LIBRARY = new URL("../../lib/client/library/", import.meta.url);

/** What the declaration file says besides the types. */
const DECLARED = `
/** Comes in. Resolves when we are online, and rejects with a {@link ChatError} if that can't be. */
export function connect(options: ConnectOptions): Promise<ChatClient>;
/** Why something could not be done. */
export class ChatError extends Error {
  constructor(code: string, text: string);
  readonly name: "ChatError";
  /** The server's code, such as \`bad-name\`, or one of the library: \`unreachable\`, \`ended\`, \`not-kept\`. */
  readonly code: string;
}
`;

if (import.meta.main) {
  const [dir, ...others] = Deno.args;
  if (dir === undefined || others.length > 0) {
    await Deno.stderr.write(new TextEncoder().encode("Usage: deno task library DIR\n"));
    Deno.exit(2);
  }
  await bundleClient(dir);
}

/** Writes both files into the folder, which is made if there is none. Rejects with why that can't be. */
export async function bundleClient(dir: string): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  const path = `${dir}/client.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--output", path, new URL("library.ts", LIBRARY).pathname],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) {
    throw new Error(`The library can't be bundled: ${new TextDecoder().decode(stderr).trim()}`);
  }
  await Deno.writeTextFile(path, withoutUsing(await Deno.readTextFile(path)));
  const types = await Deno.readTextFile(new URL("types.ts", LIBRARY));
  await Deno.writeTextFile(`${dir}/client.d.ts`, declarations(types));
}

/** The declaration file of these types. */
export function declarations(types: string): string {
  return types + DECLARED;
}

/**
 * The same code for Node 20, which has no `using`: what follows in the block is tried, and finally what was
 * declared is disposed of. It relies on the indentation that the bundler gives.
 */
export function withoutUsing(code: string): string {
  const lines = code.split("\n");
  for (;;) {
    const at = lines.findLastIndex((line) => /^ *using \w+ = /.test(line));
    if (at === -1) return lines.join("\n");
    const [, indent = "", name = ""] = /^( *)using (\w+) = /.exec(lines[at] ?? "") ?? [];
    const end = lines.findIndex((line, n) =>
      n >= at && line.startsWith(indent) && line.endsWith(";") &&
      (n === at || line.startsWith(`${indent}}`) || line.startsWith(`${indent})`))
    );
    const close = lines.findIndex((line, n) => n > end && line.startsWith(`${indent.slice(2)}}`));
    if (end === -1 || close === -1) throw new Error(`No end is found for: ${lines[at]}`);
    lines[at] = (lines[at] ?? "").replace("using", "const");
    lines.splice(
      close,
      0,
      `${indent}} finally {`,
      `${indent}  ${name}[Symbol.dispose]();`,
      `${indent}}`,
    );
    lines.splice(end + 1, 0, `${indent}try {`);
  }
}
