// @ts-check
/// <reference lib="dom" />
/** Runs before the page is painted, so that it does not flash in the colours that were not chosen. */
try {
  const theme = localStorage.getItem("chatroom.theme");
  if (theme !== null) document.documentElement.dataset.theme = theme;
} catch {
  // No storage, no choice.
}
