/**
 * Errors that followed another while a scope unwound. They are kept beside the first one, never in it: the error that
 * a user threw is not altered (E3), not even by a property.
 */

const followers = new WeakMap<object, unknown[]>();

/** Remembers that `later` came after `first`; a primitive cannot be remembered by, and is only reported. */
export function addSuppressed(first: unknown, later: unknown): void {
  if ((typeof first !== 'object' && typeof first !== 'function') || first === null || first === later) return;
  const list = followers.get(first);
  if (list === undefined) followers.set(first, [later]);
  else if (!list.includes(later)) list.push(later);
}

/**
 * The errors that came after this one while its scope was unwinding: a sibling that failed on its way out, a clean-up
 * that threw. In order of time; empty when there were none.
 *
 * @example
 * ```ts
 * try {
 *   await run(() => { defer(() => { throw new Error('clean-up'); }); throw new Error('work'); });
 * } catch (error) {
 *   console.log(error, suppressedOf(error)); // Error: work, [Error: clean-up]
 * }
 * ```
 */
export function suppressedOf(error: unknown): readonly unknown[] {
  // A WeakMap answers for a primitive too: it has none.
  return followers.get(error as object)?.slice() ?? [];
}
