/** The terminal's own commands about messages: answer one, send one again, show those around one. */

import { wrong } from "../../../words/command.js";
import type { TerminalCommand } from "./desk.ts";

export const OWN_TALK_COMMANDS: readonly TerminalCommand[] = [
  {
    name: "editor",
    usage: "[TEXT]",
    summary: "write a message in $VISUAL or $EDITOR",
    topic: "talk",
    parse: (rest) => ({ kind: "own", run: ({ compose }) => compose(rest) }),
  },
  {
    name: "r",
    usage: "TEXT",
    summary: "answer who last told something to you only",
    topic: "talk",
    parse: (text) => {
      if (text === "") return wrong("/r needs a text, as in: /r see you at noon");
      return {
        kind: "own",
        speaks: true,
        run: ({ view, print, send }) => {
          const to = view.people.lastDirect;
          if (to !== undefined) return send({ type: "direct", to, text });
          print([
            view.error("Nobody has told something to you only; /msg NAME TEXT does it to others."),
          ]);
        },
      };
    },
  },
  {
    name: "resend",
    usage: "[drop]",
    summary: "send again what the server may have got or not, or drop it",
    topic: "rest",
    takes: ["drop"],
    parse: (rest) => {
      const drops = rest.toLowerCase() === "drop";
      if (rest !== "" && !drops) return wrong(`/resend takes nothing or drop, not ${rest}`);
      return {
        kind: "own",
        run: ({ view, print, send }) => {
          const requests = view.own.takeDoubtful();
          if (requests.length === 0) print([view.notice("Nothing is in doubt.")]);
          else if (drops) print([view.notice("Nothing of it is sent again.")]);
          else requests.forEach(send);
        },
      };
    },
  },
  {
    name: "around",
    usage: "NUMBER",
    summary: "show what was said around a message that /search found; in the view, go there",
    topic: "talk",
    parse: (rest) => {
      if (/^[1-9]\d{0,5}$/.test(rest)) {
        return { kind: "own", run: (desk) => desk.around(Number(rest)) };
      }
      const got = rest === "" ? ", as in: /around 1" : `, not ${rest}`;
      return wrong(`/around needs the number of a message that /search found${got}`);
    },
  },
];
