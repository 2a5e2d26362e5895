/** What a screen reader is given: the controls of a page, as the browser's accessibility tree has them. */

import type { Person } from "./browser.ts";

/** One control. `within`: what has a name around it, from the outside to the inside. */
export interface Control {
  readonly role: string;
  readonly name: string;
  readonly states: Readonly<Record<string, unknown>>;
  readonly within: readonly string[];
}

/** What of the protocol of the browser's tools is read here. */
interface AxNode {
  readonly nodeId: string;
  readonly parentId?: string;
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly properties?: readonly { readonly name: string; readonly value: { value?: unknown } }[];
}

/** Roles of what somebody does something with. */
const CONTROLS = new Set([
  "button",
  "checkbox",
  "combobox",
  "link",
  "menuitem",
  "menuitemcheckbox",
  "searchbox",
  "textbox",
]);

/** Every control of the page, from top to bottom, and every element that has the focus. */
export async function controlsOf({ page }: Person): Promise<Control[]> {
  const tools = await page.context().newCDPSession(page);
  try {
    const { nodes } = await tools.send("Accessibility.getFullAXTree") as {
      nodes: readonly AxNode[];
    };
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    return nodes.filter(isControl).map((node) => ({
      role: node.role?.value ?? "",
      name: node.name?.value.trim() ?? "",
      states: statesOf(node),
      within: namesAround(node, byId),
    }));
  } finally {
    await tools.detach();
  }
}

/** What has the focus, in short. */
export async function focusOf(person: Person): Promise<string> {
  const focused = (await controlsOf(person)).filter(({ states }) => states.focused === true).at(-1);
  return focused === undefined ? "nothing" : `${focused.role} ${focused.name}`;
}

function isControl(node: AxNode): boolean {
  if (node.ignored) return false;
  const role = node.role?.value ?? "";
  return CONTROLS.has(role) || role !== "RootWebArea" && statesOf(node).focused === true;
}

function statesOf({ properties = [] }: AxNode): Record<string, unknown> {
  return Object.fromEntries(properties.map(({ name, value }) => [name, value.value]));
}

function namesAround({ parentId }: AxNode, byId: ReadonlyMap<string, AxNode>): string[] {
  const parent = parentId === undefined ? undefined : byId.get(parentId);
  if (parent === undefined) return [];
  const name = parent.ignored ? "" : parent.name?.value ?? "";
  return [...namesAround(parent, byId), ...name === "" ? [] : [name]];
}
