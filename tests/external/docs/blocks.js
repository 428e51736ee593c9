// Reads the code blocks of a page of the documentation.

import { readFile } from "node:fs/promises";

const root = new URL("../../../", import.meta.url);

/** The word in a block's info string that marks a block that no test can run. Markdown renders it as if it were absent. */
const mark = "not-run";

/** Resolves with the blocks of a page in their order: the language, the text, the line, and whether the block is to be run. */
export async function blocksOf(page) {
  const text = await readFile(new URL(page, root), "utf8");
  const fences = text.matchAll(/^( *)(`{3,})(.*)\n([^]*?)^\1\2 *$/gm);
  return [...fences].map(({ index, 1: indent, 3: info, 4: body }) => {
    const line = text.slice(0, index).split("\n").length;
    const [language, ...words] = info.trim().split(/\s+/);
    const unknown = words.filter((word) => word !== mark);
    if (!language || unknown.length > 0) throw new Error(`${page}:${line}: the block's info string is "${info}"`);
    const lines = body.split("\n").map((each) => each.slice(indent.length));
    return { language, text: lines.join("\n").trimEnd(), line, isRun: !words.includes(mark) };
  });
}

/** Counts blocks by their language. Blocks that are not run are counted apart. */
export function countsOf(blocks) {
  const counts = {};
  for (const { language, isRun } of blocks) {
    const key = isRun ? language : `${language} ${mark}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
