/**
 * Types for the parts of `@std` in use. The npm build of the standard library ships none; these
 * follow the documented signatures, cut down to what is called here. With the JSR packages in the
 * import map, this file goes.
 */

declare module "@std/cli/parse-args" {
  /** The options of {@linkcode parseArgs} that are used here. */
  export interface ParseOptions {
    /** Names that take a value, as text. */
    string?: readonly string[];
    /** Names that take none. */
    boolean?: readonly string[];
    /** Names that may be given more than once; their values are gathered. */
    collect?: readonly string[];
    /** Other spellings of a name. */
    alias?: Record<string, string | readonly string[]>;
    /** Gather what follows `--` apart, in `"--"`. */
    "--"?: boolean;
    /** Stop at the first positional argument and leave the rest in `_`. */
    stopEarly?: boolean;
    /** Called for what no option describes; `false` leaves it out of the result. */
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }
  /** What was parsed: positional arguments in `_`, and a key for each flag. */
  export interface Args {
    _: Array<string | number>;
    "--"?: string[];
    [key: string]: unknown;
  }
  export function parseArgs(args: readonly string[], options?: ParseOptions): Args;
}

declare module "@std/streams/text-line-stream" {
  /** Cuts a stream of text into lines at LF or CRLF (and at CR where asked). */
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: { allowCR?: boolean });
  }
}

declare module "@std/streams/to-text" {
  /** Reads the whole stream as UTF-8 text. */
  export function toText(stream: ReadableStream<Uint8Array | string>): Promise<string>;
}

declare module "@std/toml" {
  /** Reads TOML. Throws a `SyntaxError` that begins with `Parse error on line 1, column 2: `. */
  export function parse(text: string): Record<string, unknown>;
  export function stringify(value: Record<string, unknown>): string;
}

declare module "@std/async/delay" {
  /** Resolves after `ms`; rejects with the signal's reason when that aborts before. */
  export function delay(ms: number, options?: { signal?: AbortSignal }): Promise<void>;
}

declare module "@std/http/etag" {
  /** Whether an `If-Match` names the ETag; a weak one it never names. */
  export function ifMatch(value: string | null, etag: string | undefined): boolean;
  /** Whether an `If-None-Match` does not name the ETag: what it is of is to be sent. */
  export function ifNoneMatch(value: string | null, etag: string | undefined): boolean;
}

declare module "@std/assert" {
  export class AssertionError extends Error {
    constructor(message: string, options?: ErrorOptions);
  }
  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertFalse(expr: unknown, msg?: string): asserts expr is false;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertStrictEquals<T>(
    actual: unknown,
    expected: T,
    msg?: string,
  ): asserts actual is T;
  export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T>;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertArrayIncludes<T>(
    actual: ArrayLike<T>,
    expected: ArrayLike<T>,
    msg?: string,
  ): void;
  export function assertObjectMatch(
    // deno-lint-ignore no-explicit-any
    actual: Record<PropertyKey, any>,
    expected: Record<PropertyKey, unknown>,
    msg?: string,
  ): void;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any
    ErrorClass: abstract new (...args: any[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any
    ErrorClass: abstract new (...args: any[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
  export function fail(msg?: string): never;
  export function unreachable(reason?: string): never;
}
