import fc from 'fast-check';
import { CancellationScope, Event, InvalidArgumentError, sleep, spawn, TaskCancelledError } from 'skein';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { bodyOf, commandsOf, drive, isGranted, kinds, play, type Steps } from './waiter-list-play.js';

describe('Event', () => {
  it.each(kinds)(
    'wakes all %s bodies that wait, in order, also when it is set and cleared at once',
    async (kind) => {
      await drive(async () => {
        const event = new Event({ name: 'ready' });
        const log: string[] = [];
        const waiters = ['a', 'b'].map((name) =>
          spawn(
            bodyOf(kind, function* (): Steps<void> {
              yield event.wait();
              log.push(name);
            }) as () => Promise<void>,
          ),
        );
        await sleep(1);
        expect([event.waiting, event.isSet, event.name]).toEqual([2, false, 'ready']);
        event.set();
        event.clear();
        const late = spawn(() => event.wait());
        await sleep(1);
        expect([log, waiters.map((task) => task.state), late.state]).toEqual([
          ['a', 'b'],
          ['completed', 'completed'],
          'running',
        ]);
        late.cancel();
        await expect(late).rejects.toBeInstanceOf(TaskCancelledError);
        expect(event.waiting).toBe(0);
      });
    },
  );

  it('returns at once while it is set; setting twice is harmless; works outside every scope', async () => {
    const event = new Event();
    const before = event.wait();
    event.set();
    event.set();
    await before;
    await event.wait();
    expect(event.isSet).toBe(true);
    expect(() => new Event('ready' as unknown as object)).toThrow(InvalidArgumentError);
  });

  it('C6: begun in a cancelled scope, a wait never begins, although it is set', async () => {
    await drive(async () => {
      const event = new Event();
      event.set();
      const begun = await CancellationScope.run((scope) => {
        scope.cancel();
        return [event.wait()];
      });
      await expect(begun[0]).rejects.toBeInstanceOf(TaskCancelledError);
    });
  });

  it('against a plain model: who waited when it was set goes on, nobody else does', async () => {
    await fc.assert(
      fc.asyncProperty(
        commandsOf(fc.constant(null), fc.constantFrom('set', 'clear', 'pulse')),
        fc.constantFrom(...kinds),
        async (commands, driver) => {
          const event = new Event();
          let flag = false;
          let waiting: number[] = [];
          const woken = new Set<number>();
          const operations = new Map<number, Operation<unknown>>();
          const set = (value: boolean): void => {
            flag = value;
            if (!value) return;
            for (const id of waiting) woken.add(id);
            waiting = [];
          };
          await play<null, string>(commands, driver, {
            ask(id) {
              if (flag) woken.add(id);
              else waiting.push(id);
              const operation = event.wait() as unknown as Operation<unknown>;
              operations.set(id, operation);
              return operation;
            },
            received: (id) => expect(woken.has(id)).toBe(true),
            done: () => undefined,
            gaveUp(id) {
              expect(woken.has(id)).toBe(false);
              waiting = waiting.filter((waiter) => waiter !== id);
              operations.delete(id);
            },
            act(what) {
              if (what !== 'clear') {
                event.set();
                set(true);
              }
              if (what !== 'set') {
                event.clear();
                set(false);
              }
            },
            check() {
              expect([event.isSet, event.waiting]).toEqual([flag, waiting.length]);
              for (const [id, operation] of operations) expect(isGranted(operation)).toBe(woken.has(id));
            },
            finish() {
              event.set();
              set(true);
            },
          });
          expect(event.waiting).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});
