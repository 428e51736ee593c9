// Detects browser and system in a User-Agent, for the list of sessions.

import { text } from "./texts.js";

// The first match wins: most browsers also name their ancestors.
const browsers = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bWhale\//, "Whale"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/(Chrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const systems = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

const find = (list, agent) => list.find(([pattern]) => pattern.test(agent))?.[1];

/** Returns a readable name and an icon: "computer", "phone" or "program". */
export function describe(agent) {
  const browser = find(browsers, agent ?? "");
  const system = find(systems, agent ?? "");
  if (browser && system) {
    const isHandheld = ["iPhone", "iPad", "Android"].includes(system);
    return { name: text("device", { browser, system }), icon: isHandheld ? "phone" : "computer" };
  }
  // Other programs start with their own name: "curl/8.5.0".
  return { name: agent?.split(/[\s(]/)[0].slice(0, 40) || text("unknownDevice"), icon: "program" };
}
