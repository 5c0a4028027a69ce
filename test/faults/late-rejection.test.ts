import { describe, expect, it } from 'vitest';
import { Future, observe, sleep, spawn, until } from '../../src/index.js';
import { kinds, playValue, turns, watchReports } from '../conformance/kinds.js';
import { countFaults, strike } from './injection.js';

const reports = watchReports();
countFaults();

describe.each(kinds)('faults: a promise that rejects after its wait was given up, $name bodies', (kind) => {
  it('C11, O3: is reported once, while somebody observes', async () => {
    const seen: unknown[] = [];
    const late = new Error('late');
    const watching = observe((event) => {
      if (event.kind === 'scope' && event.type === 'suppressed') seen.push(event.error);
    });
    const rejects = new Future<never>();
    await playValue(
      kind.body(function* () {
        const promise = Promise.resolve(rejects);
        const task = spawn(
          kind.body(function* () {
            yield* kind.wait(until(promise));
          }),
        );
        yield* kind.wait(sleep(1));
        task.cancel();
        yield* kind.attempt(task);
        strike();
        rejects.reject(late);
        yield* kind.wait(sleep(1));
      }),
    );
    watching[Symbol.dispose]();
    await turns();
    // Told once: to the observer, or, where the scope is gone, as a warning; never as an unhandled rejection.
    expect(seen.length + reports.warnings.filter(({ code }) => code === 'SKEIN_SUPPRESSED').length).toBe(1);
  });
});
