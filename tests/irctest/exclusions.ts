/** Which of irctest's tests are out of scope, and why. A test is named by a part of `file::Class::test`. */

/** A test that this server is not meant to pass. */
export interface Exclusion {
  readonly tests: RegExp;
  readonly why: string;
}

/** All of them; what is not here should pass. */
export const EXCLUSIONS: readonly Exclusion[] = [
  { tests: /^oper\.py|Oper(?!ation)/, why: "no OPER: roles come with the login of a name" },
  { tests: /^kill\.py/, why: "no KILL: that is a ban or a kick of the house, by its roles" },
  { tests: /^wallops\.py/, why: "no WALLOPS: there are no IRC operators" },
  { tests: /^info\.py/, why: "no INFO" },
  { tests: /^links\.py/, why: "no LINKS: there is one server" },
  { tests: /^whowas\.py/, why: "who has left is not kept" },
  { tests: /^(relaymsg|roleplay)\.py/, why: "nobody speaks under a name that is not theirs" },
  { tests: /^metadata(_3)?\.py/, why: "no metadata" },
  {
    tests: /^channel_(rename|forward)\.py/,
    why: "a room's name never changes, and leads nowhere else",
  },
  { tests: /^bot_mode\.py/, why: "no bot mode" },
  {
    tests: /^bouncer\.py|^znc_playback\.py/,
    why: "devices of an account and CHATHISTORY stand for a bouncer",
  },
  {
    tests: /^account_registration\.py/,
    why: "no draft/account-registration yet: NickServ REGISTER",
  },
  {
    tests: /^chmodes\/(key|limit)\.py|KeyTestCase|LimitTestCase/,
    why: "no keys and limits of rooms (+k, +l)",
  },
  {
    tests: /^chmodes\/(auditorium|invite_exception|no_ctcp|no_external|account_extban)\.py/,
    why: "modes that rooms do not have",
  },
  { tests: /^statusmsg\.py/, why: "no STATUSMSG" },
  {
    tests: /^websocket\.py/,
    why: "the WebSocket is at /irc of the web door, and not on a port of its own",
  },
  { tests: /^umodes\//, why: "no user modes but +i" },
  { tests: /[Ss]cram|SCRAM/, why: "no SCRAM: passwords are kept as scrypt hashes" },
  {
    tests: /^sasl\.py.*(Large|LongPassword|592|MoreThan|Exact)/,
    why: "passwords have 256 characters at most",
  },
];
