/** What all nodes of a cluster have in common: written, read, and refused where it is not right. */

import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { encodeBatch, KNOWN_LEVEL } from "../lib/cluster/batch.ts";
import {
  checkConfig,
  COMMON_LIMITS,
  type CommonLimits,
  type ConfigRecord,
  decodeConfig,
  encodeConfig,
  newConfig,
  UnreadableConfig,
} from "../lib/cluster/config.ts";
import { LIMITS, withDefaults } from "../lib/server/limits.ts";

const DEFAULTS = withDefaults();
const limits = Object.fromEntries(
  COMMON_LIMITS.map((name) => [name, DEFAULTS[name]]),
) as CommonLimits;

Deno.test("a config is read as it was written, and each is of a cluster of its own", () => {
  const config = newConfig(limits, { keepMs: 86_400_000, keepMessages: 500 });
  assertEquals(decodeConfig(encodeConfig(config)), config);
  const other = newConfig(limits);
  assertEquals(decodeConfig(encodeConfig(other)), other);
  for (const field of ["cluster", "epoch", "salt"] as const) {
    assertNotEquals(config[field], other[field], field);
  }
});

Deno.test("the limits in common are limits of a server, each with a flag", () => {
  assertEquals(COMMON_LIMITS.filter((name) => !Object.hasOwn(LIMITS, name)), []);
});

Deno.test("a cluster that began before some limits were in common has for all nodes what servers have", () => {
  const config = newConfig(limits);
  const { newChatsPerHour: _, outboxBytes: __, ...before } = limits;
  const read = decodeConfig(encodeConfig({ ...config, limits: before as CommonLimits }));
  assertEquals(read.limits, { ...limits, newChatsPerHour: 10, outboxBytes: 1_048_576 });
});

Deno.test("a config that is not right is refused with what is wrong", () => {
  const right = newConfig(limits);
  const { rooms: _, ...fewer } = limits;
  const wrong: readonly [Partial<Record<keyof ConfigRecord, unknown>>, string][] = [
    [{ kind: "say" }, "kind"],
    [{ cluster: "short" }, "cluster"],
    [{ epoch: "today" }, "epoch"],
    [{ salt: right.salt.toUpperCase() + "G" }, "salt"],
    [{ level: 0 }, "level"],
    [{ level: 1.5 }, "level"],
    [{ limits: null }, "limits"],
    [{ limits: fewer }, "limits.rooms"],
    [{ limits: { ...limits, nameMs: -1 } }, "limits.nameMs"],
    [{ keepMs: "7d" }, "keepMs"],
    [{ keepMessages: Infinity }, "keepMessages"],
    [{ fromStore: "a" }, "fromStore"],
  ];
  assertEquals(checkConfig(right), right);
  for (const [change, field] of wrong) {
    assertThrows(() => checkConfig({ ...right, ...change }), UnreadableConfig, `field ${field} `);
  }
});

Deno.test("a first message that is none of a cluster is refused", () => {
  const config = newConfig(limits);
  const [batch, text] = [
    { level: 1, cluster: config.cluster, b: 1, seen: 0, hash: "" },
    JSON.stringify(config),
  ];
  const wrong: readonly [Uint8Array, string][] = [
    [new Uint8Array([0xff]), "it is no JSON"],
    [new TextEncoder().encode("null"), "it is of no level (undefined)"],
    [
      new TextEncoder().encode('{"v":9}'),
      `it is of level 9, and this program knows ${KNOWN_LEVEL}: upgrade this node`,
    ],
    [encodeBatch({ ...batch, inc: "n1" }, [text]), "not what a cluster begins with"],
    [encodeBatch({ ...batch, inc: "init" }, []), "has no config"],
    [encodeBatch({ ...batch, inc: "init", cluster: "other" }, [text]), "two ids"],
  ];
  for (const [data, says] of wrong) {
    assertThrows(() => decodeConfig(data), UnreadableConfig, says);
  }
});
