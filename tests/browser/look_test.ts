/// <reference lib="dom" />
/** How talk looks: its rhythm, who speaks, a phone held sideways, what is copied, and what is refused. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { NAME_HUES, nameHue } from "../../lib/words/names.js";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest } from "./browser.ts";

browserTest(
  "messages are further apart than lines, and people than messages; a colour is one person's everywhere",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann", { viewport: { width: 900, height: 800 } });
    const said = { type: "say", room: "lobby" };
    for (const name of ["visi", "bob", "Tom Ashby"]) {
      using someone = await joinEvent(web.server, name);
      for (const text of ["one", "two"]) await someone.ask({ ...said, text });
    }
    await ann.say("mine");
    await ann.hasSent("mine");
    const [line, message, person] = await ann.page.evaluate(`(() => {
      const rows = [...document.querySelectorAll("#list .said")];
      const text = (row) => row.querySelector(".text").getBoundingClientRect();
      const top = (row) => row.querySelector(".body").getBoundingClientRect().top;
      return [
        parseFloat(getComputedStyle(rows[0].querySelector(".text")).lineHeight),
        text(rows[1]).top - text(rows[0]).top,
        top(rows[2]) - rows[1].querySelector(".body").getBoundingClientRect().bottom,
      ];
    })()`) as [number, number, number];
    assert(message - line >= 3.9 && message - line <= 5, `${message} and ${line}`);
    assert(person >= 14 && person <= 16, `${person}`);
    await becomes(() => ann.page.locator("#list .tile").allTextContents(), ["V", "B", "T", "A"]);
    await ann.page.locator("#people-open").click();
    const [own, listed] = await ann.page.evaluate(
      `["#list", "#members"].map((list) => {
        const tiles = [...document.querySelectorAll(list + " .tile")];
        return tiles.map((e) => e.textContent + e.style.getPropertyValue("--hue"));
      })`,
    ) as [string[], string[]];
    assertEquals(own.at(-1), `A${nameHue("ann")}`);
    assertEquals(listed, own.slice(-1));
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(`names of all colours can be read in ${colorScheme} colours`, async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann", { colorScheme });
    await ann.say("mine");
    await ann.hasSent("mine");
    const least = await ann.page.evaluate(`(() => {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const luminance = (colour) => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) =>
          value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const style = getComputedStyle(document.documentElement);
      const name = document.querySelector("#list .name");
      const found = [];
      for (let hue = 0; hue < 360; hue += ${360 / NAME_HUES}) {
        name.style.setProperty("--hue", hue);
        const own = luminance(getComputedStyle(name).color);
        for (const behind of ["--bg", "--side", "--raised", "--hover", "--mark", "--accent-soft"]) {
          const other = luminance(style.getPropertyValue(behind));
          found.push((Math.max(own, other) + 0.05) / (Math.min(own, other) + 0.05));
        }
      }
      return Math.min(...found);
    })()`) as number;
    assert(least >= 4.5, `a contrast of ${least}`);
  });
}

browserTest("a phone held sideways shows messages, and the menu eight commands", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann", { viewport: { width: 844, height: 390 } });
  const share = await ann.page.evaluate("scroller.clientHeight / innerHeight") as number;
  assert(share > 0.7, `${share} of the height`);
  assertEquals(await ann.page.evaluate("scroller.clientWidth"), 844);
  for (const viewport of [{ width: 1200, height: 800 }, { width: 360, height: 740 }]) {
    await ann.page.setViewportSize(viewport);
    await ann.page.fill("#input", "/");
    // What offers commands comes after the page.
    await ann.until("choices.firstElementChild !== null");
    const rows = await ann.page.evaluate(
      "choices.clientHeight / choices.firstElementChild.offsetHeight",
    ) as number;
    assert(rows > 7 && rows < 8.6, `${rows} rows`);
    for (let n = 0; n < 12; n++) await ann.page.keyboard.press("ArrowDown");
    await ann.until(`(() => {
      const box = choices.getBoundingClientRect();
      const { top, bottom } = choices.querySelector('[aria-selected="true"]').getBoundingClientRect();
      return top >= box.top - 1 && bottom <= box.bottom + 1;
    })()`);
    await ann.page.keyboard.press("Escape");
  }
});

browserTest("what is copied, and printed, says when, who and what", async (people) => {
  await using web = await startWeb();
  using bob = await joinEvent(web.server, "bob");
  const ann = await people.join(web.door, "ann");
  for (const text of ["one", "two\nlines"]) await bob.ask({ type: "say", room: "lobby", text });
  await bob.ask({ type: "say", room: "lobby", text: "waves", action: true });
  await ann.sees("bob waves");
  const copied = await ann.page.evaluate(`(() => {
    getSelection().selectAllChildren(list);
    const data = new DataTransfer();
    document.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
    return data.getData("text/plain");
  })()`) as string;
  const when = String.raw`\[\d{4}-\d\d-\d\d \d\d:\d\d\]`;
  assertMatch(
    copied,
    new RegExp(`^${when} bob: one\\n${when} bob: two\\nlines\\n${when} \\* bob waves$`),
  );
  await ann.page.emulateMedia({ media: "print" });
  assertEquals(
    await ann.page.evaluate(
      `["side", "composer", "people"].map((id) => document.getElementById(id).checkVisibility())`,
    ),
    [false, false, false],
  );
  assertEquals(
    await ann.page.evaluate(
      `[...document.querySelectorAll("#list .when")].map((e) => getComputedStyle(e).opacity)`,
    ),
    ["1", "1", "1"],
  );
});

browserTest("a file that is pasted or dropped is told of, and the page stays", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  const told = ann.page.locator("#list .told.error", { hasText: "Files can't be sent here" });
  await ann.page.evaluate(`(() => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "x.png", { type: "image/png" }));
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  })()`);
  await told.waitFor();
  const handled = await ann.page.evaluate(`(() => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "x.txt"));
    const event = (name) => new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true });
    return ["dragover", "drop"].map((name) => !scroller.dispatchEvent(event(name)));
  })()`);
  assertEquals(handled, [true, true]);
  await ann.until(`document.querySelectorAll("#list .told.error").length === 2`);
});

browserTest(
  "who comes and goes is told at its time, and who only looks in only where somebody wants it",
  async (people) => {
    await using web = await startWeb();
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(web.door, "ann");
    await bob.ask({ type: "say", room: "lobby", text: "one" });
    using _eve = await joinEvent(web.server, "eve");
    await bob.ask({ type: "say", room: "lobby", text: "two" });
    {
      using _tom = await joinEvent(web.server, "tom");
      await bob.ask({ type: "say", room: "lobby", text: "two and a half" });
    }
    await ann.until(`!document.querySelector("#members").textContent.includes("tom")`);
    await bob.ask({ type: "say", room: "lobby", text: "three" });
    await ann.sees("three");
    const rows = (): Promise<string[]> =>
      ann.page.locator("#list .text, #list .told").allTextContents();
    await becomes(() => rows(), ["one", "eve came in", "two", "two and a half", "three"]);
    const choose = async (label: string): Promise<void> => {
      await ann.page.click("#settings-open");
      await ann.page.locator(`#dialog [aria-label="Who comes and goes"] button`, { hasText: label })
        .click();
      await ann.page.keyboard.press("Escape");
    };
    await choose("Each");
    await ann.until(`document.querySelectorAll("#list .told").length === 3`);
    assertEquals(
      await rows(),
      ["one", "eve came in", "two", "tom came in", "two and a half", "tom left", "three"],
    );
    await choose("None");
    await ann.until(`document.querySelectorAll("#list .told").length === 0`);
  },
);

browserTest(
  "a server has the title that it was given, and a room that is empty stays in the list",
  async (people) => {
    await using web = await startWeb({}, { title: "Tea house" });
    const ann = await people.join(web.door, "ann", { viewport: { width: 400, height: 800 } });
    await ann.until(`document.title === "lobby · Tea house"`);
    await becomes(() => ann.page.textContent("#host"), "Tea house");
    await ann.say("/join dev");
    await ann.page.locator("#title", { hasText: "# dev" }).waitFor();
    await ann.say("/topic all of it, at https://example.org/a_");
    await ann.page.locator("#topic a").waitFor({ state: "attached" });
    // On a phone the whole of it is above the people.
    await ann.page.click("#people-open");
    await ann.page.locator("#about a", { hasText: "https://example.org/a_" }).waitFor();
    await ann.page.click("#people-close");
    await ann.say("/leave");
    await ann.page.locator("#title", { hasText: "# lobby" }).waitFor();
    await ann.say("/rooms");
    await ann.page.locator("#dialog .pick", { hasText: "dev" }).filter({
      hasText: "nobody is here",
    })
      .click();
    await ann.page.locator("#title", { hasText: "# dev" }).waitFor();
  },
);

browserTest(
  "help about a topic or a command is what opens, and is told where there is none",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    const opens = async (line: string, title: string): Promise<string[]> => {
      await ann.say(line);
      await page.locator("#dialog-title", { hasText: title }).waitFor();
      const rows = await page.locator("#dialog dt").allTextContents();
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog[open]", { state: "hidden" });
      return rows;
    };
    const files = await opens("/help files", "Help: files");
    assertEquals(files.map((row) => row.split(" ")[0]).sort(), ["/files", "/get", "/send"]);
    assertEquals(await opens("/help /react", "Help: /react"), ["/react NUMBER EMOJI"]);
    assert((await opens("/help keys", "Help: Keys")).includes("Esc"));
    assert((await opens("/help", "Commands and keys")).length > 20);
    await ann.say("/help dance");
    await page.locator("#list .told.error", { hasText: "There is no help about dance" }).waitFor();
  },
);

browserTest("what can be done about a message covers nothing that is said", async (people) => {
  await using web = await startWeb();
  using bob = await joinEvent(web.server, "bob");
  const ann = await people.join(web.door, "ann", { viewport: { width: 1280, height: 800 } });
  const { page } = ann;
  for (let n = 0; n < 4; n++) {
    await bob.ask({ type: "say", room: "lobby", text: `${n} ${"and so on ".repeat(40)}` });
  }
  await ann.sees("3 and so on");
  const row = page.locator("#list .said").nth(2);
  await row.hover();
  await row.locator(".tools button").nth(2).waitFor();
  assertEquals(
    await row.locator(".tools").evaluate((tools) => {
      const { left, top, bottom } = tools.getBoundingClientRect();
      const range = document.createRange();
      return [...document.querySelectorAll("#list .text")].flatMap((text) => {
        range.selectNodeContents(text);
        return [...range.getClientRects()];
      }).filter((rect) => rect.right > left && rect.bottom > top && rect.top < bottom).length;
    }),
    0,
  );
});

browserTest("buttons beside one another are of one height", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann", { viewport: { width: 1280, height: 800 } });
  const { page } = ann;
  const heights = (selector: string): Promise<number[]> =>
    page.locator(selector).evaluateAll((all) => [
      ...new Set(
        all.filter((each) => each.checkVisibility())
          .map((each) => Math.round(each.getBoundingClientRect().height)),
      ),
    ]);
  assertEquals(await heights("#room > header button"), [36]);
  assertEquals(await heights("#people > footer button, #side > footer button"), [36]);
  await page.click("#settings-open");
  await page.locator("#dialog button", { hasText: "Leave the chat" }).waitFor();
  assertEquals(
    await heights("#dialog-body :is(.plain, .primary, .switch, input)"),
    [40],
  );
});
