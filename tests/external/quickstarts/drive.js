// Uses a quickstart as a visitor would: a rejected signup, a signup, the protected page, a logout, a rejected login and a login.

import assert from "node:assert/strict";
import { join } from "node:path";

import { startBrowser, visit } from "../support/browser.js";

const account = { username: "minji", email: "minji@example.com", password: "Correct-Horse-7-battery" };

/** The paths of the pages, unless a quickstart has others. */
const defaults = { home: "/", signup: "/signup", login: "/login", members: "/private" };

/**
 * Drives the quickstart at `origin`. `others` are other origins that its pages may call. With `screenshots`, a folder, keeps a
 * picture of the rejected signup and of the protected page.
 */
export async function drive(origin, { name, paths = {}, others = [], screenshots }) {
  const browser = await startBrowser();
  const { page, faults } = await visit(browser, [origin, ...others], { viewport: { width: 800, height: 640 } });
  try {
    let workers = 0;
    page.on("worker", () => (workers += 1));
    const visitor = new Visitor(page, origin, { ...defaults, ...paths });
    const keep = async (state) => screenshots && page.screenshot({ path: join(screenshots, `${name}-${state}.png`) });
    await visitor.isSentToLogIn();
    await visitor.seesRejectedFields();
    await keep("signup");
    await visitor.signsUp();
    await visitor.seesMembersPage();
    await keep("members");
    await visitor.logsOut();
    await visitor.isSentToLogIn();
    await visitor.logsIn();
    await visitor.seesMembersPage();
    assert.deepEqual(faults, []);
    assert.ok(workers > 0, "no worker has solved a proof of work");
  } catch (error) {
    const shown = await page.locator("body").innerText();
    throw new Error(`${error.message}\nat ${page.url()}, which shows:\n${shown}\nfaults: ${faults.join("\n")}`, { cause: error });
  } finally {
    await browser.close();
  }
}

class Visitor {
  constructor(page, origin, paths) {
    Object.assign(this, { page, origin, paths });
  }

  async isSentToLogIn() {
    await this.#open("members");
    await this.#field("identifier").waitFor();
    assert.equal(new URL(this.page.url()).pathname, this.paths.login);
  }

  async seesRejectedFields() {
    await this.#open("signup");
    await this.#submit({ username: "a", email: "minji", password: "short" });
    await this.#text("#username-error", /2/);
    await this.#text("#email-error", /\S/);
    await this.#text("#password-error", /8/);
    assert.equal(await this.#field("username").inputValue(), "a", "the form keeps its values");
  }

  async signsUp() {
    await this.#submit(account);
    await this.#text("h1", /Hello, minji/);
    await this.page.reload();
    await this.#text("h1", /Hello, minji/);
  }

  async seesMembersPage() {
    await this.page.locator("nav a", { hasText: "Members" }).click();
    await this.#text("h1", /Members only/);
    await this.#text("main", new RegExp(account.email));
    await this.#open("members");
    await this.#text("h1", /Members only/);
  }

  async logsOut() {
    await this.#open("home");
    await this.page.locator("main button", { hasText: "Log out" }).click();
    await this.#text("h1", /You are not logged in/);
  }

  async logsIn() {
    await this.#submit({ identifier: account.email, password: "wrong" });
    await this.#text("[role=alert]", /Incorrect username, email or password/);
    await this.#submit({ identifier: account.email, password: account.password });
    await this.#text("h1", /Hello, minji/);
  }

  #open(name) {
    return this.page.goto(this.origin + this.paths[name]);
  }

  #field(name) {
    return this.page.locator(`form [name=${name}]`);
  }

  async #submit(values) {
    for (const [name, value] of Object.entries(values)) await this.#field(name).fill(value);
    await this.page.locator("form button").click();
  }

  #text(selector, hasText) {
    return this.page.locator(selector, { hasText }).filter({ visible: true }).first().waitFor();
  }
}
