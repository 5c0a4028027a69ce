/**
 * Warnings: what a user should know and no error tells. They go to the platform's warning channel where it has one
 * (`process.emitWarning`, so `--no-warnings` and `process.on('warning')` work), else to the console.
 */

interface WarningChannel {
  emitWarning?(message: string, options: { type: string; code: string }): void;
}

/** Warns, with a stable code. */
export function warn(code: string, message: string): void {
  const host = (globalThis as { process?: WarningChannel }).process;
  if (typeof host?.emitWarning === 'function') host.emitWarning(message, { type: 'SkeinWarning', code });
  else console.warn(`SkeinWarning [${code}]: ${message}`);
}

/** Hands an error that has no other way out to the platform, as it does with an error in any callback. */
export function raiseUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
