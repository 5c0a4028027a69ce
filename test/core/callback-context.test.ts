import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { sleep, spawn, until } from '../../src/index.js';
import { kinds, playValue, watchReports } from '../conformance/kinds.js';

watchReports();

const storage = new AsyncLocalStorage<string>();

describe.each(kinds)('the context of code that waits, in $name bodies', ({ body, wait }) => {
  it('X2: a callback that was given to then inside another context leaves that of the body as it is', async () => {
    const seen = await playValue(() =>
      storage.run('outer', () =>
        spawn(
          body(function* () {
            const seen: unknown[] = [];
            yield* wait(sleep(1));
            storage.run('inner', () => void sleep(0.5).then(() => undefined));
            for (let time = 0; time < 3; time++) {
              yield* wait(sleep(1));
              seen.push(storage.getStore());
            }
            return seen;
          }),
        ),
      ),
    );
    expect(seen).toEqual(['outer', 'outer', 'outer']);
  });

  it('X2: a callback sees what it saw at the spawn, whatever surrounded the callbacks given before it', async () => {
    const seen = await playValue(
      body(function* () {
        const seen: unknown[] = [];
        storage.run('inner', () => void sleep(1).then(() => undefined));
        const later = sleep(1).then(() => seen.push(storage.getStore()));
        yield* wait(later);
        yield* wait(sleep(1).then(() => seen.push(storage.getStore())));
        return seen;
      }),
    );
    expect(seen).toEqual([undefined, undefined]);
  });

  it('L1: an async function that is called after a wait knows its scope, also after an await of its own', async () => {
    const parents = await playValue(
      body(function* (main) {
        yield* wait(sleep(1));
        const helper = async (): Promise<boolean> => {
          await Promise.resolve();
          return spawn(() => undefined).parent === main;
        };
        const first = yield* wait(until(helper()));
        yield* wait(sleep(1));
        return [first, yield* wait(until(helper()))];
      }),
    );
    expect(parents).toEqual([true, true]);
  });

  it('X2: a callback of code that goes on after its task has ended sees what that code sees', async () => {
    const seen: unknown[] = [];
    await playValue(
      body(function* () {
        let open = (): void => undefined;
        const opened = new Promise<void>((resolve) => {
          open = resolve;
        });
        const task = spawn(
          body(function* () {
            yield* wait(sleep(1));
            void (async () => {
              await opened;
              storage.run('stray', () => void sleep(1).catch(() => void seen.push(storage.getStore())));
            })();
            return 'ended';
          }),
        );
        yield* wait(task);
        open();
        yield* wait(sleep(5));
      }),
    );
    expect(seen).toEqual(['stray']);
  });
});
