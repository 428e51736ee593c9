// Solves proofs of work outside the page's thread. The file imports relative files only, because import maps do not apply to
// workers.

import { solve, type Parameters } from "./proof.js";

/** The part of a worker's scope that this file uses. */
interface Scope {
  onmessage: ((event: { data: Parameters }) => void) | null;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = ({ data }) => {
  solve(data).then(
    (solution) => scope.postMessage({ solution }),
    (failure: unknown) => scope.postMessage({ failure: String(failure) }),
  );
};
