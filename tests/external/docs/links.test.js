// Links of every page of the repository, and the book that mdbook makes of docs/.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);

const folders = new Set(files.flatMap((file) => parents(file)));

/** Pages that people read, as paths from the root. */
const pages = files.filter((file) => file.endsWith(".md"));

/** The pages of the book that every reader may open first. */
const chapters = pages.filter((page) => page.startsWith("docs/") && page !== "docs/SUMMARY.md");

const read = (page) => readFile(join(root, page), "utf8");

function parents(file) {
  const folder = posix.dirname(file);
  return folder === "." ? [] : [folder, ...parents(folder)];
}

/** Returns a page without its code blocks and its code in backticks. */
const withoutCode = (text) => text.replace(/^( *)(`{3,})[^]*?^\1\2 *$/gm, "").replace(/`[^`\n]*`/g, "");

/** Returns the anchors of a page's headings, as GitHub and mdbook name them. */
function anchorsOf(text) {
  const anchors = new Set();
  for (const [, heading] of text.replace(/^( *)(`{3,})[^]*?^\1\2 *$/gm, "").matchAll(/^#{1,6} +(.*)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").trim().replaceAll(" ", "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

test("every link of every page leads to a file and a heading of the repository", async (context) => {
  const broken = [];
  let checked = 0;
  for (const page of pages) {
    for (const [, target] of withoutCode(await read(page)).matchAll(/\]\(<?([^()\s>]+)>?(?: "[^"]*")?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      checked += 1;
      const [path, anchor] = target.split("#");
      const file = path ? posix.join(posix.dirname(page), path).replace(/\/$/, "") : page;
      if (!files.includes(file) && !folders.has(file)) broken.push(`${page}: ${target}`);
      else if (anchor && file.endsWith(".md") && !anchorsOf(await read(file)).has(anchor)) broken.push(`${page}: ${target} has no such heading`);
    }
  }
  assert.deepEqual(broken, []);
  context.diagnostic(`${pages.length} pages, ${checked} links`);
});

test("every page of the documentation is in the book, and opens with its task", async () => {
  const summary = await read("docs/SUMMARY.md");
  const parts = [...summary.matchAll(/^# (.*)$/gm)].map(([, part]) => part);
  assert.deepEqual(parts, ["Summary", "Tutorials", "Tasks", "Reference", "Explanation"]);
  const listed = [...summary.matchAll(/\]\(([^)]+)\)/g)].map(([, page]) => `docs/${page}`);
  assert.deepEqual(listed.toSorted(), chapters.toSorted());
  for (const page of chapters) {
    const [title, opening] = (await read(page)).split(/\n\n+/);
    assert.match(title, /^# \S.*$/, page);
    assert.match(opening, /^(Use this page to|Read this page before|Add|Protect) /, page);
  }
});

test("the page of routes lists every route of the OpenAPI document", async () => {
  const { paths } = JSON.parse(await read("openapi/openapi.json"));
  const isMethod = (name) => ["get", "post", "put", "patch", "delete"].includes(name);
  const routes = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).filter(isMethod).map((method) => `${method.toUpperCase()} ${path}`));
  const listed = [...(await read("docs/routes.md")).matchAll(/^\| `([A-Z]+ [^`]+)` \|/gm)].map(([, route]) => route);
  assert.deepEqual(listed.toSorted(), routes.toSorted());
});

test("mdbook builds the book without a warning, and each of its links leads somewhere", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "daemun-book-"));
  try {
    const log = execFileSync("bash", ["-c", 'mdbook build docs --dest-dir "$0" 2>&1', folder], { cwd: root, encoding: "utf8" });
    assert.doesNotMatch(log, /WARN|ERROR/);
    const made = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".html"));
    // The first copies other pages, the others are frames of the navigation.
    const read = made.filter((file) => !["print.html", "toc.html", "404.html"].includes(file));
    const texts = new Map(await Promise.all(read.map(async (file) => [file, await readFile(join(folder, file), "utf8")])));
    const broken = [];
    let checked = 0;
    for (const [file, text] of texts) {
      for (const [, target] of contentOf(text).matchAll(/(?:href|src)="([^"]+)"/g)) {
        if (/^(https?|mailto):/.test(target)) continue;
        checked += 1;
        if (!leadsSomewhere(target, file, folder, texts)) broken.push(`${file}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
    assert.ok(texts.size >= chapters.length);
    context.diagnostic(`${texts.size} pages, ${checked} links`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Returns what a page of the book shows, without its navigation and its blocks of code. */
const contentOf = (html) => html.slice(html.indexOf("<main")).replace(/<pre>[^]*?<\/pre>/g, "");

/** Returns whether the target of a link in `file` exists. Links to other folders lead to the files of this checkout. */
function leadsSomewhere(target, file, folder, texts) {
  const [path, anchor] = target.split("#");
  if (path.startsWith("file:")) return existsSync(fileURLToPath(path));
  const found = path ? posix.join(dirname(file), path) : file;
  if (!existsSync(join(folder, found))) return false;
  return !anchor || !texts.has(found) || texts.get(found).includes(`id="${anchor}"`);
}
