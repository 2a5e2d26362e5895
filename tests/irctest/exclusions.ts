/** Which of irctest's tests are out of scope, and why. A test is named by a part of `file::Class::test`. */

/** A test that this server is not meant to pass. */
export interface Exclusion {
  readonly tests: RegExp;
  readonly why: string;
  /** Only if the clients are guests, or only if they are not; `undefined`: always. */
  readonly clients?: "guests" | "accounts";
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
    tests:
      /^(kick|invite|chmodes\/(ban|mute_extban|secret)|names|topic|redact|who)\.py.*(Privileges|testDoubleKick|testInvite|testBan|MuteExtban|SecretChannel|testNames(2812|Modern|Multiple)|testTopicMode|testOpRedact|testRedacted|testWhoChan)/,
    why: "guests are hosts of no room, so that who opens one is no operator of it: --accounts",
    clients: "guests",
  },
  {
    tests: /^redact\.py.*testOpRedactOthers/,
    why:
      "its nicks are by chance, so that nobody can reserve them before, and guests are hosts of no room",
  },
  {
    tests: /^chmodes\/moderated\.py|^multi_prefix\.py|Voiced|testTopicPrivileges/,
    why: "nobody is given a voice (+v)",
  },
  { tests: /testMuteExtban$/, why: "the list of bans is for those who may ban" },
  {
    tests: /testNamesMultipleChannels/,
    why: "each list of NAMES ends by itself, also where several are asked for",
  },
  { tests: /testDoubleKickMessages\[True\]/, why: "a KICK is of one channel" },
  {
    tests: /testInviteInviteOnly/,
    why: "a host stays one until an owner or operator of the server says otherwise",
    clients: "accounts",
  },
  { tests: /testKickPrivileges/, why: "hosts of a room do not send out each other" },
  {
    tests: /^invite\.py.*testInvites$/,
    why: "who has a reserved name is invited to come later, also while not here",
    clients: "accounts",
  },
  { tests: /^chmodes\/modeis\.py/, why: "it is not kept when a room was opened (329)" },
  {
    tests: /WhoInvisible/,
    why: "no user mode +i: the server shows to nobody whom they may not meet",
  },
  {
    tests: /ServicesWhois|testWhoxAccount|testWhoisAccount/,
    why: "whoever is logged in goes by the name of the account, and by no other nick",
  },
  {
    tests:
      /^read_marker\.py.*(testSetAndGet|DoesNotDecrease|WithStored|UserTarget|Persists|Propagated)/,
    why: "read is a message, and not a time: the tests mark years in which nothing was said",
  },
  {
    tests: /^multiline\.py.*(testBasic|testBlankLines)/,
    why: "a line that goes on is one line of the text, and is told as one",
  },
  {
    tests: /^labeled_responses\.py.*TagMsg/,
    why: "a reaction is to a message that there is; the tests have one to `123`",
  },
  { tests: /^sasl\.py.*testRetryAfterFail/, why: "after a wrong password the next has to wait" },
  {
    tests: /^sasl\.py.*(Large|LongPassword|592|MoreThan|Exact)/,
    why: "passwords have 256 characters at most",
  },
];
