import { CancelledError, checkpoint, Future, run, spawn } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds } from './support.js';

describe.each(kinds)('several waits for one source, in $kind bodies', ({ body }) => {
  it.each([
    ['the first', [0]],
    ['the one in the middle', [1]],
    ['the last', [2]],
    ['all but the last', [0, 1]],
    ['all but the first', [2, 1]],
    ['all', [1, 0, 2]],
  ])(
    'C11: %s is cancelled: the others, and who comes later, are woken in their order',
    async (_who, gone) => {
      const log: string[] = [];
      const ended = await drive((loop) =>
        run(
          body(function* () {
            const source = new Future<string>();
            const waiter = (name: number) =>
              spawn(
                body(function* () {
                  try {
                    log.push(`${name} ${yield source}`);
                  } catch (error) {
                    log.push(`${name} ${error instanceof CancelledError ? 'cancelled' : 'failed'}`);
                    throw error;
                  }
                }),
              );
            const waiters = [0, 1, 2].map(waiter);
            yield checkpoint();
            yield checkpoint();
            for (const index of gone) waiters[index]!.cancel();
            waiters.push(...[3, 4].map(waiter));
            yield checkpoint();
            yield checkpoint();
            source.resolve('given');
            for (const task of waiters) if (!task.cancelRequested) yield task;
          }),
          { loop },
        ),
      );
      expect(ended).toEqual({ value: undefined });
      const stayed = [0, 1, 2, 3, 4].filter((name) => !gone.includes(name));
      expect(log).toEqual([
        ...gone.map((name) => `${name} cancelled`),
        ...stayed.map((name) => `${name} given`),
      ]);
    },
  );
});
