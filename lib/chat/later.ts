/** Values that are there at once on one machine, and later where facts are agreed on first. */

import { Refusal } from "./refusal.ts";

/** A value, or a promise of it. */
export type Later<Value> = Value | Promise<Value>;

/** Goes on with a value when it is there: before this returns, if it is there already. */
export function after<Value, Result>(
  value: Later<Value>,
  then: (value: Value) => Later<Result>,
): Later<Result> {
  return value instanceof Promise ? value.then(then) : then(value);
}

/** All values, as soon as they are there. */
export function all<Value>(values: readonly Later<Value>[]): Later<readonly Value[]> {
  const isThere = (value: Later<Value>): value is Value => !(value instanceof Promise);
  return values.every(isThere) ? values : Promise.all(values);
}

/** The result of `work`, or what `refused` makes of its refusal. */
export function unlessRefused<Result>(
  work: () => Later<Result>,
  refused: (refusal: Refusal) => Result,
): Later<Result> {
  const caught = (error: unknown): Result => {
    if (!(error instanceof Refusal)) throw error;
    return refused(error);
  };
  try {
    const result = work();
    return result instanceof Promise ? result.catch(caught) : result;
  } catch (error) {
    return caught(error);
  }
}
