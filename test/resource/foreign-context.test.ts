// X2: other libraries' AsyncLocalStorage keeps the value that it had at the spawn.
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  CancellationScope,
  Context,
  ContextVar,
  checkpoint,
  defer,
  gather,
  run,
  sleep,
  spawn,
  TaskGroup,
  until,
  VirtualLoop,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { use } from '../../src/resource/use.js';
import { kinds } from '../core/support.js';

const trace = new AsyncLocalStorage<string>();

describe.each(kinds)('in $kind bodies', ({ body }) => {
  const waits = body(function* () {
    const seen = [trace.getStore()];
    yield checkpoint();
    seen.push(trace.getStore());
    yield sleep(1);
    seen.push(trace.getStore());
    yield until(Promise.resolve());
    seen.push(trace.getStore());
    yield spawn(() => checkpoint());
    seen.push(trace.getStore());
    return [...new Set(seen)];
  });

  it('X2: in every wait of a body', async () => {
    await trace.run('outside', () =>
      run(
        body(function* () {
          const one = trace.run('one', () => spawn(waits));
          const two = trace.run('two', () => spawn(waits));
          const all: unknown = yield gather(one, two);
          expect(all).toEqual([['one'], ['two']]);
          const own: unknown = yield spawn(waits);
          expect(own).toEqual(['outside']);
        }),
      ),
    );
  });

  it('X2: in members that waited for a slot', async () => {
    await run(
      body(function* () {
        const results: unknown = yield TaskGroup.run(
          (group) => {
            for (const name of ['a', 'b', 'c']) trace.run(name, () => group.spawn(waits));
            return group.waitAll();
          },
          { concurrency: 1 },
        );
        expect(results).toEqual([['a'], ['b'], ['c']]);
      }),
    );
  });

  it('X2: in Context.run and ContextVar.with, beside skein’s own variables', async () => {
    const id = new ContextVar<number>('id');
    await run(
      body(function* () {
        const inside: unknown = yield trace.run('inside', () =>
          id.with(1, () => Context.run({ a: 2 }, waits)),
        );
        expect(inside).toEqual(['inside']);
        expect(trace.getStore()).toBeUndefined();
      }),
    );
  });

  it('X2: a task that is resumed by another has its own value, not that of the other', async () => {
    const loop = new VirtualLoop();
    await loop.drive(
      run(
        body(function* () {
          const inner = trace.run('inner', () =>
            spawn(
              body(function* () {
                yield sleep(5);
              }),
            ),
          );
          yield inner;
          expect(trace.getStore()).toBeUndefined();
        }),
        { loop },
      ),
    );
  });

  it('X2: in closing and clean-up, also when a child’s end set them off', async () => {
    const seen: Record<string, unknown> = {};
    await trace.run('parent', () =>
      run(
        body(function* () {
          yield CancellationScope.run(
            body(function* () {
              use({
                [Symbol.dispose]: () => {
                  seen['close'] = trace.getStore();
                },
              });
              use({
                [Symbol.asyncDispose]: async () => {
                  await sleep(1);
                  seen['async close'] = trace.getStore();
                },
              });
              defer(
                body(function* () {
                  yield sleep(1);
                  seen['defer'] = trace.getStore();
                }),
              );
              trace.run('child', () =>
                spawn(
                  body(function* () {
                    yield sleep(1000);
                  }),
                ),
              );
              yield sleep(1);
            }),
          );
        }),
      ),
    );
    expect(seen).toEqual({ close: 'parent', 'async close': 'parent', defer: 'parent' });
  });
});
