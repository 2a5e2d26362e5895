/** What goes on beside the healthy room: each kind is a loop of its own, until the soak is over. */

import { classicFrame, eventFrame, RawPeer } from "../helpers.ts";
import { Proxy } from "../proxy.ts";

/** How often each kind was done. */
export type Deeds = Record<string, number>;

/** What a kind of mischief needs. */
interface Scene {
  readonly server: { readonly addr: Deno.NetAddr };
  /** A number that no two of them get. */
  readonly n: number;
  readonly stop: AbortSignal;
  /** Waits, but not beyond the end of the soak. */
  pause(ms: number): Promise<void>;
}

const LONG = "x".repeat(2_000);
/** Long enough for the server to have noticed, with the deadlines that it has here. */
const NOTICED_MS = 6_000;

const KINDS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  /** Comes, looks around, says something in a room of its own and in the lobby, and goes. */
  churn: async ({ server, n, pause }) => {
    using peer = await RawPeer.connect(server);
    if (n % 2 === 0) {
      await peer.send(classicFrame(`churn ${n}`), classicFrame("/who"), classicFrame("hello"));
    } else {
      const room = `room${n % 50}`;
      await peer.send(
        eventFrame(`churn ${n}`),
        eventFrame({ type: "hello", room }),
        eventFrame({ type: "say", id: "1", room, text: `hello ${n}` }),
        eventFrame({ type: "join", room: "lobby" }),
        eventFrame({ type: "history", room: "lobby" }),
      );
    }
    await pause(n % 7 * 5);
  },
  /** Says as much as it can for half a second. */
  flood: async ({ server, n, pause, stop }) => {
    using peer = await RawPeer.connect(server);
    await peer.send(classicFrame(`flood ${n}`), classicFrame("/join flood"));
    const drained = drain(peer);
    const end = performance.now() + 500;
    while (performance.now() < end && !stop.aborted) {
      await peer.send(...Array.from({ length: 20 }, (_, i) => classicFrame(`${i} ${LONG}`)));
      await pause(10);
    }
    await peer.conn.closeWrite();
    await drained;
    await pause(500);
  },
  /** Joins the flood and never reads. */
  stall: async ({ server, n, pause }) => {
    using peer = await RawPeer.connect(server);
    await peer.send(eventFrame(`stall ${n}`), eventFrame({ type: "hello", room: "flood" }));
    await pause(NOTICED_MS);
  },
  /** Leaves without having read, which the kernel turns into a reset. */
  reset: async ({ server, n, pause }) => {
    using peer = await RawPeer.connect(server);
    await peer.send(classicFrame(`reset ${n}`), classicFrame("/help"), classicFrame("/help"));
    await pause(5);
  },
  /** Sends half of something and waits to be closed. */
  half: async ({ server, n, pause }) => {
    using peer = await RawPeer.connect(server);
    const halves = ["", "5   ", "         4ha", "         4half", "4         half100       of it"];
    await peer.send(halves[n % halves.length] as string);
    await Promise.race([drain(peer), pause(NOTICED_MS)]);
  },
  /** Speaks until its link is cut: nothing comes through any more, not even an end. */
  freeze: async (scene) => {
    await using proxy = new Proxy(scene.server);
    using peer = await RawPeer.connect(proxy);
    await peer.send(eventFrame(`freeze ${scene.n}`), eventFrame({ type: "hello" }));
    const drained = drain(peer);
    await scene.pause(50);
    proxy.hold();
    await peer.send(eventFrame({ type: "rooms" }));
    await scene.pause(NOTICED_MS);
    proxy.cut();
    proxy.release();
    await drained;
  },
  /** Its link is reset on both sides while it speaks. */
  breakage: async (scene) => {
    await using proxy = new Proxy(scene.server);
    using peer = await RawPeer.connect(proxy);
    await peer.send(eventFrame(`break ${scene.n}`), eventFrame({ type: "hello" }));
    const drained = drain(peer);
    const broken = proxy.reset();
    for (let i = 0; i < 5; i++) {
      await peer.send(eventFrame({ type: "rooms" })).catch(() => {});
      await scene.pause(5);
    }
    await broken;
    await drained;
  },
  /** Its link lets one byte through at a time, and late. */
  trickle: async (scene) => {
    await using proxy = new Proxy(scene.server);
    proxy.pieceBytes = 1;
    proxy.delayMs = 20;
    using peer = await RawPeer.connect(proxy);
    await peer.send(eventFrame(`trickle ${scene.n}`), eventFrame({ type: "hello" }));
    for (let i = 0; i < 10; i++) {
      await peer.send(eventFrame({ type: "say", room: "lobby", text: `drop ${i}` }));
      await scene.pause(20);
    }
    await peer.conn.closeWrite();
    await Promise.race([drain(peer), scene.pause(NOTICED_MS)]);
  },
  /** Sends what is no protocol at all. */
  noise: async ({ server, pause }) => {
    using peer = await RawPeer.connect(server);
    await peer.send(crypto.getRandomValues(new Uint8Array(200)));
    await Promise.race([drain(peer), pause(NOTICED_MS)]);
  },
};

/** Does all kinds at once until `stop`; resolves with how often each was done. */
export async function doMischief(
  server: { readonly addr: Deno.NetAddr },
  stop: AbortSignal,
): Promise<Deeds> {
  const deeds: Deeds = {};
  let n = 0;
  const pause = (ms: number): Promise<void> => sleep(ms, stop);
  const loop = async (kind: string): Promise<void> => {
    deeds[kind] = 0;
    while (!stop.aborted) {
      try {
        await KINDS[kind]?.({ server, n: n++, stop, pause });
        deeds[kind]++;
      } catch (error) {
        // Being thrown out is what mischief is for; it must be let in again, though.
        if (error instanceof Deno.errors.ConnectionRefused) throw error;
      }
      await pause(20);
    }
  };
  // Two of a kind overlap, so that one is always in the way.
  await Promise.all(Object.keys(KINDS).flatMap((kind) => [loop(kind), loop(kind)]));
  return deeds;
}

/** Reads until the end, whatever comes. */
async function drain({ conn }: RawPeer): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    while (await conn.read(buffer) !== null);
  } catch {
    // Reset, or closed by us.
  }
}

function sleep(ms: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener("abort", done);
  });
}
