import { CancellationScope, CancelledError, checkpoint, shield, sleep, spawn, VirtualLoop } from 'skein';
import { describe, expect, it } from 'vitest';
import { warningsDuring } from '../core/support.js';
import { bodies, drive, failureOf } from './map-fixtures.js';

describe.each(bodies)('a scope with %s bodies', (_kind, body) => {
  it('tasks: those that it owns and that have not ended, in the order of their creation', async () => {
    await drive(() =>
      CancellationScope.run(async (scope) => {
        for (const ms of [3, 1, 2])
          scope.spawn(
            body(() => sleep(ms)),
            `${ms}`,
          );
        const inner = new CancellationScope();
        inner.spawn(
          body(() => sleep(5)),
          'of another scope',
        );
        expect(scope.tasks.map(({ name }) => name)).toEqual(['3', '1', '2']);
        await sleep(1.5);
        expect(scope.tasks.map(({ name }) => name)).toEqual(['3', '2']);
        // One that failed and is not judged yet has ended all the same.
        const held = scope.spawn(
          body(() => sleep(1).then(() => Promise.reject(new Error('no')))),
          { onFailure: 'hold' },
        );
        await sleep(5);
        expect(held.isDone).toBe(true);
        expect(scope.tasks).toEqual([]);
        await failureOf(held);
      }),
    );
  });

  it('cancel: true while it lasts, however often, and false once it has been left', async () => {
    await drive(async () => {
      let scope: CancellationScope | undefined;
      const left = CancellationScope.run((given) => {
        scope = given;
        given.spawn(body(() => sleep(1000)));
        expect([given.cancel('first'), given.cancel('second')]).toEqual([true, true]);
        return 'value';
      });
      expect(await left).toBe('value');
      expect(scope!.cancel()).toBe(false);
      expect(scope!.signal.reason).toMatchObject({ reason: 'first' });
    });
  });
});

