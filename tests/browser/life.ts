/// <reference lib="dom" />
/** Rows of the page, and what is chosen for them. */

import type { Locator } from "playwright-core";
import { LOGIN } from "../fixtures/guests.ts";
import { type People, Person, type Place } from "./browser.ts";

export const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };
export const ROOM = { room: "lobby" };

/** The row of the message with this text. */
export function rowOf({ page }: Person, text: string): Locator {
  return page.locator("#list .said", { has: page.locator(".text", { hasText: text }) });
}

/** Opens the menu of a row, and chooses from it. */
export async function choose(person: Person, text: string, action: string): Promise<void> {
  const row = rowOf(person, text);
  await row.hover();
  await row.locator(".more").click();
  await person.page.getByRole("menuitem", { name: action, exact: true }).click();
}

/** Somebody who comes to the page and shows the password of their name, and is in. */
export async function signIn(people: People, place: Place, name: string): Promise<Person> {
  const person = new Person(await people.page(place));
  await person.page.fill("#join-name", name);
  await person.page.press("#join-name", "Enter");
  await person.page.fill("#join-login-password", LOGIN);
  await person.page.press("#join-login-password", "Enter");
  await person.online();
  return person;
}
