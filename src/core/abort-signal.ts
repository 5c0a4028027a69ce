/**
 * Following an outer AbortSignal: one listener for each scope that follows, none for each wait, and none left behind
 * (C9).
 */

/** Calls back once if the signal aborts (soon, if it has already), and returns what takes the listener off. */
export function followSignal(signal: AbortSignal, onAbort: (reason: unknown) => void): () => void {
  const listener = (): void => onAbort(signal.reason);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
