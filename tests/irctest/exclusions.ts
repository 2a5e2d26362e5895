/** Which of irctest's tests are out of scope, and why. A test is named by a part of `file::Class::test`. */

/** A test that this server is not meant to pass. */
export interface Exclusion {
  readonly tests: RegExp;
  readonly why: string;
  /** Only where messages are stored so; `undefined`: everywhere. */
  readonly store?: "memory";
}

/**
 * The tests in which whoever opens a channel must be its operator. Guests are hosts of no room here, so in these the
 * clients are the owners of their nicks; that needs a store.
 */
export const NEED_OPERATORS =
  /^(?:kick|invite|names|topic|redact|multi_prefix)\.py|^chmodes\/(?:ban|mute_extban|operator|secret|moderated|modeis)\.py|testWhoChan/;

/** All of them; what is not here should pass. */
export const EXCLUSIONS: readonly Exclusion[] = [
  {
    tests: /^oper\.py|^who\.py.*Oper|^whois\.py.*\[oper\]/,
    why: "no OPER: roles come with the login of a name",
  },
  { tests: /^kill\.py/, why: "no KILL: that is a ban or a kick of the house, by its roles" },
  { tests: /^wallops\.py/, why: "no WALLOPS: there are no IRC operators" },
  { tests: /^info\.py/, why: "no OPER, by which the tests of INFO begin" },
  { tests: /testLinksWithServices/, why: "services are no server of their own" },
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
    tests: /^account_registration\.py.*(RegisterBeforeConnectTestCase|EmailVerified|NoLandGrabs)/,
    why: "a nick is reserved by whoever goes by it, and no address is asked for",
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
  { tests: /^umodes\//, why: "no user modes but +i" },
  { tests: /[Ss]cram|SCRAM/, why: "no SCRAM: passwords are kept as scrypt hashes" },
  {
    tests:
      /^(kick|invite|chmodes\/(ban|mute_extban|secret|operator)|names|topic|redact|who)\.py.*(Privileges|testDoubleKick|testInvite|testBan|MuteExtban|SecretChannel|testNames(2812|Modern|Multiple)|testTopicMode|testOpRedact|testRedacted|testWhoChan|ModeSuccess|ModeTarget)/,
    why: "guests are hosts of no room, and in memory there is no name that was reserved before",
    store: "memory",
  },
  {
    tests: /^chmodes\/moderated\.py|^multi_prefix\.py|Voiced|testTopicPrivileges/,
    why: "nobody is given a voice (+v)",
  },
  {
    tests: /ModeTargetNotInChannel/,
    why: "the owner of a reserved name can be made an operator while not in the channel, too",
  },
  { tests: /testMuteExtban$/, why: "the list of bans is for those who may ban" },
  {
    tests: /testNamesMultipleChannels/,
    why: "each list of NAMES ends by itself, also where several are asked for",
  },
  {
    tests: /testInviteInviteOnly/,
    why: "a host stays one until an owner or operator of the server says otherwise",
  },
  { tests: /testKickPrivileges/, why: "hosts of a room do not send out each other" },
  {
    tests: /^chmodes\/modeis\.py/,
    why: "+n can't be taken away, and it is not kept when a room was opened (329)",
  },
  {
    tests:
      /ServicesWhois|testWhoxAccount|testWhoisAccount|AuthenticatedExtendedMonitor|PostRegistrationAndReAuthenticate/,
    why: "whoever is logged in goes by the name of the account, and by no other nick",
  },
  {
    tests: /^read_marker\.py.*PersistsAcross/,
    why: "a room joined within 10 s is of that connection alone, and is not there at the next one",
  },
  {
    tests: /^multiline\.py.*(testBasic|testBlankLines)/,
    why: "a line that goes on is one line of the text, and is told as one",
  },
  {
    tests: /^labeled_responses\.py.*TagMsg/,
    why:
      "a reaction is one emoji or one other character, to a message that there is; these are `l😃l`",
  },
  { tests: /^sasl\.py.*testRetryAfterFail/, why: "after a wrong password the next has to wait" },
  {
    tests: /^sasl\.py.*(Large|LongPassword|592|MoreThan|Exact)/,
    why: "passwords have 256 characters at most",
  },
];
