// The set-up of an authenticator app with other projects' tools: zbarimg reads the QR code, and oathtool shows the codes.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { startBrowser } from "../support/browser.js";
import { send, signUp } from "../support/send.js";
import { startService } from "../support/service.js";

const run = promisify(execFile);

let service, browser, folder;
before(async () => {
  service = await startService({ DAEMUN_CAPTCHA: "off", DAEMUN_APP_NAME: "R&D 연구소: 가" });
  browser = await startBrowser();
  folder = await mkdtemp(join(tmpdir(), "daemun-totp-"));
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
  await service?.stop();
});

/** Sends a request of a session. */
function call(path, token, body) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return send(service.url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Begins to set up an app. */
async function setUp(token) {
  const { status, json, text } = await call("/me/totp", token, {});
  assert.equal(status, 200, text);
  return json;
}

/** Returns what a camera reads from a picture of the QR code on a page. */
async function scan(image, { width, colorScheme }) {
  const path = join(folder, `${width}-${colorScheme}.png`);
  const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 420 } });
  try {
    const page = await context.newPage();
    await page.setContent(
      `<!doctype html><style>:root{color-scheme:light dark}</style><img alt="" width="${width}" src="${image}">`,
    );
    await page.locator("img").evaluate((element) => element.decode());
    await page.screenshot({ path });
  } finally {
    await context.close();
  }
  const { stdout } = await run("zbarimg", ["--quiet", "--raw", "--set", "disable", "--set", "qrcode.enable", path]);
  return stdout.trim();
}

test("zbarimg reads the URI from the QR code, in every size and color scheme", async () => {
  for (const username of ["minji", "민지".repeat(16)]) {
    const { token } = await signUp(service.url, username);
    const { secret, uri, qr_code } = await setUp(token);
    const label = `${encodeURIComponent("R&D 연구소  가")}:${encodeURIComponent(username)}`;
    const issuer = encodeURIComponent("R&D 연구소  가");
    assert.equal(uri, `otpauth://totp/${label}?secret=${secret}&issuer=${issuer}`);
    for (const width of [200, 320]) {
      for (const colorScheme of ["light", "dark"]) {
        assert.equal(await scan(qr_code, { width, colorScheme }), uri);
      }
    }
  }
});

/** Returns the code that oathtool shows at a time. */
async function code(secret, now = "now") {
  const { stdout } = await run("oathtool", ["--totp", "--base32", `--now=${now}`, secret]);
  return stdout.trim();
}

test("oathtool shows a code that enables the app, and the next one logs in", async () => {
  const { token } = await signUp(service.url, "sora");
  const { secret } = await setUp(token);
  const enabled = await call("/me/totp/verify", token, { code: await code(secret) });
  assert.equal(enabled.status, 200, enabled.text);
  assert.equal(enabled.json.recovery_codes.length, 10);
  const first = await call("/login", "none", { identifier: "sora", password: "Correct-Horse-7-battery" });
  assert.equal(first.json.code, "second_factor_required", first.text);
  const { challenge } = first.json;
  const second = await call("/login/second-factor", "none", { challenge, code: await code(secret, "now + 30 seconds") });
  assert.equal(second.status, 200, second.text);
  assert.equal(second.json.user.username, "sora");
});
