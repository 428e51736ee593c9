// The dashboard of the example: its queries, and a picture of its panels drawn from their results.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import { examples } from "./proxies.js";

const columns = 3;
const cell = { width: 320, height: 204 };
const plot = { left: 54, top: 34, width: 254, height: 118 };
const colors = ["#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#9a6700", "#57606a", "#0550ae"];

/** Resolves with the panels, each with the expressions of its queries. `window` replaces Grafana's rate interval. */
export async function readDashboard(window) {
  const dashboard = JSON.parse(await readFile(new URL("monitoring/grafana/dashboard.json", examples), "utf8"));
  return dashboard.panels.map((panel) => ({
    title: panel.title,
    unit: panel.fieldConfig.defaults.unit,
    isStacked: panel.fieldConfig.defaults.custom.stacking.mode === "normal",
    queries: panel.targets.map(({ expr, legendFormat }) => ({
      expression: expr.replaceAll("$__rate_interval", window).replaceAll("$job", "daemun"),
      legend: legendFormat,
    })),
  }));
}

/** Resolves with a digest of what the picture depends on. The picture contains it. */
export async function digestOfDashboard() {
  const panels = await readDashboard("$window");
  return createHash("sha256").update(JSON.stringify(panels)).digest("hex").slice(0, 16);
}

/** Returns the name of a series, as Grafana writes it in a legend. */
export function nameOf(legend, labels) {
  return legend.replace(/\{\{(\w+)\}\}/g, (_all, label) => labels[label] ?? "");
}

/**
 * Draws panels with their series: `{title, unit, isStacked, series: [{name, points: [[seconds, value]]}]}`.
 * The caption states when and how the figures were measured.
 */
export function drawDashboard(panels, { start, end, step, caption, digest }) {
  const rows = Math.ceil(panels.length / columns);
  const [width, height] = [columns * cell.width, rows * cell.height + 28];
  const cells = panels.map((panel, place) => {
    const [x, y] = [(place % columns) * cell.width, Math.floor(place / columns) * cell.height];
    return `<g transform="translate(${x} ${y})">${drawPanel(panel, { start, end, step })}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Panels of the dashboard">`,
    `<!-- dashboard ${digest} -->`,
    "<style>",
    "  text { font: 10px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #59636e }",
    "  .title { font-size: 12px; font-weight: 600; fill: #1f2328 }",
    "  .grid { stroke: #59636e; stroke-opacity: .2 }",
    "  .frame { fill: #ffffff; stroke: #d1d9e0 }",
    "  .line { fill: none; stroke-width: 1.5; stroke-linejoin: round }",
    "</style>",
    `<rect width="${width}" height="${height}" fill="#f6f8fa"/>`,
    ...cells,
    `<text x="8" y="${height - 10}">${escape(caption)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel({ title, unit, isStacked, series }, { start, end, step }) {
  const present = series.filter(({ points }) => points.length > 0);
  const drawn = isStacked ? stacked(present) : present;
  const values = drawn.flatMap(({ points }) => points.map(([, value]) => value));
  const top = ceiling(Math.max(...values, 0));
  const x = (time) => plot.left + ((time - start) / (end - start)) * plot.width;
  const y = (value) => plot.top + plot.height * (1 - value / top);
  const grid = [0, 0.5, 1].map((share) => {
    const height = y(share * top).toFixed(1);
    const right = plot.left + plot.width;
    return `<line x1="${plot.left}" x2="${right}" y1="${height}" y2="${height}" class="grid"/>`
      + `<text x="${plot.left - 5}" y="${Number(height) + 3}" text-anchor="end">${amount(share * top, unit)}</text>`;
  });
  const lines = drawn.map(({ points }, place) => {
    // A gap of more than one step is no line.
    const isApart = (point) => point === 0 || points[point][0] - points[point - 1][0] > 1.5 * step;
    const path = points.map(([time, value], point) => `${isApart(point) ? "M" : "L"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`);
    return `<path class="line" stroke="${colors[place % colors.length]}" d="${path.join("")}"/>`;
  });
  return [
    `<rect x="4" y="4" width="${cell.width - 8}" height="${cell.height - 8}" rx="4" class="frame"/>`,
    `<text x="14" y="22" class="title">${escape(title)}</text>`,
    ...grid,
    ...lines,
    ...legend(drawn),
  ].join("\n");
}

/** Draws the names in as many rows as fit below the plot. */
function legend(series) {
  let [x, y] = [14, plot.top + plot.height + 16];
  return series.map(({ name }, place) => {
    const width = 16 + name.length * 5.8;
    if (x > 14 && x + width > cell.width - 10) [x, y] = [14, y + 13];
    const drawn = `<rect x="${x}" y="${y - 7}" width="8" height="8" rx="2" fill="${colors[place % colors.length]}"/>`
      + `<text x="${x + 12}" y="${y}">${escape(name)}</text>`;
    x += width + 6;
    return drawn;
  });
}

/** Adds to each series the ones before it. A series without a value at a time counts as zero. */
function stacked(series) {
  const sums = new Map();
  return series.map(({ name, points }) => ({
    name,
    points: points.map(([time, value]) => {
      sums.set(time, (sums.get(time) ?? 0) + value);
      return [time, sums.get(time)];
    }),
  }));
}

/** Returns the next round number. */
function ceiling(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value);
}

function amount(value, unit) {
  const digits = (number) => `${Number(number.toPrecision(2))}`;
  if (unit === "s") return value === 0 || value >= 1 ? `${digits(value)} s` : `${digits(value * 1_000)} ms`;
  if (unit === "reqps") return `${digits(value)}/s`;
  if (unit === "percentunit") return `${digits(value * 100)} %`;
  if (unit === "bytes") return `${digits(value / 1_048_576)} MiB`;
  return digits(value);
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
