/** What is said by a webhook: a message like others, but that nobody is in the room for it. */

import type { HouseParts } from "../house_parts.ts";
import { checkHookLevel, noSuchHook } from "../judge/judge_hook.ts";
import type { Entry, SayFact } from "../log/fact.ts";
import { roomLog } from "../messages/log_key.ts";
import { messageText } from "../messages/message_text.ts";
import { countSpeech } from "../presence.ts";
import { put } from "../put.ts";
import { shownName } from "../rooms/hooks.ts";

/** What somebody says by a hook. */
export interface HookPost {
  /** The hash of the token that was shown; see `Hook.hash`. */
  readonly hash: string;
  readonly text: string;
  /** By which it is said once, however often it is sent: 64 bytes at most. */
  readonly id?: string;
}

/**
 * Says something by a hook. Resolves when it is stored, now or since it was sent before, and when as much may be
 * said in the room again. Rejects with a `Refusal`: `no-such-hook`, or as a `say` is refused.
 */
export async function postHook(
  house: HouseParts,
  { hash, text: given, id }: HookPost,
): Promise<void> {
  const hook = house.state.rooms.hooks.ofHash(hash);
  if (hook === undefined) throw noSuchHook();
  checkHookLevel(house);
  const text = messageText(given);
  const fact: SayFact = {
    kind: "say",
    hook: hook.id,
    log: roomLog(hook.room),
    title: house.registry.nameOf(hook.room),
    from: shownName(hook),
    text,
    // No session ever has the hash of a hook, so nobody else uses these ids.
    ...(id === undefined ? {} : { session: hash, id }),
  };
  const { promise, resolve } = Promise.withResolvers<Entry>();
  put(house, fact, { done: resolve });
  const audience = house.audiences.of(hook.room);
  if (audience !== undefined) audience.said++;
  const held = countSpeech(house, audience, text.length);
  const { receipt } = await promise;
  if (receipt !== undefined && "refused" in receipt) throw receipt.refused;
  await held;
}
