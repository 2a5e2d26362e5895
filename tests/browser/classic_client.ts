/** Somebody with a script of the kind that chatroom began with, in Python where there is one. */

import { classicFrame, RawPeer } from "../helpers.ts";

/** Somebody with a script of the kind that chatroom began with. */
export interface Script {
  say(text: string): Promise<void>;
  /** Everything until this text has come. */
  heard(last: string): Promise<string[]>;
  end(): Promise<void>;
}

/** `classic_client.py`; where there is no Python, the same bytes from here. */
export function classicClient(port: number, name = "python"): Script {
  const path = new URL("classic_client.py", import.meta.url).pathname;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("python3", {
      args: [path, String(port), name],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
  } catch {
    return classicPeer(port, name);
  }
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    say: (line) => writer.write(new TextEncoder().encode(`${line}\n`)),
    async heard(last): Promise<string[]> {
      while (!text.includes(`${last}\n`)) text += (await lines.read()).value ?? "";
      return text.trimEnd().split("\n");
    },
    async end(): Promise<void> {
      await writer.close();
      await lines.cancel();
      await child.status;
    },
  };
}

function classicPeer(port: number, name: string): Script {
  const addr = { transport: "tcp", hostname: "127.0.0.1", port } as const;
  const opened = RawPeer.connect({ addr }).then(async (peer) => {
    await peer.send(classicFrame(name));
    return peer;
  });
  return {
    say: async (line) => (await opened).send(classicFrame(line)),
    async heard(last): Promise<string[]> {
      const lines: string[] = [];
      while (!lines.at(-1)?.endsWith(last)) {
        lines.push((await (await opened).takePair()).join(": "));
      }
      return lines;
    },
    end: async () => (await opened)[Symbol.dispose](),
  };
}
