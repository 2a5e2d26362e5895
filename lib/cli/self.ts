/** The command that starts this program, for hints that name it. */

import { readEnv } from "./flags.ts";

/** What to type in a shell to run this program, without arguments. */
export function selfCommand(): string {
  const executable = Deno.execPath();
  if (Deno.build.standalone) return shellWord(isOnPath(executable) ?? nearby(executable));
  const main = Deno.mainModule;
  const module = main.startsWith("file:") ? nearby(pathOf(main)) : main;
  const runner = /[/\\]_npx[/\\]/.test(executable) ? `npx -y deno@${Deno.version.deno}` : "deno";
  return `${runner} run -A ${shellWord(module)}`;
}

/** The file's name, if the shell finds the file by that alone. */
function isOnPath(file: string): string | undefined {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const cut = file.search(/[/\\][^/\\]*$/);
  const folders = readEnv("PATH")?.split(separator) ?? [];
  return folders.includes(file.slice(0, cut)) ? file.slice(cut + 1) : undefined;
}

/** The path from the current directory, if the file is below it. */
function nearby(file: string): string {
  let here: string;
  try {
    here = Deno.cwd();
  } catch {
    return file;
  }
  if (!file.startsWith(here) || !/[/\\]/.test(file[here.length] ?? "")) return file;
  const below = file.slice(here.length + 1);
  return Deno.build.standalone ? `.${file[here.length]}${below}` : below;
}

function pathOf(url: string): string {
  const path = decodeURIComponent(new URL(url).pathname);
  return Deno.build.os === "windows" ? path.slice(1).replaceAll("/", "\\") : path;
}

function shellWord(text: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(text)) return text;
  return Deno.build.os === "windows" ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}
