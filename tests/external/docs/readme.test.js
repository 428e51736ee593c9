// The README in two languages: what both must have in common.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { blocksOf } from "./blocks.js";

const root = new URL("../../../", import.meta.url);
const languages = ["README.md", "README.ko.md"];

/** The page without its code blocks. */
const proseOf = (text) => text.replace(/^(`{3,})[^]*?^\1 *$/gm, "");

/** Resolves with what a translation keeps: its blocks of code, and each section's level, links, rows of tables and names in backticks. */
async function skeletonOf(page) {
  const text = await readFile(new URL(page, root), "utf8");
  const sections = proseOf(text).split(/^(?=#+ )/m).map((section) => ({
    level: /^#*/.exec(section)[0].length,
    // Word order differs from language to language.
    links: [...section.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target).filter((target) => !languages.includes(target)).toSorted(),
    rows: section.match(/^\|/gm)?.length,
    names: [...new Set(section.replace(/\s+/g, " ").match(/`[^`]+`/g))].toSorted(),
  }));
  const blocks = await blocksOf(page);
  return { commands: blocks.map(({ language, text, isRun }) => ({ language, text, isRun })), sections };
}

test("the README has under 200 lines in each language, and the same commands, headings, links, rows and names", async () => {
  const [english, korean] = await Promise.all(languages.map(skeletonOf));
  assert.deepEqual(korean, english);
  for (const page of languages) {
    const text = await readFile(new URL(page, root), "utf8");
    assert.ok(text.split("\n").length <= 200, page);
    const other = languages.find((name) => name !== page);
    assert.ok(text.includes(`](${other})`), `${page} links to ${other}`);
  }
});
