/** The Debian package: what is in it, and a talk where dpkg has installed it, as a user without rights. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { succeeds } from "../fixtures/tools.ts";
import { type Architecture, debPackage } from "../tools/packages/deb_package.ts";
import { noMachines } from "../fixtures/lan_machines.ts";
import { chatOnTwoMachines } from "./two_machines.ts";
import { built, type Installed, makeFolder, optionalTest, runProgram, talk } from "./installed.ts";

const ARCHITECTURE: Architecture = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
const NOBODY = 65534;

const noDebian = Deno.build.os === "linux" && succeeds("dpkg-deb", ["--version"])
  ? undefined
  : "there is no dpkg-deb here";
const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
/** Why nothing can be installed as dpkg installs it, over a copy of this system that nobody else sees. */
const noRoot = noDebian ?? (isRoot && succeeds("unshare", [
    ...["--mount", "sh", "-c"],
    'd=$(mktemp -d) && mount -t tmpfs t "$d" && mkdir "$d/u" "$d/w" "$d/m" && ' +
    'mount -t overlay o -o "lowerdir=/,upperdir=$d/u,workdir=$d/w" "$d/m"; ' +
    'code=$?; umount "$d/m" "$d"; rmdir "$d"; exit $code',
  ])
  ? undefined
  : "only root may, and only where it may mount");

function systemTool(name: string, ...probe: string[]): string | undefined {
  return noDebian ??
    (succeeds(name, probe.length === 0 ? ["--version"] : probe)
      ? undefined
      : `there is no ${name} here`);
}

let making: Promise<string> | undefined;
const folder = await makeFolder();
globalThis.addEventListener("unload", () => Deno.removeSync(folder.path, { recursive: true }));

/** The package for this machine, made once. */
function debFile(): Promise<string> {
  return making ??= (async () => {
    const file = `${folder.path}/chatroom.deb`;
    await debPackage(await built(), ARCHITECTURE, file, "fast");
    const tree = `${folder.path}/tree`;
    await said("dpkg-deb", "--extract", file, tree);
    await said("dpkg-deb", "--control", file, `${tree}/DEBIAN`);
    return file;
  })();
}

