/** The answer to one command: lines, which a label holds together. */

import { utf8Length } from "../wire/text.ts";
import type { Held, IrcClient, Refused } from "./client.ts";
import type { IrcRequest } from "./lines/parse.ts";
import type { IrcLine } from "./lines/write.ts";

/** Bytes of a label; a longer one is none. */
export const MOST_LABEL = 64;

/** The label under which a client wants to have the answer to a command. */
export function labelIn(
  { caps }: IrcClient,
  { tags }: Pick<IrcRequest, "tags">,
): string | undefined {
  const label = caps.has("labeled-response") ? tags.get("label") ?? "" : "";
  return label === "" || utf8Length(label) > MOST_LABEL ? undefined : label;
}

/** Collects what answers a command. Without a label each line goes out as it is added. */
export class Reply implements Held {
  readonly client: IrcClient;
  #label: string | undefined;
  readonly #lines: IrcLine[] = [];
  #holds = 1;

  constructor(client: IrcClient, label: string | undefined) {
    this.client = client;
    this.#label = label;
  }

  /** Adds a line. */
  add(line: IrcLine): void {
    if (this.#label === undefined) this.client.write(line);
    else this.#lines.push(line);
  }

  /** Adds a line of the server's with a number, for this client. */
  numeric(code: string, ...params: readonly string[]): void {
    const { client } = this;
    this.add({ source: client.server.name, command: code, params: [client.shownNick, ...params] });
  }

  /** Says something to the client in the server's name. */
  note(text: string): void {
    const { client } = this;
    this.add({ source: client.server.name, command: "NOTICE", params: [client.shownNick, text] });
  }

  /**
   * Refuses in the form of standard replies; a client that knows neither them nor a command that is specified with
   * them is told in words.
   */
  fail(command: string, code: string, text: string, ...context: readonly string[]): void {
    const { client } = this;
    const knows = client.caps.has("standard-replies") || WITH_FAIL.has(command);
    if (!knows) return this.note(`${command}: ${text}`);
    const params = [command, code, ...context, text];
    this.add({ source: client.server.name, command: "FAIL", params });
  }

  /** Tells of a refusal of the house that no number stands for. */
  refuse(command: string, { code, message }: Refused, ...context: readonly string[]): void {
    this.fail(command, code.toUpperCase().replaceAll("-", "_"), `${message}.`, ...context);
  }

  /** Nothing answers this under its label: another answer has it. */
  forget(): void {
    this.#label = undefined;
  }

  hold(): void {
    this.#holds++;
  }

  /** Nothing more comes of this part. When that holds for all parts, the answer goes out. */
  release(): void {
    if (--this.#holds > 0 || this.#label === undefined) return;
    for (const line of labelled(this.client, this.#lines, this.#label)) this.client.write(line);
  }
}

/** Commands of which the specifications say which FAIL they answer: who sends one understands that. */
const WITH_FAIL: ReadonlySet<string> = new Set([
  ...["BATCH", "CHATHISTORY", "MARKREAD", "REDACT", "REGISTER", "SETNAME", "TAGMSG", "VERIFY"],
]);

/** The lines under a label: none is acknowledged, one has it, more are a batch that has it. */
function labelled(client: IrcClient, lines: readonly IrcLine[], label: string): readonly IrcLine[] {
  const source = client.server.name;
  const tag = ["label", label] as const;
  const [first] = lines;
  if (first === undefined) return [{ tags: [tag], source, command: "ACK" }];
  if (lines.length === 1 || isBatch(lines)) {
    return [{ ...first, tags: [tag, ...first.tags ?? []] }, ...lines.slice(1)];
  }
  const ref = client.nextBatch();
  return [
    { tags: [tag], source, command: "BATCH", params: [`+${ref}`, "labeled-response"] },
    ...lines.map((line) => {
      const tags = [...line.tags ?? []];
      return tags.some(([key]) => key === "batch")
        ? line
        : { ...line, tags: [["batch", ref] as const, ...tags] };
    }),
    { source, command: "BATCH", params: [`-${ref}`] },
  ];
}

/** Whether the lines are one batch already, from its beginning to its end. */
function isBatch(lines: readonly IrcLine[]): boolean {
  const [first, last] = [lines[0], lines.at(-1)];
  const ref = first?.command === "BATCH" ? first.params?.[0] ?? "" : "";
  return ref.startsWith("+") && last?.command === "BATCH" &&
    last.params?.[0] === `-${ref.slice(1)}`;
}
