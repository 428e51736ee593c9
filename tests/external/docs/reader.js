// Follows a page of the documentation: runs its code blocks in their order, as they stand, against the built binary.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { pbkdf2, solveChallenge } from "altcha/lib";

import { visit } from "../support/browser.js";
import { mailbox } from "../support/mailbox.js";
import { startService } from "../support/service.js";
import { blocksOf } from "./blocks.js";
import { runConsole } from "./console.js";

const run = promisify(execFile);

/** The address at which the documentation finds the service. */
const documented = /\blocalhost:8080\b/g;

/** Settings that a page need not name. */
const quick = { DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" };

/** Languages of blocks that are data. */
const data = new Set(["json", "text"]);

/** A reader with a browser. Each page that is followed has its own services. */
export class Reader {
  #browser;
  #service;
  #visitor;
  #console;
  #mail;
  /** The variables of a frontend: what people type. */
  #typed;
  /** Blocks that only declare a function: every page that is opened later has it too. */
  #functions = [];
  /** Calls of the functions that belong to a frontend: `[name, argument]`. */
  calls = [];

  constructor(browser, typed) {
    this.#browser = browser;
    this.#typed = typed;
  }

  /** Runs every block of a page. `openHtml(reader, text)` uses the page of an `html` block. Resolves with the blocks. */
  async follow(page, openHtml) {
    const blocks = await blocksOf(page);
    const runners = {
      console: (text) => runConsole(text, { adapt: (command) => this.#adapt(command), cwd: this.#service.folder }),
      html: (text) => openHtml(this, text),
      js: (text) => this.#runInPage(text),
      sh: (text) => this.#runInShell(text),
    };
    for (const { language, text, line, isRun } of blocks) {
      if (!isRun || data.has(language)) continue;
      const runBlock = runners[language];
      if (!runBlock) throw new Error(`${page}:${line}: no test can run a block of "${language}"`);
      await runBlock(text).catch((cause) => {
        throw new Error(`${page}:${line}: the block fails: ${cause.message}`, { cause });
      });
    }
    return blocks;
  }

  /** Stops the service. Throws if the page in the browser reported a fault. */
  async stop() {
    const faults = this.#visitor?.faults ?? [];
    await this.#visitor?.context.close();
    await this.#service?.stop();
    this.#visitor = this.#service = undefined;
    if (faults.length > 0) throw new Error(`the page reports: ${faults.join(", ")}`);
  }

  /** The service's origin. */
  get origin() {
    return this.#service.url.replace("127.0.0.1", "localhost");
  }

  /** The browser's page. */
  get page() {
    return this.#visitor.page;
  }

  /** Resolves with the next mail that asks for something, with its link, if it has one, at the service's own address. */
  async nextMail() {
    for (;;) {
      const { code, link } = await this.#mail();
      if (code) return { code, link: link && this.#adapt(link) };
    }
  }

  /** Resolves with the solution of a new challenge. */
  async captcha() {
    const challenge = await (await fetch(`${this.origin}/captcha`)).json();
    const solution = await solveChallenge({ challenge, deriveKey: pbkdf2.deriveKey });
    return Buffer.from(JSON.stringify({ challenge, solution })).toString("base64");
  }

  /** Serves a document at a path of the service's origin, as a proxy with the service and a frontend would. */
  async serveAt(path, body, contentType = "text/html") {
    await this.page.route(this.origin + path, (route) => (route.request().method() === "GET" ? route.fulfill({ body, contentType }) : route.continue()));
  }

  #adapt(text) {
    return text.replaceAll(documented, new URL(this.origin).host);
  }

  /** Runs a command. One that starts the service replaces the service before it. Cargo would run the same binary. */
  async #runInShell(text) {
    const command = text.replace("cargo run -- ", "daemun ");
    if (/\bdaemun (serve|dev)\b/.test(command)) return this.#serve(command);
    await run("bash", ["-euo", "pipefail", "-c", this.#adapt(command)], { cwd: this.#service.folder });
  }

  async #serve(command) {
    await this.stop();
    this.#service = await startService(quick, command);
    this.#mail = mailbox(join(this.#service.folder, "mail"));
    this.#visitor = await visit(this.#browser, this.origin);
    for (const name of ["showHome", "askForCode", "showFieldError"]) {
      await this.#visitor.context.exposeFunction(name, (...values) => void this.calls.push([name, ...values]));
    }
    await this.serveAt("/", "<!doctype html><title>App</title>");
    await this.page.goto(this.origin);
    this.#console = await this.#visitor.context.newCDPSession(this.page);
    await this.#evaluate(`Object.assign(globalThis, ${JSON.stringify(this.#typed)})`);
    for (const declared of this.#functions) await this.#evaluate(declared);
  }

  /** Evaluates a block as typed into the console of the page, where blocks share their variables and may await. */
  async #runInPage(text) {
    const declares = /^(async )?function /.test(text);
    if (declares) this.#functions.push(text);
    if (!this.#service && declares) return;
    if (!this.#service) throw new Error("no service runs yet");
    const given = {};
    if (isSent(text, "code")) given.code = (await this.nextMail()).code;
    if (isSent(text, "captcha")) given.captcha = await this.captcha();
    await this.#evaluate(`Object.assign(globalThis, ${JSON.stringify(given)})`);
    await this.#evaluate(text);
  }

  async #evaluate(expression) {
    const options = { replMode: true, awaitPromise: true, generatePreview: true };
    const { exceptionDetails } = await this.#console.send("Runtime.evaluate", { expression, ...options });
    if (!exceptionDetails) return;
    const { description, preview } = exceptionDetails.exception;
    const members = (preview?.properties ?? []).map(({ name, value }) => `${name}: ${value}`);
    throw new Error(members.join(", ") || description);
  }
}

/** Returns whether a block sends this variable under its own name. */
function isSent(text, name) {
  return new RegExp(`[{,]\\s*${name}\\s*[,}]`).test(text);
}
