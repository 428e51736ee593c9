// Checks pages with axe-core: every rule, in light and dark, in both languages, on a phone and on a desktop. Each two of these meet in
// one look: colors depend on the scheme, line breaks on language and width, and all three have no rule of their own.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** The looks in which each page is checked. */
export const looks = [
  { colorScheme: "light", language: "en", width: 390 },
  { colorScheme: "light", language: "ko", width: 1280 },
  { colorScheme: "dark", language: "en", width: 1280 },
  { colorScheme: "dark", language: "ko", width: 390 },
];

/** Returns the options with which `visit` opens a page in this look. */
export function optionsOf({ colorScheme, language, width }) {
  return { colorScheme, locale: language === "ko" ? "ko-KR" : "en-GB", viewport: { width, height: 844 } };
}

export const nameOf = ({ colorScheme, language, width }) => `${colorScheme}-${language}-${width}`;

/** Starts an audit: `check` takes a page as it is shown, any number of times, and `finish` fails if axe found anything. */
export function startAudit() {
  const counts = { pages: 0, passes: 0 };
  const violations = [];
  const undecided = [];

  /** Checks the page. Each finding is printed with this name. A picture goes to the folder that SCREENSHOTS names, if any. */
  async function check(page, name) {
    const folder = process.env.SCREENSHOTS;
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    // The debugger's protocol adds the script, so the page's Content-Security-Policy does not forbid it.
    await page.evaluate(source);
    const results = await page.evaluate(async () => {
      const { passes, violations, incomplete } = await axe.run(document, { preload: false, rules: { "target-size": { enabled: true } } });
      return { passes: passes.length, violations, incomplete, isTooWide: document.documentElement.scrollWidth > innerWidth };
    });
    counts.pages += 1;
    counts.passes += results.passes;
    violations.push(...results.violations.flatMap((rule) => lines(name, rule)));
    undecided.push(...results.incomplete.flatMap((rule) => lines(name, rule)));
    if (results.isTooWide) violations.push(`${name}: reflow: the page scrolls sideways (WCAG 2.2, 1.4.10)`);
  }

  /** Prints the counts and what axe leaves to people, and fails if there is a violation. */
  function finish(test) {
    assert.ok(counts.pages > 0, "no page was checked");
    const { pages, passes } = counts;
    test.diagnostic(`axe: ${pages} pages, ${passes} rules passed, ${violations.length} violations, ${undecided.length} undecided`);
    for (const line of undecided) test.diagnostic(`undecided: ${line}`);
    assert.equal(violations.join("\n"), "");
  }

  return { check, finish };
}

function lines(name, { id, nodes }) {
  return nodes.map(({ target, failureSummary }) => `${name}: ${id}: ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`);
}
