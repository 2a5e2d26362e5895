/** What the rest of the client uses and Node 20 lacks; imported first. Nothing is replaced that is there. */

interface Resolvers<T> {
  promise: Promise<T>;
  resolve: (value: T | PromiseLike<T>) => void;
  reject: (reason?: unknown) => void;
}

function withResolvers<T>(): Resolvers<T> {
  let [resolve, reject]: [Resolvers<T>["resolve"], Resolvers<T>["reject"]] = [() => {}, () => {}];
  const promise = new Promise<T>((kept, broken) => [resolve, reject] = [kept, broken]);
  return { promise, resolve, reject };
}

/** Adds to `target` what it lacks. */
function fill(target: object, name: string, value: unknown): void {
  if (name in target) return;
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

fill(Promise, "withResolvers", withResolvers);
fill(
  URL,
  "parse",
  (text: string, base?: string) => URL.canParse(text, base) ? new URL(text, base) : null,
);
