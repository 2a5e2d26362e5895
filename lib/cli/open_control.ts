/** Opens the control port of a server, by which the commands on its machine reach it. */

import { ControlListener } from "../server/control.ts";
import type { SharedState } from "../server/host.ts";
import { removeControl, writeControl } from "../store/control_file.ts";
import { reasonOf } from "../wire/text.ts";
import { randomSecret } from "../wire/control.ts";

/**
 * Opens the control port of a server that has locked the data directory `dir`. If that fails, the
 * server runs without it, and the log says so.
 */
export async function openControl(
  dir: string,
  shared: Pick<SharedState, "house" | "log" | "metrics" | "links">,
): Promise<AsyncDisposable | undefined> {
  const token = randomSecret();
  try {
    await using stack = new AsyncDisposableStack();
    const listener = stack.use(new ControlListener({ shared, token }));
    writeControl(dir, { port: listener.port, token });
    stack.defer(() => removeControl(dir));
    return stack.move();
  } catch (error) {
    shared.log({
      level: "warning",
      kind: "control",
      text: "chatroom user and ban can't reach this server",
      fields: { error: reasonOf(error) },
    });
    return undefined;
  }
}
