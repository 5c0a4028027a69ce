import { describe, expect, it } from 'vitest';
import { sleep, spawn } from '../../src/index.js';
import { kinds, playValue, turns, watchReports } from '../conformance/kinds.js';

const reports = watchReports();

describe.each(kinds)('a callback of onDone that is taken back, in $name bodies', ({ body, wait }) => {
  it('is not called any more: before the end, after it, or once its turn has come', async () => {
    const called: string[] = [];
    await playValue(
      body(function* () {
        const task = spawn(() => sleep(1));
        const call = (name: string) => () => void called.push(name);
        task.onDone(call('before'))[Symbol.dispose]();
        // Called back in their order: the second one was about to be.
        task.onDone(() => second[Symbol.dispose]());
        const second = task.onDone(call('second'));
        task.onDone(call('last'));
        yield* wait(task);
        yield* wait(sleep(1));
        second[Symbol.dispose]();
        const ended = spawn(() => undefined);
        yield* wait(ended);
        ended.onDone(call('after'))[Symbol.dispose]();
        yield* wait(sleep(1));
      }),
    );
    await turns();
    expect(called).toEqual(['last']);
    expect(reports.warnings).toEqual([]);
  });
});
