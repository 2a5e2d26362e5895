/** Who may do what to whom: one table, which MODERATION.md repeats and a test compares with it. */

/** The roles of people, from the lowest to the highest. A `host` is an operator of one room only. */
export const ROLES = ["member", "host", "operator", "owner"] as const;

/** The role of a person. */
export type Role = typeof ROLES[number];

/** A role that an account has on the whole server. */
export type ServerRole = Exclude<Role, "host">;

/** The roles that accounts have on the whole server. */
export const SERVER_ROLES: readonly ServerRole[] = ["member", "operator", "owner"];

/** What can be done to somebody, or asked for. */
export const ACTIONS = [
  ...["op", "deop", "kick", "ban", "unban", "mute", "unmute"] as const,
  ...["bans", "audit"] as const,
] as const;

/** What can be done. */
export type Action = typeof ACTIONS[number];

/** How far an action goes: the whole server, or one room. */
export type Scope = "server" | "room";

/** To which roles each role may do it; a role that is not there may do it to nobody. */
type Rights = Partial<Readonly<Record<Role, readonly Role[]>>>;

const BELOW_OWNER: readonly Role[] = ["member", "host", "operator"];
const BELOW_OPERATOR: readonly Role[] = ["member", "host"];
const BELOW_HOST: readonly Role[] = ["member"];

/** Actions on people of lower roles. */
const DOWNWARD: Rights = { owner: BELOW_OWNER, operator: BELOW_OPERATOR };
const DOWNWARD_IN_ROOM: Rights = { ...DOWNWARD, host: BELOW_HOST };

/** The table. An action without a target, such as a list, stands as one on a `member`. */
export const PERMISSIONS: Readonly<Record<Scope, Readonly<Record<Action, Rights>>>> = {
  server: {
    op: { owner: BELOW_OPERATOR },
    deop: { owner: ["operator"] },
    kick: DOWNWARD,
    ban: DOWNWARD,
    unban: DOWNWARD,
    mute: DOWNWARD,
    unmute: DOWNWARD,
    bans: { owner: BELOW_HOST, operator: BELOW_HOST },
    audit: { owner: BELOW_HOST, operator: BELOW_HOST },
  },
  room: {
    op: { owner: BELOW_HOST, operator: BELOW_HOST, host: BELOW_HOST },
    deop: { owner: ["host"], operator: ["host"] },
    kick: DOWNWARD_IN_ROOM,
    ban: DOWNWARD_IN_ROOM,
    unban: DOWNWARD_IN_ROOM,
    mute: DOWNWARD_IN_ROOM,
    unmute: DOWNWARD_IN_ROOM,
    bans: { owner: BELOW_HOST, operator: BELOW_HOST, host: BELOW_HOST },
    audit: {},
  },
};

/** Whether `role` may do `action` to a person whose role is `target`. */
export function allowed(scope: Scope, action: Action, role: Role, target: Role): boolean {
  return PERMISSIONS[scope][action][role]?.includes(target) ?? false;
}

/** Whether `role` may do `action` to anybody at all. */
export function mayAct(scope: Scope, action: Action, role: Role): boolean {
  return (PERMISSIONS[scope][action][role]?.length ?? 0) > 0;
}

/** Whether a text names an action. */
export function isAction(text: string): text is Action {
  return (ACTIONS as readonly string[]).includes(text);
}

/** The role in words. */
export function roleText(role: Role): string {
  return role === "host" ? "host of the room" : role;
}

/** The same with its article. */
export function withArticle(role: Role): string {
  return `${role === "member" || role === "host" ? "a" : "an"} ${roleText(role)}`;
}
