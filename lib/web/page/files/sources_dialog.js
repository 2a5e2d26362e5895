// @ts-check
/// <reference lib="dom" />
/** On a phone: from where a file is to come. Its system shows photos and the camera to who asks for pictures. */

import { openDialog } from "../dialogs.js";
import { button, h } from "../dom.js";
import { closeDialog } from "../drawers.js";

/** @type {ReadonlyArray<readonly [label: string, properties: Record<string, string>]>} */
const SOURCES = [
  ["Photos", { accept: "image/*" }],
  ["Camera", { accept: "image/*", capture: "environment" }],
  ["Files", {}],
];

/** @param {(properties: Record<string, string>) => void} choose */
export function openSources(choose) {
  const buttons = SOURCES.map(([label, properties]) => {
    const onclick = () => {
      closeDialog();
      choose(properties);
    };
    return h("li", {}, button({ class: "pick", onclick }, label));
  });
  openDialog("Send", h("ul", {}, ...buttons));
}
