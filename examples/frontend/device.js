// Which browser and system a User-Agent text speaks of, as far as a list of sessions needs to know.

import { text } from "./texts.js";

// The first match counts: most browsers also name the ones they descend from.
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

/** A name for people and the icon that goes with it: "computer", "phone" or "program". */
export function describe(agent) {
  const browser = find(browsers, agent ?? "");
  const system = find(systems, agent ?? "");
  if (browser && system) {
    const isHandheld = ["iPhone", "iPad", "Android"].includes(system);
    return { name: text("device", { browser, system }), icon: isHandheld ? "phone" : "computer" };
  }
  // What is no browser begins with its own name: "curl/8.5.0".
  return { name: agent?.split(/[\s(]/)[0].slice(0, 40) || text("unknownDevice"), icon: "program" };
}
