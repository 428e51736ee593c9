// The files of a release and of an installation, as far as they can be checked without a registry, an engine and a cluster.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const run = (command, ...words) => execFileSync(command, words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const read = (path) => readFile(join(root, path), "utf8");

test("every place names the same version, and the changelog has its notes", () => {
  assert.match(run("scripts/release", "check"), /^version \d+\.\d+\.\d+\n$/);
  assert.match(run("scripts/release", "notes"), /### Added/);
});

test("workflows fit GitHub's schema, pin each action by its digest, and only call steps that exist", async () => {
  const workflows = (await readdir(join(root, ".github/workflows"))).map((name) => `.github/workflows/${name}`);
  run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", ...workflows);
  const steps = /^    (check(?: \| \w+)+)\) "\$step" ;;$/m.exec(await read("scripts/release"))[1].split(" | ");
  for (const workflow of workflows) {
    const text = await read(workflow);
    assert.match(text, /^permissions:\n  contents: read$/m, workflow);
    for (const [, action] of text.matchAll(/uses: (.*)$/gm)) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, workflow);
    for (const [, words] of text.matchAll(/^ *(?:run: )?scripts\/release ([a-z ]+)/gm)) {
      for (const step of words.trim().split(" ")) assert.ok(steps.includes(step), `${workflow}: ${step}`);
    }
  }
});

test("Compose files fit the specification of Compose", () => {
  const files = run("git", "ls-files", "compose*.yaml", "*/compose*.yaml").split("\n").filter(Boolean);
  assert.ok(files.length >= 9, `${files}`);
  run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", ...files);
});

test("the systemd unit is valid and confines the service", async () => {
  const folder = await mkdtemp(join(tmpdir(), "daemun-unit-"));
  try {
    const unit = join(folder, "daemun.service");
    const text = await read("examples/systemd/daemun.service");
    assert.ok(text.includes("/usr/local/bin/daemun serve"));
    await writeFile(unit, text.replace("/usr/local/bin/daemun", process.env.DAEMUN));
    run("systemd-analyze", "verify", "--man=no", unit);
    // The level of exposure is from 0 to 10, here in tenths.
    run("systemd-analyze", "security", "--offline=true", "--threshold=15", unit);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the Kubernetes manifest fits the API, and its parts fit each other", async () => {
  run("kubernetes-validate", "--strict", "examples/kubernetes/daemun.yaml");
  const program = "import json, sys, yaml; json.dump(list(yaml.safe_load_all(open(sys.argv[1]))), sys.stdout)";
  const [claim, deployment, service] = JSON.parse(run("python3", "-c", program, "examples/kubernetes/daemun.yaml"));
  const { template, selector } = deployment.spec;
  const [container] = template.spec.containers;
  assert.deepEqual(selector.matchLabels, template.metadata.labels);
  assert.deepEqual(service.spec.selector, template.metadata.labels);
  const ports = container.ports.map(({ name }) => name);
  for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) assert.ok(ports.includes(container[probe].httpGet.port));
  assert.ok(service.spec.ports.every(({ targetPort }) => ports.includes(targetPort)));
  assert.deepEqual(container.volumeMounts.map(({ name }) => name), template.spec.volumes.map(({ name }) => name));
  assert.equal(template.spec.volumes[0].persistentVolumeClaim.claimName, claim.metadata.name);
  // The user of the image, and its version.
  assert.match(await read("Dockerfile"), new RegExp(`^USER ${template.spec.securityContext.runAsUser}:`, "m"));
  assert.ok(container.image.endsWith(`:${run("scripts/release", "check").trim().split(" ")[1]}`));
  // Every setting is one of daemun.
  const page = await read("docs/configuration.md");
  for (const { name } of container.env) assert.ok(page.includes(`\`${name.replace(/_FILE$/, "")}\``), name);
});
