/** What is said of the bodies that programs post to webhooks. */

import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { hookText } from "../lib/web/hooks/hook_body.ts";

const none = { permissions: "none" } as const;

const JSON_TYPE = "application/json";
const FORM = "application/x-www-form-urlencoded";

/** The text of a body, or the status and the sentence by which it is refused. */
async function read(type: string | undefined, body: string | Uint8Array): Promise<unknown> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const answer = await hookText(type === undefined ? {} : { "content-type": type }, bytes);
  return "text" in answer && !("status" in answer) ? answer.text : answer;
}

const shown = async (body: unknown): Promise<unknown> =>
  await read(JSON_TYPE, JSON.stringify(body));

const MRKDWN: ReadonlyArray<readonly [text: string, plain: string]> = [
  ["<https://x.org|the page>", "the page (https://x.org)"],
  ["<https://x.org>", "https://x.org"],
  ["<https://x.org|x.org>", "https://x.org"],
  ["<https://x.org/?a=1&amp;b=2|a &lt;b&gt;>", "a <b> (https://x.org/?a=1&b=2)"],
  ["<mailto:a@x.org|a@x.org>, <mailto:a@x.org|Ann>", "a@x.org, Ann (a@x.org)"],
  ["<@U024BE7LH> <@U024BE7LH|ann> <#C024BE7LR|dev> <#C0>", "@U024BE7LH @ann #dev #C0"],
  ["<!here> <!channel> <!subteam^S1|@ops>", "@all @all @ops"],
  ["<!date^1392734382^{date}|18 February>", "18 February"],
  ["&amp;lt; &lt;b&gt; &quot;", "&lt; <b> &quot;"],
  ["a < b > c, <b>, <>, <|>, x<y", "a < b > c, <b>, <>, <|>, x<y"],
  ["<javascript:alert(1)|click>", "<javascript:alert(1)|click>"],
  ["*bold* _it_ `code` ~no~", "*bold* _it_ `code` ~no~"],
];

Deno.test("links, names and escapes of mrkdwn are read", none, async () => {
  for (const [text, plain] of MRKDWN) assertEquals(await shown({ text }), plain);
});

Deno.test(
  "a text in JSON is read, with who says it and the emoji that have names",
  none,
  async () => {
    assertEquals(await shown({ text: "hello" }), "hello");
    assertEquals(await shown({ text: "hi", username: " Deploy\n Bot " }), "[Deploy Bot] hi");
    assertEquals(
      await shown({ text: "done :tada: :no_such: 10:30:45" }),
      "done 🎉 :no_such: 10:30:45",
    );
    assertEquals(await shown({ text: "half \ud800" }), "half \ufffd");
  },
);

// After the examples in Slack's documentation of attachments.
const ATTACHED = {
  text: "A new ticket",
  attachments: [
    {
      fallback: "Plain-text summary of the attachment.",
      color: "#2eb886",
      pretext: "Optional text that appears above",
      author_name: "Bobby Tables",
      author_link: "http://flickr.com/bobby/",
      title: "Slack API Documentation",
      title_link: "https://api.slack.com/",
      text: "Optional *text* &amp; more",
      fields: [
        { title: "Priority", value: "High", short: false },
        { title: "", value: "alone", short: true },
      ],
      image_url: "http://my-website.com/path/to/image.jpg",
      footer: "Slack API",
      ts: 123456789,
    },
    { fallback: "all that there is", color: "danger" },
  ],
};

Deno.test("attachments are read from top to bottom", none, async () => {
  assertEquals(
    await shown(ATTACHED),
    [
      "A new ticket",
      "Optional text that appears above",
      "Bobby Tables (http://flickr.com/bobby/)",
      "Slack API Documentation (https://api.slack.com/)",
      "Optional *text* & more",
      "Priority: High",
      "alone",
      "http://my-website.com/path/to/image.jpg",
      "Slack API",
      "all that there is",
    ].join("\n"),
  );
});

