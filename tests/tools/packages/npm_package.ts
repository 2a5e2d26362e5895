/** The npm package: the bundle, a launcher in Node, and Deno as the dependency that brings the runtime. */

import { tarGz, textFile } from "./archive.ts";
import { type Build, LAUNCH, licenceFiles, RUNTIME, template } from "./build.ts";

/** What `npm publish` takes, and its name. */
export function npmPackage(build: Build): { name: string; bytes: Uint8Array<ArrayBuffer> } {
  const manifest = template("package.template.json", { VERSION: build.version, DENO: RUNTIME });
  const files = [
    ...build.app,
    ...licenceFiles(build),
    textFile("package.json", manifest),
    textFile("launch.json", `${JSON.stringify({ flags: LAUNCH }, null, 2)}\n`),
    textFile("bin/chatroom.js", template("npm_launcher.js"), true),
    textFile("README.md", template("NPM.md")),
  ];
  const packed = files.map((file) => ({ ...file, path: `package/${file.path}` }));
  return { name: `chatroom-${build.version}-npm.tgz`, bytes: tarGz(packed, build.time) };
}
