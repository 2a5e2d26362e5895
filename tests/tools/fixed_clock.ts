/** Loaded before a program, makes its clock stand still, so that what it shows is the same each time. */

const FIXED = Date.UTC(2026, 10, 23, 14, 2);

/** Moves the clock of this program, in minutes from where it stands at first. */
export function setMinutes(minutes: number): void {
  now = FIXED + minutes * 60_000;
}

let now = FIXED;
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args): Date =>
    args.length === 0 ? new target(now) : Reflect.construct(target, args) as Date,
  get: (target, key, receiver): unknown =>
    key === "now" ? (): number => now : Reflect.get(target, key, receiver),
});
