// Draws every message that check.py wrote to a folder onto one sheet, in both languages, in light and dark colours:
// node tests/external/mail/draw.js FOLDER [PICTURE]. A font with Hangul must be installed (Debian: fonts-nanum).

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { startBrowser } from "../support/browser.js";

/** The kinds in two bands, so that the texts stay legible: those with a code or a link and their like, and the second factors. */
const bands = [
  [
    "sign_up", "verify_email", "change_email", "reset_password", "log_in", "invitation",
    "account_exists", "password_changed", "email_change_requested", "email_changed",
  ],
  [
    "new_device", "totp_enabled", "totp_disabled", "passkey_added", "passkey_removed", "passkey_counter_went_back",
    "recovery_code_used", "recovery_codes_renewed", "second_factor_guessed", "second_factors_reset",
  ],
];
const kinds = bands.flat();
const width = 380;
const shown = 190;
const folder = resolve(process.argv[2]);
const messages = await readdir(folder);
const missing = messages.filter((name) => !kinds.includes(name.replace(/-(en|ko)\.(eml|html)$/, "")));
if (missing.length > 0) throw new Error(`the sheet has no place for ${missing}`);
const picture = process.argv[3] ?? fileURLToPath(new URL("../../../docs/images/mails.png", import.meta.url));

const work = await mkdtemp(join(tmpdir(), "daemun-mails-"));
const browser = await startBrowser();
try {
  const images = new Map();
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 200 } });
    const page = await context.newPage();
    for (const language of ["en", "ko"]) {
      for (const kind of kinds.filter((kind) => messages.includes(`${kind}-${language}.html`))) {
        const look = `${language}-${colorScheme}`;
        const path = join(work, `${kind}-${look}.png`);
        await page.goto(pathToFileURL(join(folder, `${kind}-${language}.html`)).href);
        await page.screenshot({ path, fullPage: true });
        images.set(`${kind} ${look}`, `<img src="${pathToFileURL(path)}" width="${shown}">`);
      }
    }
    await context.close();
  }
  const looks = ["en-light", "ko-light", "en-dark", "ko-dark"];
  const row = (band, look) => `<div>${band.map((kind) => images.get(`${kind} ${look}`) ?? "").join("")}</div>`;
  const rows = bands.flatMap((band) => looks.map((look) => row(band, look)));
  const style = "body{margin:0;padding:6px;background:#9aa3ad}div{display:flex;align-items:flex-start}img{margin:4px}";
  await writeFile(join(work, "sheet.html"), `<!DOCTYPE html><style>${style}</style>${rows.join("")}`);
  const sheet = await browser.newPage({ viewport: { width: bands[0].length * (shown + 8) + 12, height: 200 } });
  await sheet.goto(pathToFileURL(join(work, "sheet.html")).href);
  await sheet.screenshot({ path: picture, fullPage: true });
} finally {
  await browser.close();
  await rm(work, { recursive: true });
}
