// @ts-check
/// <reference lib="dom" />
/** The form at the door: a name, and the passwords that somebody is asked for. */

import { byId } from "./dom.js";
import { preference } from "./saved.js";

const join = byId("join", HTMLElement);
const form = byId("join-form", HTMLFormElement);
const title = byId("join-title", HTMLElement);
const lead = byId("join-lead", HTMLElement);
const nameInput = byId("join-name", HTMLInputElement);
const secret = byId("join-secret", HTMLElement);
const passwordInput = byId("join-password", HTMLInputElement);
const login = byId("join-login", HTMLElement);
const loginInput = byId("join-login-password", HTMLInputElement);
const problem = byId("join-error", HTMLElement);
const joinButton = byId("join-button", HTMLButtonElement);
const mineButton = byId("join-mine", HTMLButtonElement);

const LONGEST_NAME = 64;

export class JoinForm {
  /** Whether it says why somebody is here, whatever is written in it. */
  #tellsWhy = false;

  /**
   * @param {object} actions
   * @param {(name: string) => void} actions.join
   * @param {() => void} actions.takeBack goes on as who this browser was last
   */
  constructor({ join, takeBack }) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.name !== "") return join(this.name);
      problem.textContent = "Write a name first; any will do.";
      nameInput.focus();
    });
    mineButton.addEventListener("click", takeBack);
    // Whoever notices a mistake while the server is asked need not wait for its answer.
    form.addEventListener("input", () => this.#ready());
    nameInput.addEventListener("input", () => {
      if (!this.#tellsWhy) problem.textContent = "";
      mineButton.hidden = true;
      // The password is that of the name that was there.
      loginInput.value = "";
      login.hidden = true;
    });
  }

  get isShown() {
    return !join.hidden;
  }

  get name() {
    return nameInput.value.trim();
  }

  /** The server's. */
  get password() {
    return passwordInput.value;
  }

  /** That of the name. */
  get login() {
    return loginInput.value;
  }

  /** Somebody waits to be let in. */
  wait() {
    joinButton.disabled = true;
    joinButton.textContent = "Joining…";
    problem.textContent = "";
    this.#tellsWhy = false;
    mineButton.hidden = true;
  }

  #ready() {
    joinButton.disabled = false;
    joinButton.textContent = "Join";
  }

  /** Somebody is let in later, and need do nothing for it. @param {string} text */
  stay(text) {
    problem.textContent = text;
  }

  /**
   * @param {string} text what went wrong
   * @param {string} name
   * @param {boolean} [asksPassword] nothing: as it was
   */
  show(text, name, asksPassword = !secret.hidden) {
    secret.hidden = !asksPassword;
    join.hidden = false;
    this.#ready();
    problem.textContent = text;
    nameInput.value = name || nameInput.value || preference("name") || "";
    nameInput.focus();
    nameInput.select();
  }

  hide() {
    join.hidden = true;
  }

  /** Says what a link leads to. @param {boolean} invited whether there is one */
  invite(invited) {
    title.textContent = invited ? "You are invited" : "Join the chat";
    lead.textContent = invited
      ? "Somebody sent you the link to a room here. Choose the name that the others will see."
      : "Choose the name that others will see.";
  }

  /** Leads to what a server has refused, or misses. @param {string} code */
  askAgain(code) {
    if (code === "password-needed" || code === "bad-password") {
      passwordInput.value = "";
      passwordInput.focus();
    } else if (code === "name-reserved" || code === "bad-login" || code === "signed-out") {
      login.hidden = false;
      loginInput.value = "";
      loginInput.focus();
    }
  }

  /** Somebody was sent here in the middle of a line, maybe: the rest of it is no name and no password. */
  interrupt() {
    this.#tellsWhy = true;
    problem.tabIndex = -1;
    problem.focus();
  }

  /**
   * Proposes another name for one that is taken.
   * @param {string} text
   * @param {boolean} mine it may be another tab of this browser, or one that went to sleep
   */
  proposeName(text, mine) {
    const taken = this.name;
    const [, stem = "", count = "1"] = /^(.*?)(?:-(\d{1,6}))?$/su.exec(taken) ?? [];
    const next = `-${Number(count) + 1}`;
    nameInput.value = [...stem].slice(0, LONGEST_NAME - next.length).join("") + next;
    problem.textContent = `${text.replace(/\.$/, "")}, such as ${nameInput.value}.` +
      (mine ? ` If ${taken} is you, in another tab or on a line that broke, go on here.` : "");
    mineButton.hidden = !mine;
    mineButton.textContent = `It's me: go on as ${taken}`;
    nameInput.focus();
    nameInput.select();
  }

  /** Offers to go on under a name without its password. @param {string} name */
  offerReturn(name) {
    mineButton.hidden = false;
    mineButton.textContent = `Go on as ${name}`;
  }

  forgetPasswords() {
    passwordInput.value = loginInput.value = "";
    login.hidden = true;
  }
}
