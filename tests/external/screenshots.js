// Draws the README's pictures from a running service: node tests/external/screenshots.js [FOLDER]. DAEMUN names the binary.
// A font with Hangul must be installed (Debian: fonts-nanum).

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

import { startBrowser, visit } from "./support/browser.js";
import { startGate } from "./support/gate.js";
import { startService } from "./support/service.js";

const folder = process.argv[2] ?? fileURLToPath(new URL("../../docs/images", import.meta.url));
const phone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const password = "Correct-Horse-7-battery";

await mkdir(folder, { recursive: true });
const service = await startService({ DAEMUN_TRUSTED_PROXIES: "127.0.0.1" });
const gate = await startGate(service.url);
const browser = await startBrowser();
try {
  await drawSwaggerUi();
  await drawExample();
} finally {
  await browser.close();
  await gate.stop();
  await service.stop();
}

/** Draws Swagger UI after a signup with the page's own button, so that `GET /me` returns the user. */
async function drawSwaggerUi() {
  const { page } = await visit(browser, service.url, { viewport: { width: 1280, height: 1160 } });
  await page.goto(service.url);
  await execute(page, "sign_up");
  await page.locator(`.opblock[id$="-sign_up"] .opblock-summary-control`).click();
  await execute(page, "get_me");
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement.blur());
  await page.locator(".opblock-tag-section").first().evaluate((section) => section.scrollIntoView());
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  await page.screenshot({ path: join(folder, "swagger-ui.png") });
}

async function execute(page, operation) {
  const block = page.locator(`.opblock[id$="-${operation}"]`);
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Execute", exact: true }).click();
  await block.locator(".live-responses-table .response").waitFor();
}

/** Draws the example page of a user who is logged in here and on a phone. */
async function drawExample() {
  const shape = { viewport: { width: 1280, height: 640 } };
  const here = await visit(browser, gate.url, shape);
  await here.page.goto(`${gate.url}/#signup`);
  for (const [name, value] of Object.entries({ username: "민지", email: "minji@example.kr", password })) {
    await here.page.locator(`#signup input[name=${name}]`).fill(value);
  }
  await here.page.locator("#signup button.primary").click();
  await here.page.locator("#sessions li").waitFor();

  const there = await visit(browser, gate.url, { userAgent: phone });
  await there.page.goto(gate.url);
  await there.page.locator("#login input[name=identifier]").fill("민지");
  await there.page.locator("#login input[name=password]").fill(password);
  await there.page.locator("#login button.primary").click();
  await there.page.locator("#sessions li").first().waitFor();

  await here.page.reload();
  await here.page.locator("#sessions li").nth(1).waitFor();
  await here.page.screenshot({ path: join(folder, "example.png") });
}
