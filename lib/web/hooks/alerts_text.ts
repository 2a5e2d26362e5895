/** What Alertmanager and Grafana post by webhooks, as plain text: what fires, and a line for each alert. */

import { isObject } from "../../wire/fields.ts";
import { listField, numberField, textField } from "../../foreign/fields.ts";
import { oneLine, shownLines } from "./shown_line.ts";

/** So many alerts have a line of their own. */
const MOST_ALERTS = 10;
/** The most labels of an alert that are shown. */
const MOST_LABELS = 8;

/** How Grafana's own message begins, which says what the lines of alerts say, at more length. */
const OWN_MESSAGE = /^\s*\*\*(?:Firing|Resolved)\*\*/;

type Labels = Readonly<Record<string, unknown>>;

/** The text of a body that has `alerts`. */
export function alertsText(body: Labels): string {
  const alerts = listField(body, "alerts");
  const message = textField(body, "message");
  const isOwn = message === "" || OWN_MESSAGE.test(message);
  const common = labelsOf(body, "commonLabels");
  const isMixed = new Set(alerts.map(statusOf)).size > 1;
  const lines = alerts.slice(0, MOST_ALERTS).map((alert) => alertLine(alert, common, isMixed));
  const more = alerts.length - lines.length + numberField(body, "truncatedAlerts");
  const hasLinks = alerts.some((alert) => urlOf(alert) !== "");
  return shownLines(
    oneLine(textField(body, "title")) || headOf(body, alerts, common),
    ...isOwn ? lines : [message.trim()],
    isOwn && more > 0 ? `and ${more} more` : "",
    isOwn && !hasLinks ? textField(body, "externalURL") : "",
  );
}

/** The text of what Grafana posted before version 9: one alert by its title. */
export function oldGrafanaText(body: Labels): string {
  return shownLines(
    oneLine(textField(body, "title") || textField(body, "ruleName")),
    textField(body, "message").trim(),
    ...listField(body, "evalMatches").slice(0, MOST_ALERTS).map((match) =>
      oneLine(`- ${textField(match, "metric")}: ${textField(match, "value")}`)
    ),
    textField(body, "ruleUrl"),
  );
}

/** As Alertmanager's own templates begin: `[FIRING:2] InstanceDown (job=node)`. */
function headOf(body: Labels, alerts: readonly unknown[], common: Labels): string {
  const firing = alerts.filter((alert) => statusOf(alert) === "firing").length;
  const status = firing > 0 ? `FIRING:${firing}` : `RESOLVED:${alerts.length}`;
  const grouped = labelsOf(body, "groupLabels");
  const name = textField(grouped, "alertname") || textField(common, "alertname") ||
    textField(body, "receiver");
  const about = labelsText({ ...grouped, ...common }, {});
  return oneLine(`[${status}] ${name}${about === "" ? "" : ` (${about})`}`);
}

function alertLine(alert: unknown, common: Labels, isMixed: boolean): string {
  const labels = labelsOf(alert, "labels");
  const notes = labelsOf(alert, "annotations");
  const name = textField(labels, "alertname");
  const said = textField(notes, "summary") || textField(notes, "description") ||
    textField(notes, "message");
  // The name that all have is in the first line.
  const named = said === "" || textField(common, "alertname") === name ? "" : name;
  const told = [named, said || name].filter((part) => part !== "").join(": ");
  const about = labelsText(labels, common);
  const parts = [isMixed ? `${statusOf(alert)}:` : "", oneLine(told)];
  if (about !== "") parts.push(`(${about})`);
  return `- ${[...parts, oneLine(urlOf(alert))].filter((part) => part !== "").join(" ")}`;
}

function statusOf(alert: unknown): string {
  return textField(alert, "status") === "resolved" ? "resolved" : "firing";
}

/** Where one alert is looked at: the panel in Grafana, else what made it. */
function urlOf(alert: unknown): string {
  return textField(alert, "panelURL") || textField(alert, "dashboardURL") ||
    textField(alert, "generatorURL");
}

/** Labels but for those that all have, and for the name of the alert. */
function labelsText(labels: Labels, common: Labels): string {
  const own = Object.keys(labels).filter((name) =>
    name !== "alertname" && !/^__/.test(name) && common[name] !== labels[name]
  );
  const shown = own.slice(0, MOST_LABELS).map((name) => `${name}=${textField(labels, name)}`);
  return oneLine([...shown, ...own.length > MOST_LABELS ? ["…"] : []].join(", "));
}

function labelsOf(source: unknown, name: string): Labels {
  const value = isObject(source) ? source[name] : undefined;
  return isObject(value) ? value : {};
}
