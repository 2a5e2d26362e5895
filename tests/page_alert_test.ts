/** Notifications of the system that the page shows. */

import { assertEquals } from "@std/assert";
import { alertTo, closeAlert } from "../lib/web/page/alert.js";

Deno.test("what a notification shows of a message goes when that is removed, and no other does", () => {
  const closed: string[] = [];
  class Shown {
    readonly #body: string;
    constructor(_title: string, { body }: { readonly body: string }) {
      this.#body = body;
    }
    close(): void {
      closed.push(this.#body);
    }
  }
  const { Notification: before } = globalThis as { readonly Notification?: unknown };
  Object.assign(globalThis, { Notification: Shown });
  try {
    const [den, dev] = ["den", "dev"].map((key) => ({ kind: "room", key, name: key } as never));
    const shows = (place: never, seq: number, text: string): void =>
      alertTo({ place, seq, from: "ann", text }, () => {});
    shows(den as never, 1, "one");
    shows(den as never, 2, "two");
    shows(dev as never, 2, "three");
    // The first is not on the screen any more: the second has its place.
    closeAlert(den as never, 1);
    assertEquals(closed, []);
    closeAlert(den as never, 2);
    assertEquals(closed, ["two"]);
    closeAlert(den as never, 2);
    assertEquals(closed, ["two"]);
  } finally {
    Object.assign(globalThis, { Notification: before });
  }
});
