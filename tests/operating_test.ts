/** Whoever runs a server finds in OPERATING.md what each warning of its log means. */

import { assert, assertEquals } from "@std/assert";
import { tableOf } from "./docs.ts";
import { logTexts, textsBehind } from "./log_texts.ts";

const HEADING = "What the log warns of";
const STOPS = "What stops a node, or keeps it from starting";

/** Where the sentences come from that stop a node, or that it does not start for. */
const REASONS: readonly (readonly [path: string, way: RegExp])[] = [
  ...["cluster_log", "last_of", "node_data", "own_stream", "replica"].map((name) =>
    [
      `cluster/${name}.ts`,
      /new CannotGoOn\(\s*|#stop\(\s*|\btakeFromPeer\(\s*options,\s*/g,
    ] as const
  ),
  ["cluster/cluster_log_options.ts", /\breturn (?=`)/g],
  ["cluster/nats_link.ts", /\breturn (?=`The NATS)|\? (?=`The NATS)|: (?=`None of the)/g],
  [
    "cluster/nats_admin.ts",
    /new ClusterProblem\(\s*/g,
  ],
  ["cluster/nats_api.ts", /\breturn (?=["`](?:The|These|JetStream|There))/g],
  ["cluster/nats_place.ts", /new TypeError\(\s*(?=`nats)/g],
  ["cluster/stream_flaw.ts", /\breturn (?=`)/g],
  ["cluster/batch.ts", /\breturn (?=`of level)/g],
  ["cli/open_cluster.ts", /\? (?=`There is no log)/g],
  ["store/applied_notes.ts", /new StoreError\(\s*/g],
];
const { texts, unknown } = logTexts();

Deno.test("every way to log a warning is one whose text is found", () => {
  assertEquals(unknown, [], "tests/log_texts.ts has to learn how these are logged");
  assert(texts.length > 12);
});

Deno.test("every warning and error of the log has a row that says what to do", () => {
  const cells = tableOf(HEADING).map(([cell = ""]) => cell);
  const missing = texts.filter(({ text }) => !cells.some((cell) => cell.includes(text)));
  assertEquals(missing, [], `lib/server/OPERATING.md, "${HEADING}", needs a row for each of these`);
});

Deno.test("the table of kinds has those of the code, and no others", async () => {
  const kinds = new Set<string>();
  for (const folder of ["server", "cli", "web"]) {
    const url = new URL(`../lib/${folder}/`, import.meta.url);
    for await (const { name } of Deno.readDir(url)) {
      if (!name.endsWith(".ts")) continue;
      const code = await Deno.readTextFile(new URL(name, url));
      const patterns = [
        /\bkind: "([a-z-]+)",\s+(?:text|count)\b/g,
        /#tell\([^(]*?"([a-z-]+)", "[A-Z]/g,
        /`((?:left|refused)-)\$\{reason\}/g,
      ];
      for (const pattern of patterns) {
        for (const [, kind = ""] of code.matchAll(pattern)) kinds.add(kind.replace(/-$/, "-…"));
      }
    }
  }
  const shown = tableOf("Kinds of lines").map(([kind = ""]) => kind.replaceAll("`", ""));
  assertEquals(shown, [...kinds].sort());
});

Deno.test("every row is of a warning that there is", () => {
  const stale = tableOf(HEADING).map(([cell = ""]) => cell)
    .filter((cell) => !texts.some(({ text }) => cell.includes(text)));
  assertEquals(stale, []);
});

Deno.test("what stops a node, or keeps it from starting, has a row that says what to do", () => {
  const reasons = REASONS.flatMap(([path, way]) => {
    const found = textsBehind(path, way);
    assert(found.length > 0, `${path} has none any more`);
    // How it begins tells one from another; what to do is said there, and at more length in the table.
    return found.map(({ text, where }) => ({
      text: text.slice(0, 60).split(/[;:]/)[0] ?? "",
      where,
    }));
  });
  const cells = tableOf(STOPS).map(([cell = ""]) => cell);
  const missing = reasons.filter(({ text }) => !cells.some((cell) => cell.includes(text)));
  assertEquals(missing, [], `lib/server/OPERATING.md, "${STOPS}", needs a row for each of these`);
  const stale = cells.filter((cell) => !reasons.some(({ text }) => cell.includes(text)));
  assertEquals(stale, []);
});
