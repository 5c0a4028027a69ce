import { profiler } from './profiler.mjs';

/**
 * Begins to time the part of a sample that counts, and gives the function that ends it: it returns nanoseconds. What was
 * prepared is collected before, or its collection would fall into the part that counts, for one contender and not for
 * another. A profile has that part alone, too.
 */
export function stopwatch() {
  // The first copies the young, the second promotes them. (A full collection also drops optimised code: three times slower.)
  globalThis.gc({ type: 'minor' });
  globalThis.gc({ type: 'minor' });
  profiler?.begin();
  const started = performance.now();
  return () => {
    const took = performance.now() - started;
    profiler?.end();
    return took * 1e6;
  };
}
