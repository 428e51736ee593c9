// Builds `dist`. npm runs this before it packs the folder, and when another project installs the folder.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL(".", import.meta.url));
const compiler = "node_modules/typescript/bin/tsc";
const run = (command, ...words) => execFileSync(command, words, { cwd, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });

// A project that installs the folder installs its dependencies, but not the compiler.
if (!existsSync(`${cwd}${compiler}`)) run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
rmSync(`${cwd}dist`, { recursive: true, force: true });
run(process.execPath, compiler, "--project", "tsconfig.build.json");
for (const license of ["LICENSE-APACHE", "LICENSE-MIT"]) {
  if (existsSync(`${cwd}../../${license}`)) copyFileSync(`${cwd}../../${license}`, `${cwd}${license}`);
}
