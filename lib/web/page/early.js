// @ts-check
/// <reference lib="dom" />
/**
 * Runs before the page is painted, so that it does not flash in colours that were not chosen: those
 * of the system, unless the person has said otherwise.
 */
{
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let chosen = null;
    try {
      chosen = localStorage.getItem("chatroom.theme");
    } catch {
      // No storage, no choice.
    }
    document.documentElement.dataset.theme = chosen ?? (dark.matches ? "dark" : "light");
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("chatroom-theme", apply);
}