// After the examples in Slack's documentation of blocks.
const BLOCKS = {
  text: "what a notification shows",
  blocks: [
    { type: "header", text: { type: "plain_text", text: "Build 7", emoji: true } },
    {
      type: "section",
      text: { type: "mrkdwn", text: "Danny left a review of <https://x.org|Farmhouse Thai>" },
      fields: [{ type: "mrkdwn", text: "*Age*\n3" }, { type: "plain_text", text: "two" }],
      accessory: {
        type: "image",
        image_url: "https://x.org/haunted.jpg",
        alt_text: "Haunted hotel image",
      },
    },
    { type: "divider" },
    {
      type: "context",
      elements: [
        { type: "image", image_url: "https://x.org/i.png", alt_text: "images" },
        { type: "mrkdwn", text: "Location: **Dogpatch**" },
      ],
    },
    {
      type: "actions",
      elements: [
        { type: "button", text: { type: "plain_text", text: "Open" }, url: "https://x.org/7" },
        { type: "button", text: { type: "plain_text", text: "Cancel" }, value: "cancel" },
      ],
    },
    {
      type: "image",
      title: { type: "plain_text", text: "Please enjoy" },
      image_url: "https://x.org/1.png",
      alt_text: "An image",
    },
    {
      type: "rich_text",
      elements: [
        {
          type: "rich_text_section",
          elements: [
            { type: "text", text: "Hello ", style: { bold: true } },
            { type: "user", user_id: "U1" },
            { type: "emoji", name: "wave", unicode: "1f44b" },
            { type: "text", text: " " },
            { type: "emoji", name: "tada", unicode: "1f389 1" },
            { type: "text", text: " " },
            { type: "link", url: "https://x.org" },
          ],
        },
        {
          type: "rich_text_list",
          style: "bullet",
          indent: 1,
          elements: [
            { type: "rich_text_section", elements: [{ type: "text", text: "one" }] },
            { type: "rich_text_section", elements: [{ type: "text", text: "two" }] },
          ],
        },
        { type: "rich_text_list", style: "ordered", indent: -1, offset: 2, elements: [{}, {}] },
        { type: "rich_text_quote", elements: [{ type: "text", text: "so\nit is" }] },
        { type: "rich_text_preformatted", elements: [{ type: "text", text: "a  b" }] },
      ],
    },
    { type: "of next year", text: { type: "mrkdwn", text: "new" } },
  ],
};

Deno.test("blocks are read from top to bottom, in the place of the text", none, async () => {
  assertEquals(
    await shown(BLOCKS),
    [
      "Build 7",
      "Danny left a review of Farmhouse Thai (https://x.org)",
      "*Age*",
      "3",
      "two",
      "Haunted hotel image (https://x.org/haunted.jpg)",
      "images (https://x.org/i.png) Location: **Dogpatch**",
      "Open (https://x.org/7)",
      "Please enjoy (https://x.org/1.png)",
      "Hello @U1👋 🎉 https://x.org",
      "  • one",
      "  • two",
      "3. ",
      "4. ",
      "> so",
      "> it is",
      "a  b",
      "new",
    ].join("\n"),
  );
  assertEquals(await shown({ text: "the text", blocks: [{ type: "divider" }] }), "the text");
});

const ALERT = {
  status: "firing",
  labels: { alertname: "InstanceDown", instance: "a:9100", job: "node" },
  annotations: { summary: "a:9100 is down", description: "of the long kind" },
  startsAt: "2026-11-30T10:00:00Z",
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "http://prometheus:9090/graph?g0.expr=up",
  fingerprint: "c0ffee",
};

const ALERTS = {
  version: "4",
  groupKey: '{}:{alertname="InstanceDown"}',
  truncatedAlerts: 0,
  status: "firing",
  receiver: "chat",
  groupLabels: { alertname: "InstanceDown" },
  commonLabels: { alertname: "InstanceDown", job: "node" },
  commonAnnotations: {},
  externalURL: "http://alertmanager:9093",
  alerts: [ALERT],
};

