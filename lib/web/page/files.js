// @ts-check
/// <reference lib="dom" />
/** Files that are pasted or dropped: they can't be sent, and that is said. */

const NO_FILES =
  "Files can't be sent here. Put it where the others can get it, and send its address.";

/**
 * @param {HTMLElement} input
 * @param {(text: string) => void} tell
 */
export function refuseFiles(input, tell) {
  input.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    // What is copied from a table comes as text and as a picture of it.
    if (data === null || data.files.length === 0 || data.types.includes("text/plain")) return;
    event.preventDefault();
    tell(NO_FILES);
  });
  // Elsewhere the browser would leave the page for the file.
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    tell(NO_FILES);
  });
}
