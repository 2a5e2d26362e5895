/** `/etc/chatroom/chatroom.toml` as a package installs it: every key, each commented out. */

import type { Flag } from "../../../lib/cli/flags.ts";
import { wrapWords } from "../../../lib/cli/help.ts";
import { SERVE_FLAGS } from "../../../lib/cli/serve_flags.ts";

const COLUMNS = 78;

const HEAD = `# The configuration of the server. A line counts when the # before its key is gone;
# what stands there is the default, or in capitals what is expected.
#
#   chatroom config check           says what is wrong in this file
#   chatroom config show            shows what comes of it
#   systemctl reload chatroom       has a running server take what it can without a restart
#   systemctl restart chatroom      has it take all
#   chatroom help configuration     says more
#
# A path is seen from this folder. The service may read what everybody may read, and write
# to /var/lib/chatroom alone; chatroom help packages says how it gets secrets.
`;

/** The text of the file. */
export function configExample(): string {
  const flags = SERVE_FLAGS.filter(({ name }) => name !== "config");
  const first = flags.filter(({ rank }) => rank === "common");
  const others = flags.filter(({ rank }) => rank === undefined);
  const limits = flags.filter(({ rank }) => rank === "limit");
  return [
    HEAD,
    ...first.map(entry),
    ...others.map(entry),
    "# Limits\n",
    ...limits.map(entry),
  ].join("\n");
}

function entry(flag: Flag): string {
  const preset = flag.default === undefined || isLiteral(flag) ? "" : ` (default ${flag.default})`;
  const about = wrapWords(`# ${flag.summary}${preset}`, COLUMNS)
    .map((line) => line.startsWith("#") ? line : `# ${line}`);
  return `${about.join("\n")}\n#${flag.name} = ${valueText(flag)}\n`;
}

function isLiteral({ default: preset = "" }: Flag): boolean {
  return /^[\w.:/[\]-]+$/.test(preset);
}

function valueText(flag: Flag): string {
  const { value, default: preset, many, choices } = flag;
  if (value === undefined) return "false";
  const text = preset !== undefined && isLiteral(flag) ? preset : choices?.[0] ?? value;
  if (/^\d+$/.test(text)) return text;
  return many ? `[${JSON.stringify(text)}]` : JSON.stringify(text);
}
