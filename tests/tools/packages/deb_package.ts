/** The Debian package: Deno and the bundle in `/usr/lib/chatroom`, a command, a service, a manual page. */

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import runtimes from "../../../lib/cli/packaging/runtimes.json" with { type: "json" };
import { type Packed, textFile } from "./archive.ts";
import { type Build, LAUNCH, output, RUNTIME, template } from "./build.ts";
import { configExample } from "./config_example.ts";

/** What Debian calls the kinds of machines for which there is a package. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
export type Architecture = typeof ARCHITECTURES[number];

/** How well it is packed: what everybody downloads, or what a test makes in seconds. */
export type Packing = "small" | "fast";

const PACKED: Readonly<Record<Packing, readonly string[]>> = {
  small: ["-Zxz", "-z6"],
  fast: ["-Zgzip", "-z1"],
};

/** Where each shell looks for completions. */
const COMPLETIONS: Readonly<Record<string, string>> = {
  bash: "usr/share/bash-completion/completions/chatroom",
  zsh: "usr/share/zsh/vendor-completions/_chatroom",
  fish: "usr/share/fish/vendor_completions.d/chatroom.fish",
};

const DOC = "usr/share/doc/chatroom";

/** Makes `file`, with the runtime of that architecture from npm. Throws if a program for that is not there. */
export async function debPackage(
  build: Build,
  architecture: Architecture,
  file: string,
  packing: Packing = "small",
): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "chatroom-deb-" });
  try {
    const deno = await fetchDeno(architecture, work);
    const tree = `${work}/tree`;
    const files = contents(build);
    await put(tree, files);
    await Deno.mkdir(`${tree}/usr/lib/chatroom`, { recursive: true });
    await Deno.rename(deno, `${tree}/usr/lib/chatroom/deno`);
    await Deno.chmod(`${tree}/usr/lib/chatroom/deno`, 0o755);
    await put(`${tree}/DEBIAN`, await controlFiles(build, architecture, tree, files));
    await settle(tree, build.time);
    // It takes the times of all files from here, at the latest.
    const env = { SOURCE_DATE_EPOCH: String(build.time), LC_ALL: "C.UTF-8" };
    const { success, stderr } = await new Deno.Command("dpkg-deb", {
      args: ["--root-owner-group", ...PACKED[packing], "--build", tree, file],
      env,
      stdin: "null",
    }).output();
    if (!success) throw new Error(`dpkg-deb: ${new TextDecoder().decode(stderr).trim()}`);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The executable of Deno, out of its package of npm, which has to be the one that is expected. */
async function fetchDeno(architecture: Architecture, work: string): Promise<string> {
  const { package: name, integrity } = runtimes.debian[architecture];
  const folder = new URL(`file://${work}/`);
  const npm = ["pack", "--silent", "--pack-destination", work, `${name}@${RUNTIME}`];
  const packed = `${work}/${(await output("npm", npm, folder)).trim().split("\n").at(-1)}`;
  const hash = await crypto.subtle.digest("SHA-512", await Deno.readFile(packed));
  const has = `sha512-${new Uint8Array(hash).toBase64()}`;
  if (has !== integrity) {
    throw new Error(`${name}@${RUNTIME} has the integrity ${has}; ${integrity} is expected`);
  }
  await output("tar", ["-xzf", packed, "-C", work, "package/deno"], folder);
  await Deno.remove(packed);
  return `${work}/package/deno`;
}

function contents(build: Build): Packed[] {
  const flags = LAUNCH.map((flag) => `'${flag}'`).join(" ");
  const packed = (text: string): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(gzipSync(new TextEncoder().encode(text), { level: 9 }));
    bytes[9] = 255; // made on an unknown system, wherever it was
    return bytes;
  };
  const changes = `chatroom (${build.version}) unstable; urgency=medium\n\n  * Release ` +
    `${build.version}.\n\n -- ${maintainer()}  ${mailDate(build.time)}\n`;
  return [
    ...build.app.map((file) => ({ ...file, path: `usr/lib/chatroom/${file.path}` })),
    textFile("usr/bin/chatroom", template("deb_launcher.sh", { FLAGS: flags }), true),
    textFile("usr/lib/systemd/system/chatroom.service", template("chatroom.service")),
    textFile("etc/chatroom/chatroom.toml", configExample()),
    { path: "usr/share/man/man1/chatroom.1.gz", bytes: packed(build.manPage) },
    ...[...build.completions].map(([shell, text]) => textFile(COMPLETIONS[shell] ?? shell, text)),
    textFile("usr/share/lintian/overrides/chatroom", template("lintian-overrides")),
    textFile(`${DOC}/copyright`, template("copyright", { LICENCE: indented(build.licence) })),
    { path: `${DOC}/THIRD_PARTY.txt.gz`, bytes: packed(build.thirdParty) },
    { path: `${DOC}/changelog.gz`, bytes: packed(changes) },
  ];
}

/** Whom to write to about the package: `$DEBFULLNAME` and `$DEBEMAIL`, as for any tool of Debian. */
function maintainer(): string {
  const name = Deno.env.get("DEBFULLNAME") || "the chatroom authors";
  return `${name} <${Deno.env.get("DEBEMAIL") || "nobody@chatroom.example"}>`;
}

/** As the header `Date` of a mail. */
function mailDate(time: number): string {
  return new Date(time * 1000).toUTCString().replace("GMT", "+0000");
}

/** A text as it stands in a paragraph of the copyright file. */
function indented(text: string): string {
  return text.trimEnd().split("\n").map((line) => line.trim() === "" ? " ." : ` ${line}`).join(
    "\n",
  );
}

async function controlFiles(
  build: Build,
  architecture: Architecture,
  tree: string,
  files: readonly Packed[],
): Promise<Packed[]> {
  const { size } = await Deno.stat(`${tree}/usr/lib/chatroom/deno`);
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, size);
  const control = template("control", {
    ...{ VERSION: build.version, ARCHITECTURE: architecture },
    MAINTAINER: maintainer(),
    SIZE: String(Math.ceil(bytes / 1024)),
  });
  const paths = [...files.map(({ path }) => path), "usr/lib/chatroom/deno"];
  const sums = await Promise.all(
    paths.filter((path) => !path.startsWith("etc/")).sort().map(async (path) =>
      `${md5(await Deno.readFile(`${tree}/${path}`))}  ${path}\n`
    ),
  );
  return [
    textFile("control", control),
    textFile("conffiles", "/etc/chatroom/chatroom.toml\n"),
    textFile("md5sums", sums.join("")),
    ...["postinst", "prerm", "postrm"].map((name) => textFile(name, template(name), true)),
  ];
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** Writes files below a folder, for everybody to read whatever this process's mask is. */
async function put(folder: string, files: readonly Packed[]): Promise<void> {
  for (const { path, bytes, isProgram } of files) {
    const file = `${folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(file, bytes);
    await Deno.chmod(file, isProgram === true ? 0o755 : 0o644);
  }
}

/** Gives all below a folder one time, and its folders one mode. */
async function settle(folder: string, time: number): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await settle(path, time);
    else await Deno.utime(path, time, time);
  }
  await Deno.chmod(folder, 0o755);
  await Deno.utime(folder, time, time);
}
