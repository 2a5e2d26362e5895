/** Where a server looks for its configuration file when it is told of none. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { configPath, USUAL_CONFIG } from "../lib/cli/config_flag.ts";
import { UsageError } from "../lib/cli/flags.ts";

const ignore = Deno.build.os === "windows";
const UNIX_ONLY = ignore ? " (skipped: there is no usual place on Windows)" : "";

/** The file for this flag, if it is given, whatever the environment of the test names. */
function asked(config: string | undefined, usual: string): string | undefined {
  return configPath({ get: () => config }, usual);
}

Deno.test({
  name: `the file is that of --config, or that in the usual place if it is there${UNIX_ONLY}`,
  ignore,
  fn: () => {
    const here = import.meta.filename ?? "";
    assertEquals(asked(undefined, here), here);
    assertEquals(asked(undefined, `${here}.not`), undefined);
    assertEquals(asked(undefined, `${here}/not`), undefined, "its folder is none");
    assertEquals(asked("none", here), undefined);
    assertEquals(asked("/x.toml", here), "/x.toml");
    assertEquals(USUAL_CONFIG, "/etc/chatroom/chatroom.toml");
  },
});

Deno.test({
  name: `a file in the usual place that can't be looked at is no missing file${UNIX_ONLY}`,
  ignore,
  fn: () => {
    const stat = Deno.statSync;
    Deno.statSync = () => {
      throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    };
    try {
      const { message } = assertThrows(() => asked(undefined, "/etc/x.toml"), UsageError);
      assertStringIncludes(message, "/etc/x.toml can't be read: Permission denied");
      assertStringIncludes(message, "--config none goes without");
    } finally {
      Deno.statSync = stat;
    }
  },
});
