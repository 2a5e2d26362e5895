/** The npm package: installed from its file as npm installs it, with the Deno that it names. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { noMachines } from "../fixtures/lan_machines.ts";
import { within } from "../helpers.ts";
import { npmPackage } from "../tools/packages/npm_package.ts";
import {
  built,
  type Installed,
  makeFolder,
  runProgram,
  serveTls,
  startProgram,
  talk,
} from "./installed.ts";
import { chatOnTwoMachines } from "./two_machines.ts";

const QUIET = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

/** Installs the package into a project, by npm. */
async function install(): Promise<
  AsyncDisposable & { readonly folder: string; readonly project: string; readonly at: Installed }
> {
  const folder = await makeFolder();
  const { name, bytes } = npmPackage(await built());
  const file = `${folder.path}/${name}`;
  await Deno.writeFile(file, bytes);
  const project = `${folder.path}/project`;
  await Deno.mkdir(project);
  await Deno.writeTextFile(`${project}/package.json`, '{ "name": "project", "type": "commonjs" }');
  const npm: Installed = { command: ["npm"], cwd: project };
  const { code, stderr } = await runProgram(npm, ["install", ...QUIET, file]);
  assertEquals([code, stderr], [0, ""]);
  // Its own environment: what the machine has set for chatroom changes nothing here.
  const env = { HOME: folder.path, CHATROOM_CONFIG: "none" };
  const at: Installed = { command: [`${project}/node_modules/.bin/chatroom`], cwd: project, env };
  return {
    folder: folder.path,
    project,
    at,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Two people by the library, of whom one hears the other. */
const TALK = `
import { connect } from "@chatroom/chatroom/client";

const server = process.argv[2];
const [ann, bob] = [await connect({ server, name: "ann" }), await connect({ server, name: "bob" })];
await ann.say("hello from a program");
for await (const event of bob) {
  if (event.type !== "message") continue;
  console.log(\`\${event.from}: \${event.text}\`);
  break;
}
await Promise.all([ann.close(), bob.close()]);
`;

const isWindows = Deno.build.os === "windows";

Deno.test({ name: "the npm package", ignore: isWindows }, async (t) => {
  await using installed = await install();
  const { at, project, folder } = installed;

  await t.step("two people talk over TLS, and what to type is what npm has installed", async () => {
    assertEquals(await talk(at, `${project}/data`), "npx chatroom");
  });

  await t.step("a program in Node talks by its library", async () => {
    await using server = startProgram(at, ["serve", "--memory", "--port", "0"]);
    const address = await server.line((line) => / is listening on (\S+)$/.exec(line)?.[1]);
    await Deno.writeTextFile(`${project}/talk.mjs`, TALK);
    const node: Installed = { command: ["node"], cwd: project };
    const { code, stdout, stderr } = await runProgram(node, ["talk.mjs", address]);
    assertEquals([code, stdout, stderr], [0, "ann: hello from a program\n", ""]);
  });

  await t.step("Deno finds the library where npm has put it", async () => {
    await using server = startProgram(at, ["serve", "--memory", "--port", "0"]);
    const address = await server.line((line) => / is listening on (\S+)$/.exec(line)?.[1]);
    const deno: Installed = { command: [Deno.execPath(), "run", "--quiet", "-A"], cwd: project };
    const { code, stdout, stderr } = await runProgram(deno, ["talk.mjs", address]);
    assertEquals([code, stdout, stderr], [0, "ann: hello from a program\n", ""]);
  });

  const why = noMachines();
  const skipped = why === undefined ? "" : ` (skipped: ${why})`;
  await t.step({
    name: `two machines with it chat after one command each, and so on${skipped}`,
    ignore: why !== undefined,
    async fn(): Promise<void> {
      await Deno.mkdir(`${folder}/machines`);
      await chatOnTwoMachines({ command: at.command, folder: `${folder}/machines` });
    },
  });

  await t.step("it tells its version and the Deno that it is pinned to", async () => {
    const { code, stdout } = await runProgram(at, ["--version"]);
    const { version } = await built();
    assertEquals([code, stdout], [0, `chatroom ${version} (Deno 2.9.6)\n`]);
  });

  await t.step("arguments, standard input and the exit code are the program's own", async () => {
    const odd = await runProgram(at, ["connect", "--bogus x", "--", "a'b"]);
    assertEquals([odd.code, odd.stdout], [2, ""]);
    assertStringIncludes(odd.stderr, "chatroom: ");
    const version = await runProgram(at, ["--version"]);
    assertEquals([version.code, version.stderr], [0, ""]);
  });

  await t.step("it may do what the executable may, and no more", async () => {
    // What the load starts is a process, which chatroom run alone may do.
    const { code, stderr } = await runProgram(at, ["bench", "--clients", "2"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "it may not start programs");
    const nowhere = ["run", "127.0.0.1:1", "--name", "ci", "--", "sh", "-c", "echo run; exit 7"];
    const ran = await runProgram(at, nowhere);
    assertEquals([ran.code, ran.stdout], [7, "run\n"]);
  });

  await t.step("signals reach the program, which ends as it would without a launcher", async () => {
    await using server = await serveTls(at, `${project}/data`);
    server.child.kill("SIGHUP"); // reads files again, and ends nothing
    const { address, pin } = server;
    const send = ["send", "--server", address, "--tls-fingerprint", pin, "--name", "ann", "here"];
    assertEquals((await runProgram(at, send)).code, 0);
    server.child.kill("SIGINT");
    assertEquals((await within("the end", server.child.status)).code, 0);
  });

  await t.step("elsewhere than in its project, and where a shell finds it", async () => {
    const own = `${project}/node_modules/.bin/chatroom`;
    assertEquals(await joinCommand({ ...at, cwd: "/" }), own);
    // npm puts such a link into a folder of PATH for what is installed globally.
    await Deno.mkdir(`${project}/on-path`);
    await Deno.symlink(await Deno.realPath(own), `${project}/on-path/chatroom`);
    const env = { ...at.env, PATH: `${project}/on-path:${Deno.env.get("PATH")}` };
    assertEquals(await joinCommand({ command: ["chatroom"], cwd: "/", env }), "chatroom");
    // npx puts what it runs into such a folder.
    await Deno.mkdir(`${folder}/_npx`);
    await Deno.rename(project, `${folder}/_npx/1234`);
    const command = [`${folder}/_npx/1234/node_modules/.bin/chatroom`] as const;
    assertEquals(await joinCommand({ ...at, command, cwd: "/" }), "npx -y @chatroom/chatroom");
    await Deno.rename(`${folder}/_npx/1234`, project);
  });

  await t.step("without its Deno it says what to do", async () => {
    const holders = `${project}/node_modules/@deno`;
    const deno = await Array.fromAsync(Deno.readDir(holders), ({ name }) => name);
    for (const name of deno) {
      await Deno.remove(`${project}/node_modules/@deno/${name}`, { recursive: true });
    }
    const { code, stderr } = await runProgram(at, ["--version"]);
    assertEquals(code, 1);
    assertEquals(stderr.trim().split("\n").length, 1);
    assertStringIncludes(stderr, "install @chatroom/chatroom again");
  });
});

/** What a server in memory says to type to join it. */
async function joinCommand(installed: Installed): Promise<string> {
  await using server = startProgram(installed, ["serve", "--memory", "--port", "0"]);
  return await server.line((line) => /^ {2}(.*) connect /.exec(line)?.[1]);
}
