/** What fails, and may have nobody who waits for it. Its `claimed()` sets `heard`. */
interface Failing {
  readonly firstWait: unknown;
  heard: boolean;
}

/**
 * Lets something fail whose failure must not be lost (E1): unless somebody waits for it, or comes in time, it is reported.
 *
 *     fail ──┬── somebody waits ─────────────────────▶ heard
 *            └── nobody ──two microtasks──┬── came ──▶ heard
 *                                         └──────────▶ report()
 */
export function failAloud(failing: Failing, fail: () => void, report: () => void): void {
  // A wait that came and was given up counts no longer (E2).
  failing.heard = failing.firstWait !== null;
  fail();
  if (failing.heard) return;
  const judge = (): void => {
    if (!failing.heard) report();
  };
  // An `await` of what has just been returned reaches its `then` a microtask after that call: only then is nobody there.
  void Promise.resolve().then(() => Promise.resolve().then(judge));
}
