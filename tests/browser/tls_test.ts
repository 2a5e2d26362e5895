/** The page over TLS, in a browser: it chats with another browser and with a client over TLS. */

import { Identity } from "../../lib/tls/identity.ts";
import { makeKeyPair } from "../../lib/tls/self_signed.ts";
import { securely, webSecurely } from "../fixtures/certificates.ts";
import { connectSecurely } from "../fixtures/tls_peer.ts";
import { classicFrame } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { browserTest } from "./browser.ts";

browserTest(
  "over TLS the page chats as it does without, also with another certificate",
  async (people) => {
    const identity = new Identity(await makeKeyPair(["127.0.0.1"]));
    await using web = await startWeb(webSecurely(identity), securely(identity));
    const place = { ...web.door, secure: true } as const;
    const ann = await people.join(place, "ann");
    using bob = await connectSecurely(web.server);
    await bob.send(classicFrame("bob"), classicFrame("hello over TLS"));
    await ann.sees("hello over TLS");
    identity.change(await makeKeyPair(["127.0.0.1"]));
    const eve = await people.join(place, "eve");
    await ann.say("still here");
    await eve.sees("still here");
  },
);
