import { describe, expect, it } from 'vitest';
import {
  Context,
  currentTask,
  detached,
  getContext,
  run,
  setContext,
  sleep,
  until,
} from '../../src/index.js';
import { kinds, playValue, turns, watchReports } from './kinds.js';

/** What scripts/break-rules.mts could break of X1 and X2 without any other test of the rule noticing. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait }) => {
  it('X1: what is set inside Context.run, and by it, stays inside', async () => {
    const seen = await playValue(
      body(function* () {
        const seen: unknown[] = [];
        setContext('key', 'outside');
        const inner = Context.run(
          { key: 'given' },
          body(function* () {
            seen.push(getContext('key'));
            yield* wait(sleep(1));
            setContext('key', 'written inside');
            seen.push(getContext('key'));
          }),
        );
        seen.push(getContext('key'));
        yield* wait(inner);
        return [...seen, getContext('key')];
      }),
    );
    expect(seen).toEqual(['given', 'outside', 'written inside', 'outside']);
  });

  it('X1: a run inside a task inherits, and what it writes stays in it', async () => {
    const seen = await playValue(
      body(function* () {
        setContext('key', 'outside');
        const inside = yield* wait(
          until(
            run(
              body(function* () {
                const inherited = getContext('key');
                setContext('key', 'inside');
                yield* wait(sleep(1));
                return [inherited, getContext('key')];
              }),
              { context: { other: 1 } },
            ),
          ),
        );
        return [inside, getContext('key'), getContext('other')];
      }),
    );
    expect(seen).toEqual([['outside', 'inside'], 'outside', undefined]);
  });

  it('X2: detached(fn) runs outside every scope, at once and after an await', async () => {
    const seen = await playValue(
      body(function* () {
        yield* wait(sleep(1));
        const later = detached(async () => {
          const atOnce = currentTask();
          await turns();
          return [atOnce, currentTask()];
        });
        return [yield* wait(until(later)), currentTask() !== undefined];
      }),
    );
    expect(seen).toEqual([[undefined, undefined], true]);
  });
});
