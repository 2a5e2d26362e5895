/** Where a page goes when its node is lost: to where it is from, and to others that its server has told of. */

import { assertEquals } from "@std/assert";
import { isOther, openWay, waysIn } from "../lib/web/page/ways.js";

/** Does `work` while a WebSocket is nothing but its address. */
function withoutNet<T>(work: () => T, forbidden = ""): T {
  const real = globalThis.WebSocket;
  class Socket {
    readonly url: string;

    constructor(url: string) {
      if (url === forbidden) throw new DOMException("no way", "SecurityError");
      this.url = url;
    }
  }
  globalThis.WebSocket = Socket as unknown as typeof WebSocket;
  try {
    return work();
  } finally {
    globalThis.WebSocket = real;
  }
}

const HOME = new URL("wss://n1/ws");
const N2 = "wss://n2/ws";
const N3 = "wss://n3/ws";

Deno.test("a page whose node is lost goes to where it is from, to each other node once, and round again", () => {
  withoutNet(() => {
    const first = ["wss://n1/ws", N2, N3];
    const gone = Array.from({ length: 6 }, () => openWay(HOME, first).url);
    assertEquals([gone[0], gone[3]], [HOME.href, HOME.href]);
    assertEquals(new Set(gone.slice(1, 3)), new Set([N2, N3]));
    // It was let in where it is now, and that node is lost, too.
    const now = gone[5];
    const then = ["wss://n1/ws", N2, N3];
    const again = Array.from({ length: 2 }, () => openWay(HOME, then).url);
    assertEquals(again[0], HOME.href);
    assertEquals([N2, N3].includes(again[1] ?? ""), true);
    assertEquals(again[1] === now, false);
    // Who only comes in anew stays where it is.
    assertEquals(openWay(HOME, then, { url: N3 } as WebSocket).url, N3);
  });
  withoutNet(() => {
    const list = ["wss://n4/ws"];
    const gone = Array.from({ length: 3 }, () => openWay(HOME, list).url);
    assertEquals(gone, [HOME.href, HOME.href, HOME.href]);
  }, "wss://n4/ws");
});

Deno.test("a page goes nowhere without TLS that has come with it, and reads a list as far as it is one", () => {
  assertEquals(waysIn([N2, "ws://n3/ws"], "wss:"), [N2]);
  assertEquals(waysIn([N2, "ws://n3/ws"], "ws:"), [N2, "ws://n3/ws"]);
  const wrong = ["", "n2", "https://n2/ws", "wss://a:b@n2/ws", "wss://n2/ws#x", "javascript:1"];
  assertEquals(
    waysIn([...wrong, `wss://n2/${"a".repeat(512)}`, 7 as unknown as string], "ws:"),
    [],
  );
  assertEquals(waysIn(Array.from({ length: 40 }, (_, n) => `wss://n${n}/ws`), "wss:").length, 16);
});

Deno.test("who was only told of is one of the cluster by its epoch, and where the page is from always", () => {
  withoutNet(() => {
    const list = [N2];
    const gone = Array.from({ length: 2 }, () => {
      const { url } = openWay(HOME, list);
      return [url, isOther("this", "this"), isOther("another", "this"), isOther("this", "")];
    });
    assertEquals(gone, [[HOME.href, false, false, false], [N2, false, true, true]]);
  });
});
