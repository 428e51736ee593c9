// Draws every message that check.py wrote to a folder onto one sheet, in both languages, in light and dark colours:
// node tests/external/mail/draw.js FOLDER [PICTURE]. A font with Hangul must be installed (Debian: fonts-nanum).

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { startBrowser } from "../support/browser.js";

const kinds = [
  "sign_up", "verify_email", "change_email", "reset_password", "account_exists",
  "password_changed", "email_change_requested", "email_changed", "new_device",
  "totp_enabled", "totp_disabled", "recovery_code_used", "recovery_codes_renewed",
  "second_factor_guessed",
];
const width = 380;
const shown = 190;
const folder = resolve(process.argv[2]);
const picture = process.argv[3] ?? fileURLToPath(new URL("../../../docs/images/mails.png", import.meta.url));

const work = await mkdtemp(join(tmpdir(), "daemun-mails-"));
const browser = await startBrowser();
try {
  const rows = [];
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 200 } });
    const page = await context.newPage();
    for (const language of ["en", "ko"]) {
      const cells = [];
      for (const kind of kinds) {
        const path = join(work, `${kind}-${language}-${colorScheme}.png`);
        await page.goto(pathToFileURL(join(folder, `${kind}-${language}.html`)).href);
        await page.screenshot({ path, fullPage: true });
        cells.push(`<img src="${pathToFileURL(path)}" width="${shown}">`);
      }
      rows.push(`<div>${cells.join("")}</div>`);
    }
    await context.close();
  }
  const style = "body{margin:0;padding:6px;background:#9aa3ad}div{display:flex;align-items:flex-start}img{margin:4px}";
  await writeFile(join(work, "sheet.html"), `<!DOCTYPE html><style>${style}</style>${rows.join("")}`);
  const sheet = await browser.newPage({ viewport: { width: kinds.length * (shown + 8) + 12, height: 200 } });
  await sheet.goto(pathToFileURL(join(work, "sheet.html")).href);
  await sheet.screenshot({ path: picture, fullPage: true });
} finally {
  await browser.close();
  await rm(work, { recursive: true });
}
