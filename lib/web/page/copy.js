// @ts-check
/// <reference lib="dom" />
/** What is copied of several messages: when, who and what. It comes when somebody joins. */

/** @param {HTMLElement} list */
export function bindCopy(list) {
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (selection === null || selection.isCollapsed || event.clipboardData === null) return;
    const rows = [...list.querySelectorAll(".said")].filter((row) =>
      selection.containsNode(row, true)
    );
    if (rows.length < 2) return;
    event.clipboardData.setData("text/plain", rows.map(lineOf).join("\n"));
    event.preventDefault();
  });
}

/** @type {(row: Element) => string} */
function lineOf(row) {
  /** @param {string} part */
  const of = (part) => row.querySelector(part)?.textContent ?? "";
  const date = new Date(row.querySelector("time")?.dateTime ?? "");
  const at = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  const when = at.toISOString().slice(0, 16).replace("T", " ");
  const { sent = of(".text") } = /** @type {HTMLElement} */ (row).dataset;
  if (row.classList.contains("action")) return `[${when}] * ${sent}`;
  return `[${when}] ${of(".speaker .name") || of(".aside").replace(/: $/, "")}: ${sent}`;
}
