// Presents a proof of work when the service requires one, and solves it outside the page's thread.

import { DaemunError } from "./error.js";
import { solve, type Parameters, type Solution } from "./proof.js";
import type { components } from "./schema.js";

/** A challenge from `GET /captcha`. */
export type Challenge = components["schemas"]["CaptchaChallenge"];

/** Milliseconds after which a worker that has not responded is given up: the service rejects an older proof. */
const WORKER_MS = 240_000;

/**
 * Sends a request, and sends it again with a proof if the service requires one. `challenge` returns a
 * new challenge. A proof is valid for one request.
 */
export async function withProof<T>(
  send: (proof: { captcha?: string }) => Promise<T>,
  challenge: () => Promise<Challenge>,
): Promise<T> {
  try {
    return await send({});
  } catch (error) {
    if (!(error instanceof DaemunError && error.code === "captcha_required")) throw error;
  }
  return send({ captcha: await solveCaptcha(await challenge()) });
}

/**
 * Solves a challenge, and returns it in the form that requests take as `captcha`. Uses a Web Worker;
 * where none can start, the page's thread does the work in short slices.
 */
export async function solveCaptcha(challenge: Challenge): Promise<string> {
  const solution = await solveInWorker(challenge.parameters).catch(() => solve(challenge.parameters));
  return btoa(JSON.stringify({ challenge, solution }));
}

/** Rejects if there are no workers, or if the page's policy or its server does not provide this one. */
async function solveInWorker(parameters: Parameters): Promise<Solution> {
  // Bundlers recognize this expression, and add the worker's file to what they build.
  const worker = new Worker(new URL("./captcha-worker.js", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error("the worker did not respond")), WORKER_MS);
      worker.onmessage = ({ data }: MessageEvent<{ solution?: Solution; failure?: string }>) => {
        clearTimeout(timeout);
        data.solution ? resolve(data.solution) : reject(new Error(data.failure));
      };
      worker.onerror = (event) => {
        // The main thread does the work instead, so the page has nothing to report.
        event.preventDefault();
        clearTimeout(timeout);
        reject(new Error("the worker did not start"));
      };
      worker.postMessage(parameters);
    });
  } finally {
    worker.terminate();
  }
}
