/** Requests of a link for files, of which one has many answers. */

import { assertEquals } from "@std/assert";
import { Requests } from "../lib/client/requests.ts";

Deno.test("a file that is asked for again right after it was cancelled is not over with that", async () => {
  const requests = new Requests(() => {});
  const settled: string[] = [];
  const ask = (id: string, request: Parameters<Requests["named"]>[0]): void => {
    requests.answerTo(requests.named({ ...request, id }))
      .then(
        ({ type }) => settled.push(`${id} ${type}`),
        ({ code }) => settled.push(`${id} ${code}`),
      );
  };
  ask("a", { type: "get", file: "f", offset: 0, credit: 9 });
  ask("b", { type: "cancel", file: "f" });
  ask("c", { type: "get", file: "f", offset: 0, credit: 9 });
  requests.answer({ type: "cancelled", id: "b", file: "f" });
  await Promise.resolve();
  assertEquals(settled.sort(), ["a cancelled", "b cancelled"]);
  // So whoever waits for it learns that no more comes.
  requests.lose();
  await Promise.resolve();
  assertEquals(settled.at(-1), "c offline");
});