describe('a scope', () => {
  it('isCancelled: by itself, with what is around it, or because something in it failed; not because it was left', async () => {
    await drive(async () => {
      let left: CancellationScope | undefined;
      await CancellationScope.run(async (scope) => {
        left = scope;
        expect(scope.isCancelled).toBe(false);
      });
      expect(left!.isCancelled).toBe(false);

      const outer = new CancellationScope();
      let inner: CancellationScope | undefined;
      let opened: CancellationScope | undefined;
      outer.spawn(() =>
        CancellationScope.run((scope) => {
          inner = scope;
          opened = new CancellationScope();
          return sleep(1000);
        }),
      );
      await sleep(1);
      outer.cancel();
      expect([outer.isCancelled, inner!.isCancelled, opened!.isCancelled]).toEqual([true, true, true]);
      await outer[Symbol.asyncDispose]();

      let failed: CancellationScope | undefined;
      await failureOf(
        CancellationScope.run(async (scope) => {
          failed = scope;
          scope.spawn(() => Promise.reject(new Error('no')));
          expect(await failureOf(sleep(1000))).toBeInstanceOf(CancelledError);
          expect(scope.isCancelled).toBe(true);
        }),
      );
      expect(failed!.isCancelled).toBe(true);
    });
  });

  it('parent: the scope around it, up to that of the whole run, which has none', async () => {
    await drive(async (task) => {
      const ofBody = CancellationScope.current()!;
      await CancellationScope.run((scope) => {
        expect(CancellationScope.current()).toBe(scope);
        expect(scope.parent).toBe(ofBody);
      });
      expect(ofBody.parent).toBe(task.scope);
      expect(ofBody.parent!.parent).toBe(undefined);
    });
    expect(CancellationScope.current()).toBe(undefined);
  });

  it('name: the one that it was given; for the scope of a body, that of the task', async () => {
    await drive(async () => {
      await spawn(() => expect(CancellationScope.current()!.name).toBe('fetch'), 'fetch');
      await CancellationScope.run((scope) => expect(scope.name).toBe('pages'), { name: 'pages' });
      await using scope = new CancellationScope({ name: 'mails' });
      expect(scope.name).toBe('mails');
      expect(`${scope}`).toMatch(/^scope #\d+ 'mails'$/);
    });
  });

  it('C7: `shield: true` lets cancellations from outside stop there, also where it is opened by `new`', async () => {
    const log: string[] = [];
    const loop = new VirtualLoop();
    await drive(async () => {
      const task = spawn(async () => {
        await using scope = new CancellationScope({ shield: true });
        const inside = scope.spawn(() => sleep(10).then(() => log.push('ended')));
        await shield(inside);
      });
      const other = spawn(() =>
        CancellationScope.run(() => sleep(10).then(() => log.push('ended too')), { shield: true }),
      );
      await sleep(1);
      task.cancel();
      other.cancel();
      // What they were cancelled for has come to its end: both have a value (C5).
      await task;
      await other;
    }, loop);
    expect(log.sort()).toEqual(['ended', 'ended too']);
    expect(loop.now()).toBe(10);
  });

  it('C8: a shield has the deadlines inside it, and none from around it', async () => {
    await drive(async () => {
      await CancellationScope.run(
        async (outer) => {
          expect(outer.deadline).toBe(10);
          await CancellationScope.run(
            async (shielded) => {
              expect(shielded.deadline).toBe(Number.POSITIVE_INFINITY);
            },
            { shield: true },
          );
          await CancellationScope.run(
            async (shielded) => {
              expect(shielded.deadline).toBe(50);
              await CancellationScope.run((inner) => expect(inner.deadline).toBe(50));
            },
            { shield: true, timeout: 50 },
          );
        },
        { timeout: 10 },
      );
    });
  });

  it('throwIfCancelled: throws the CancelledError once it is cancelled, and nothing before', async () => {
    await drive(async () => {
      const scope = new CancellationScope();
      scope.throwIfCancelled();
      scope.cancel('enough');
      expect(() => scope.throwIfCancelled()).toThrow(CancelledError);
      await scope[Symbol.asyncDispose]();
    });
  });
});

describe('scope.onCancel', () => {
  it('calls back once, with the reason, in the order in which they were registered', async () => {
    const told: unknown[] = [];
    await drive(async () => {
      const scope = new CancellationScope();
      scope.onCancel((reason) => told.push(['first', reason]));
      scope.onCancel((reason) => told.push(['second', reason]));
      scope.cancel('enough');
      scope.cancel('again');
      await checkpoint();
      await scope[Symbol.asyncDispose]();
    });
    expect(told).toEqual([
      ['first', 'enough'],
      ['second', 'enough'],
    ]);
  });

  it('of a scope that is cancelled already, calls back soon, unless it is taken back before', async () => {
    const told: unknown[] = [];
    await drive(async () => {
      const scope = new CancellationScope();
      scope.cancel('enough');
      scope.onCancel((reason) => told.push(reason));
      scope.onCancel(() => told.push('taken back'))[Symbol.dispose]();
      expect(told).toEqual([]);
      await sleep(1);
      expect(told).toEqual(['enough']);
      await scope[Symbol.asyncDispose]();
    });
    expect(told).toEqual(['enough']);
  });

  it('of a scope that is cancelled while its clean-up runs, calls back all the same', async () => {
    const told: unknown[] = [];
    const warnings = await warningsDuring(() =>
      drive(() =>
        CancellationScope.run((scope) => {
          scope.defer(async () => {
            scope.cancel('too late to interrupt anything');
            scope.onCancel(() => told.push('called'));
            await sleep(1);
          });
        }),
      ),
    );
    expect([told, warnings]).toEqual([['called'], []]);
  });

  it('is not called when the scope is merely left', async () => {
    const told: unknown[] = [];
    await drive(() => CancellationScope.run((scope) => void scope.onCancel((reason) => told.push(reason))));
    expect(told).toEqual([]);
  });

  it('the same function may be registered twice, and each is taken back by itself', async () => {
    const told: unknown[] = [];
    const tell = (reason: unknown): void => void told.push(reason);
    await drive(async () => {
      const scope = new CancellationScope();
      const first = scope.onCancel(tell);
      scope.onCancel(tell);
      scope.onCancel(tell);
      first[Symbol.dispose]();
      first[Symbol.dispose]();
      scope.cancel('enough');
      await checkpoint();
      await scope[Symbol.asyncDispose]();
    });
    expect(told).toEqual(['enough', 'enough']);
  });

  it('a handle that is disposed of after the scope has ended does no harm', async () => {
    let handle: Disposable | undefined;
    await drive(() =>
      CancellationScope.run((scope) => {
        handle = scope.onCancel(() => undefined);
      }),
    );
    handle![Symbol.dispose]();
  });

  it('O3: what a callback throws is reported, also by one that comes late, and the others are called', async () => {
    const told: unknown[] = [];
    const fail = (): never => {
      throw new Error('in the callback');
    };
    const warnings = await warningsDuring(() =>
      drive(async () => {
        const scope = new CancellationScope();
        scope.onCancel(fail);
        scope.onCancel((reason) => told.push(reason));
        scope.cancel('enough');
        scope.onCancel(fail);
        await sleep(1);
        await scope[Symbol.asyncDispose]();
      }),
    );
    expect(told).toEqual(['enough']);
    expect(warnings.filter(({ message }) => message.includes('onCancel')).length).toBe(2);
  });
});

it('isOpen: until it is cancelled or left', async () => {
  await drive(async () => {
    const seen: boolean[] = [];
    let scope: CancellationScope | undefined;
    await CancellationScope.run((given) => {
      scope = given;
      seen.push(given.isOpen);
    });
    seen.push(scope!.isOpen);
    await CancellationScope.run(async (given) => {
      given.cancel();
      seen.push(given.isOpen);
    }).catch(() => undefined);
    expect(seen).toEqual([true, false, false]);
  });
});
