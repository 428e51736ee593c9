// Compose files as an engine reads them: parsed, with their variables replaced. No engine is needed.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const parser = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";

/** Returns a Compose file as an object, with the variables of `environment`. `file` is a URL. */
export function readCompose(file, environment = {}) {
  const text = execFileSync("python3", ["-c", parser, fileURLToPath(file)], { encoding: "utf8" });
  return JSON.parse(text, (_name, value) => (typeof value === "string" ? interpolated(value, environment) : value));
}

/** Replaces `${NAME}`, `${NAME:-default}` with a default that may have variables itself, and `$$`. Rejects every other form. */
export function interpolated(text, environment) {
  let rest = text;
  let done = "";
  for (let place = rest.indexOf("$"); place >= 0; place = rest.indexOf("$")) {
    done += rest.slice(0, place);
    rest = rest.slice(place);
    if (rest.startsWith("$$")) {
      done += "$";
      rest = rest.slice(2);
      continue;
    }
    const end = closing(rest);
    const [, name, fallback] = /^([A-Z_]+)(?::-(.*))?$/s.exec(rest.slice(2, end)) ?? [];
    if (!name) throw new Error(`no variable of Compose: ${text}`);
    done += environment[name] || interpolated(fallback ?? "", environment);
    rest = rest.slice(end + 1);
  }
  return done + rest;
}

/** Returns the place of the brace that closes the variable at the start of a text. */
function closing(text) {
  let depth = 0;
  for (let place = 0; place < text.length; place += 1) {
    if (text[place] === "{") depth += 1;
    if (text[place] === "}" && (depth -= 1) === 0) return place;
  }
  throw new Error(`the variable does not end: ${text}`);
}