/** Runs a program that has to end well; resolves with what it printed. */
async function said(program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram({ command: [program] }, args);
  assertEquals(code, 0, `${program} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout + stderr;
}

optionalTest(noDebian, "the Debian package has what belongs into one, in its places", async () => {
  const file = await debFile();
  const field = (name: string): Promise<string> => said("dpkg-deb", "--field", file, name);
  assertEquals((await field("Package")).trim(), "chatroom");
  assertEquals((await field("Version")).trim(), (await built()).version);
  assertEquals((await field("Architecture")).trim(), ARCHITECTURE);
  const listing = await said("dpkg-deb", "--contents", file);
  for (const line of listing.trim().split("\n")) {
    assert(/^(?:d|-)rwxr-xr-x root\/root|^-rw-r--r-- root\/root/.test(line), line);
  }
  const paths = [...listing.matchAll(/ \.(\/\S*)$/gm)].map(([, path]) => path);
  for (
    const path of [
      ...["/etc/chatroom/chatroom.toml", "/usr/bin/chatroom", "/usr/lib/chatroom/deno"],
      ...["/usr/lib/chatroom/app/main.js", "/usr/lib/systemd/system/chatroom.service"],
      ...["/usr/share/man/man1/chatroom.1.gz", "/usr/share/doc/chatroom/copyright"],
      ...["/usr/share/doc/chatroom/THIRD_PARTY.txt.gz", "/usr/share/doc/chatroom/changelog.gz"],
      "/usr/share/bash-completion/completions/chatroom",
      "/usr/share/zsh/vendor-completions/_chatroom",
      "/usr/share/fish/vendor_completions.d/chatroom.fish",
    ]
  ) assert(paths.includes(path), path);
  const tree = `${folder.path}/tree`;
  const conffiles = await Deno.readTextFile(`${tree}/DEBIAN/conffiles`);
  assertEquals(conffiles, "/etc/chatroom/chatroom.toml\n");
  const sums = await runProgram({ command: ["md5sum"], cwd: tree }, [
    ...["--check", "--quiet", "DEBIAN/md5sums"],
  ]);
  assertEquals([sums.code, sums.stdout], [0, ""]);
});

optionalTest(
  noDebian,
  "the Debian package is the same to the byte when it is made again",
  async () => {
    const again = `${folder.path}/again.deb`;
    await debPackage(await built(), ARCHITECTURE, again, "fast");
    const [one, two] = [await Deno.readFile(await debFile()), await Deno.readFile(again)];
    assertEquals(one.length, two.length);
    assert(one.every((byte, at) => byte === two[at]));
  },
);

/** The system with the package installed, in a namespace that ends with it. */
interface Root extends AsyncDisposable {
  /** How a command of it is run by nobody, who can't come by more rights. */
  readonly asNobody: readonly [string, ...string[]];
  readonly asRoot: readonly [string, ...string[]];
  /** A folder that is the same inside and outside, and nobody's. */
  readonly shared: string;
}

async function installed(): Promise<Root> {
  const place = await makeFolder();
  const [root, shared] = [`${place.path}/root`, `${place.path}/shared`];
  await Deno.mkdir(root);
  await Deno.mkdir(shared);
  await Deno.chown(shared, NOBODY, NOBODY);
  const script = `set -e
    mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$1/all"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/all"
    for each in proc dev sys; do mount --rbind /$each "$1/all/$each"; done
    mkdir -p "$1/all$2" && mount --bind "$2" "$1/all$2"
    mkdir -p "$1/all$4" && mount --bind "$4" "$1/all$4"
    chroot "$1/all" dpkg --install "$3" >&2
    echo ready
    exec cat`;
  const deb = await debFile();
  const holder = new Deno.Command("unshare", {
    args: ["--mount", "--", "sh", "-c", script, "sh", root, shared, deb, folder.path],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const told = new Response(holder.stderr).text();
  const lines = holder.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.value !== "ready") throw new Error(`dpkg did not install it: ${await told}`);
  const enter = ["--mount", "--target", String(holder.pid), "--"];
  const chroot = ["chroot", `--userspec=${NOBODY}:${NOBODY}`, `${root}/all`];
  return {
    asRoot: ["nsenter", ...enter, "chroot", `${root}/all`],
    asNobody: ["nsenter", ...enter, "setpriv", "--no-new-privs", "--clear-groups", ...chroot],
    shared,
    async [Symbol.asyncDispose](): Promise<void> {
      await holder.stdin.close();
      await lines.next();
      await holder.status;
      await told;
      await place[Symbol.asyncDispose]();
    },
  };
}

optionalTest(
  noRoot ?? noMachines(),
  "two machines with the Debian package chat after one command each, and all that is promised beside that holds",
  async () => {
    await using root = await installed();
    const folder = `${root.shared}/machines`;
    await Deno.mkdir(folder);
    await chatOnTwoMachines({ command: [...root.asRoot, "/usr/bin/chatroom"], folder });
  },
);

optionalTest(
  noRoot,
  "dpkg installs it, nobody talks over TLS by it, and dpkg removes it",
  async () => {
    await using root = await installed();
    const env = { HOME: "/nonexistent" };
    const command = [...root.asNobody, "/usr/bin/chatroom"] as const;
    const at: Installed = { command, env, cwd: "/" };
    assertEquals(await talk(at, `${root.shared}/data`), "chatroom");
    const shown = await runProgram(at, ["config", "check"]);
    assertEquals(
      [shown.code, shown.stderr],
      [0, ""],
      "the file that is installed is read, and right",
    );
    const inside = (...args: string[]): Promise<string> => said(...root.asRoot, ...args);
    assertEquals(await inside("dpkg", "--verify", "chatroom"), "");
    await inside("dpkg", "--remove", "chatroom");
    await inside("test", "-e", "/etc/chatroom/chatroom.toml");
    await inside("dpkg", "--purge", "chatroom");
    await inside("sh", "-c", "! test -e /etc/chatroom && ! test -e /usr/lib/chatroom");
  },
);

optionalTest(
  noRoot === undefined ? "dpkg installs it, which is another test" : noDebian,
  "what is in it talks over TLS where it was unpacked",
  async () => {
    await debFile();
    const tree = `${folder.path}/tree`;
    const own = `${folder.path}/chatroom`;
    const launcher = await Deno.readTextFile(`${tree}/usr/bin/chatroom`);
    await Deno.writeTextFile(own, launcher.replaceAll("/usr/lib/", `${tree}/usr/lib/`));
    await Deno.chmod(own, 0o755);
    const command = ["setpriv", "--no-new-privs", own] as const;
    await Deno.mkdir(`${folder.path}/unpacked`);
    const at: Installed = { command, env: { CHATROOM_CONFIG: "none" } };
    assertEquals(await talk(at, `${folder.path}/unpacked/data`), "chatroom");
  },
);

optionalTest(
  systemTool("mandoc", "-h"),
  "mandoc finds nothing in the manual page",
  async () => {
    const page = `${folder.path}/chatroom.1`;
    await Deno.writeTextFile(page, (await built()).manPage);
    const { stdout } = await runProgram({ command: ["mandoc"] }, ["-Tlint", "-Wstyle", page]);
    // Which pages there are besides depends on the machine.
    const found = stdout.split("\n").filter((line) =>
      !/^$|\.db|referenced manual not found/.test(line)
    );
    assertEquals(found, []);
  },
);

optionalTest(systemTool("man"), "man shows the manual page, with every subcommand", async () => {
  await debFile();
  const page = `${folder.path}/tree/usr/share/man/man1/chatroom.1.gz`;
  const env = { MANWIDTH: "100", LC_ALL: "C.UTF-8", MAN_KEEP_FORMATTING: "" };
  const { code, stdout, stderr } = await runProgram({ command: ["man"], env }, [
    ...["--warnings", "--local-file", page],
  ]);
  assertEquals([code, stderr], [0, ""]);
  for (const words of ["chatroom serve", "chatroom completions", "--max-payload", "EXIT STATUS"]) {
    assertStringIncludes(stdout, words);
  }
});

const noSystemd = systemTool("systemd-analyze");

optionalTest(
  noSystemd,
  "systemd takes the unit, and finds that little of the system is open to it",
  async () => {
    await debFile();
    const tree = `${folder.path}/tree`;
    const unit = `${tree}/usr/lib/systemd/system/chatroom.service`;
    // It looks for the command, which is not installed here.
    const text = (await Deno.readTextFile(unit)).replaceAll("/usr/bin/chatroom", "/bin/true");
    const own = `${folder.path}/chatroom.service`;
    await Deno.writeTextFile(own, text.replace(/^Documentation=.*\n/m, ""));
    const verified = await said("systemd-analyze", "verify", "--recursive-errors=no", own);
    assertEquals(verified, "");
    const judged = await said(
      "systemd-analyze",
      "security",
      "--offline=yes",
      "--threshold=20",
      own,
    );
    assertStringIncludes(judged, "Overall exposure level for chatroom.service: 1.");
  },
);

const noTrace = noRoot ?? noSystemd ?? systemTool("strace", "-f", "true");

/** What the runtime goes on without, when it is told that it may not. */
const HARMLESS: readonly string[] = ["pkey_alloc"];

optionalTest(noTrace, "a talk asks the kernel for nothing that the unit forbids", async () => {
  await using root = await installed();
  const forbidden = await Promise.all(["@privileged", "@resources"].map(callsOf));
  const allowed = (await callsOf("@system-service")).filter((call) =>
    !forbidden.flat().includes(call) && call !== "execve"
  );
  // What is allowed is left alone, which keeps the server fast; a "?" before a name that this kernel lacks.
  const filter = `trace=!${allowed.map((call) => `?${call}`).join(",")}`;
  const trace = `${root.shared}/trace`;
  const command: Installed["command"] = [...root.asNobody, "/usr/bin/chatroom"];
  const env = { HOME: "/nonexistent" };
  // -D: it is the server that has the number of the process, to which signals go.
  const strace = ["-D", "-f", "--seccomp-bpf", "-qq", "-e", "signal=none", "-e", filter];
  const traced: Installed = { command: ["strace", ...strace, "-o", trace, ...command], env };
  await talk({ command, env }, `${root.shared}/data`, traced);
  const calls = await Deno.readTextFile(trace);
  assertStringIncludes(calls, 'execve("/usr/lib/chatroom/deno"');
  const ofServer = calls.slice(calls.indexOf('execve("/usr/lib/chatroom/deno"'));
  const asked = new Set([...ofServer.matchAll(/^\d+ +(\w+)\(/gm)].map(([, name = ""]) => name));
  asked.delete("execve");
  assertEquals([...asked].filter((call) => !HARMLESS.includes(call)).sort(), []);
});

/** The system calls of a set of systemd. */
async function callsOf(set: string): Promise<string[]> {
  const lines = (await said("systemd-analyze", "syscall-filter", "--no-pager", set)).split("\n");
  const names = lines.map((line) => line.trim()).filter((line) => /^@?[\w-]+$/.test(line));
  const below = await Promise.all(
    names.filter((name) => name.startsWith("@") && name !== set).map(callsOf),
  );
  return [...names.filter((name) => !name.startsWith("@")), ...below.flat()];
}

const noLintian = systemTool("lintian");

optionalTest(noLintian, "lintian finds no error in the package", async () => {
  const file = await debFile();
  const { stdout } = await runProgram({ command: ["lintian"] }, [
    ...["--no-cfg", "--allow-root", "--fail-on=none", "--tag-display-limit=0", file],
  ]);
  const errors = stdout.split("\n").filter((line) => line.startsWith("E: "));
  assertEquals(errors, []);
});
