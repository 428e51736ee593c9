// Runs the commands of a console block, and compares their output with the documented one.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Values that differ from run to run. The documented value must have the same form. */
const generated = [
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
  /^dm[sd]_[\w-]{43}$/,
];

/**
 * Runs each command in bash. Later commands name values of earlier output, so documented values are replaced by those that the
 * commands returned. `adapt` changes a command before that.
 */
export async function runConsole(text, { adapt, ...options }) {
  const returned = new Map();
  for (const { command, output } of stepsOf(text)) {
    let adapted = adapt(command);
    for (const [documented, actual] of returned) adapted = adapted.replaceAll(documented, actual);
    const { stdout } = await run("bash", ["-c", adapted], options);
    compare(output, stdout.trim(), returned);
  }
}

/** Returns the commands, which follow a `$`, each with the documented output below it. */
function stepsOf(text) {
  return text.split(/^\$ /m).slice(1).map((step) => {
    const end = /(?<!\\)\n|$/.exec(step).index;
    return { command: step.slice(0, end), output: step.slice(end).trim() };
  });
}

function compare(documented, actual, returned) {
  if (!documented.startsWith("{")) return assert.equal(actual, documented);
  compareValues(JSON.parse(documented), JSON.parse(actual), returned);
}

function compareValues(documented, actual, returned) {
  if (documented !== null && typeof documented === "object") {
    assert.deepEqual(Object.keys(actual), Object.keys(documented));
    for (const name of Object.keys(documented)) compareValues(documented[name], actual[name], returned);
    return;
  }
  const form = generated.find((form) => form.test(documented));
  if (!form) return assert.equal(actual, documented);
  assert.match(actual, form);
  returned.set(documented, actual);
}