Deno.test("what Alertmanager posts has a line for each alert", none, async () => {
  assertEquals(
    await shown(ALERTS),
    "[FIRING:1] InstanceDown (job=node)\n" +
      "- a:9100 is down (instance=a:9100) http://prometheus:9090/graph?g0.expr=up",
  );
  const resolved = {
    ...ALERT,
    status: "resolved",
    labels: { ...ALERT.labels, instance: "b:9100" },
    annotations: { description: "it was\ndown" },
    generatorURL: "",
  };
  assertEquals(
    await shown({ ...ALERTS, alerts: [ALERT, resolved] }),
    "[FIRING:1] InstanceDown (job=node)\n" +
      "- firing: a:9100 is down (instance=a:9100) http://prometheus:9090/graph?g0.expr=up\n" +
      "- resolved: it was down (instance=b:9100)",
  );
  assertEquals(
    await shown({ ...ALERTS, status: "resolved", alerts: [resolved] }),
    "[RESOLVED:1] InstanceDown (job=node)\n- it was down (instance=b:9100)\n" +
      "http://alertmanager:9093",
  );
  const another = { ...ALERT, labels: { ...ALERT.labels, alertname: "DiskFull" } };
  const { commonLabels: { alertname: _, ...commonLabels } } = ALERTS;
  assertEquals(
    String(await shown({ ...ALERTS, commonLabels, groupLabels: {}, alerts: [ALERT, another] }))
      .split("\n").slice(1).map((line) => line.replace(/ \(.*/, "")),
    ["- InstanceDown: a:9100 is down", "- DiskFull: a:9100 is down"],
  );
  const many = await shown({
    ...ALERTS,
    truncatedAlerts: 5,
    alerts: Array.from({ length: 30 }, () => ALERT),
  });
  assertEquals(String(many).split("\n").length, 12);
  assertMatch(String(many), /^\[FIRING:30\].*\nand 25 more$/s);
});

Deno.test(
  "what Grafana posts has its title, and its message if somebody has written one",
  none,
  async () => {
    const body = {
      ...ALERTS,
      title: "[FIRING:1]  (InstanceDown node)",
      state: "alerting",
      message: "**Firing**\n\nValue: A=1\nLabels:\n - alertname = InstanceDown\n",
      alerts: [{
        ...ALERT,
        panelURL: "http://grafana:3000/d/1?viewPanel=2",
        valueString: "[ A=1 ]",
      }],
    };
    assertEquals(
      await shown(body),
      "[FIRING:1] (InstanceDown node)\n" +
        "- a:9100 is down (instance=a:9100) http://grafana:3000/d/1?viewPanel=2",
    );
    assertEquals(
      await shown({ ...body, message: "Look at **the** wiki\n" }),
      "[FIRING:1] (InstanceDown node)\nLook at **the** wiki",
    );
    assertEquals(
      await shown({
        ...{ title: "[Alerting] CPU", ruleName: "CPU", state: "alerting", message: "too hot" },
        ruleUrl: "http://grafana:3000/r/1",
        evalMatches: [{ metric: "cpu", value: 99.5, tags: null }],
      }),
      "[Alerting] CPU\ntoo hot\n- cpu: 99.5\nhttp://grafana:3000/r/1",
    );
  },
);

Deno.test("a body is read by its type, and a form with JSON as that", none, async () => {
  for (
    const [type, body, text] of [
      ["text/plain", "a <b> &amp; {x}\n", "a <b> &amp; {x}\n"],
      ["text/plain; charset=UTF-8", "grün", "grün"],
      [undefined, "plain", "plain"],
      [undefined, ' {"text":"json"}', "json"],
      [FORM, '{"text":"of curl -d"}', "of curl -d"],
      [FORM, `payload=${encodeURIComponent('{"text":"a+b &amp; c"}')}`, "a+b & c"],
      [FORM, "text=a+b&username=ci", "[ci] a b"],
      ["Application/JSON;charset=utf-8", '\ufeff{"text":"x"}', "x"],
      ["application/vnd.api+json", '{"text":"x"}', "x"],
    ] as const
  ) {
    assertEquals(await read(type, body), text);
  }
});

Deno.test("what can't be read is refused in one line that says why", none, async () => {
  for (
    const [type, body, status] of [
      [JSON_TYPE, "{", 400],
      [JSON_TYPE, "[]", 400],
      [JSON_TYPE, '"text"', 400],
      [JSON_TYPE, "{}", 400],
      [JSON_TYPE, '{"text":" \\n"}', 400],
      [JSON_TYPE, '{"text":{"a":1},"attachments":7,"blocks":[null,3],"alerts":[]}', 400],
      [JSON_TYPE, '{"a":'.repeat(40) + "1" + "}".repeat(40), 400],
      ["text/plain", new Uint8Array([0xff]), 400],
      ["text/plain", "", 400],
      ["text/plain; charset=latin1", "x", 415],
      [FORM, "hello", 400],
      [FORM, "payload=x", 400],
      ["multipart/form-data; boundary=x", "--x--", 415],
      ["image/png", "x", 415],
    ] as const
  ) {
    const answer = await read(type, body) as { status: number; text: string };
    assertEquals([answer.status, /^[^\n]+\.$/.test(answer.text)], [status, true], String(body));
  }
  const zipped = await hookText({ "content-encoding": "gzip" }, new Uint8Array(1));
  assertEquals("status" in zipped && zipped.status, 415);
});

Deno.test("no JSON is too odd to be read or refused", none, async () => {
  const odd = fc.letrec((tie) => ({
    block: fc.record({
      type: fc.constantFrom("section", "context", "rich_text", "rich_text_list", "image", "x"),
      text: fc.oneof(fc.string(), fc.record({ text: fc.jsonValue() })),
      elements: fc.oneof(fc.jsonValue(), fc.array(tie("block"), { maxLength: 3 })),
      fields: fc.jsonValue(),
      indent: fc.jsonValue(),
    }, { requiredKeys: [] }),
    body: fc.record({
      ...{ text: fc.jsonValue(), username: fc.jsonValue(), title: fc.jsonValue() },
      ...{ attachments: fc.jsonValue(), commonLabels: fc.jsonValue(), message: fc.string() },
      blocks: fc.array(tie("block"), { maxLength: 4 }),
      alerts: fc.oneof(fc.jsonValue(), fc.array(fc.record({ labels: fc.jsonValue() }))),
    }, { requiredKeys: [] }),
  })).body;
  await fc.assert(
    fc.asyncProperty(odd, async (body) => {
      const answer = await shown(body);
      if (typeof answer === "string") assertEquals(answer.trim() === "", false);
      else assertEquals((answer as { status: number }).status, 400);
    }),
    { numRuns: 300 },
  );
});
