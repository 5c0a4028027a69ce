import {
  type Awaitable,
  CancellationScope,
  checkpoint,
  currentSignal,
  defer,
  Future,
  gather,
  getEventLoop,
  InvalidArgumentError,
  InvalidStateError,
  NoScopeError,
  run,
  ScopeClosedError,
  SkeinError,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TaskState,
  VirtualLoop,
  waitFor,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, thrownBy } from '../core/support.js';

// E5: misuse gets an error that shows the wrong call and the right one, at the call, before anything starts.

/** A value that the types forbid. */
const wrong = (value: unknown): never => value as never;
const promise = (): Promise<number> => Promise.resolve(1);

describe('E5: what is called where it cannot work', () => {
  it.each([
    ['spawn()', () => spawn(() => 1)],
    ['defer()', () => defer(() => undefined)],
    ['currentSignal()', () => currentSignal()],
    ['gather()', () => gather([() => 1])],
    ['waitFor()', () => waitFor(() => 1, 1)],
    ['shield()', () => shield(() => 1)],
    ['CancellationScope.run()', () => CancellationScope.run(() => 1)],
    ['TaskGroup.run()', () => TaskGroup.run(() => 1)],
    ['new CancellationScope()', () => new CancellationScope()],
    ['new TaskGroup()', () => new TaskGroup()],
  ] as const)('E5: %s outside every scope says what to write', (call, misuse) => {
    const error = thrownBy(misuse) as NoScopeError;
    expect(error).toBeInstanceOf(NoScopeError);
    expect(error.code).toBe('SKEIN_NO_SCOPE');
    expect(error.message.startsWith(`${call} was called outside every scope`)).toBe(true);
    expect(error.message).toContain(`Write run(async () => { ${call} })`);
  });

  it('E5: a bad argument is named before the missing scope', () => {
    expect(thrownBy(() => waitFor(() => 1, -1))).toBeInstanceOf(InvalidArgumentError);
    expect(thrownBy(() => CancellationScope.run(wrong(1)))).toBeInstanceOf(InvalidArgumentError);
  });

  it('E5: spawn into a scope that has been left', async () => {
    const ended = await drive((virtual) =>
      run(
        async () => {
          let left: CancellationScope | undefined;
          await CancellationScope.run(
            (scope) => {
              left = scope;
            },
            { name: 'inner' },
          );
          return thrownBy(() => left!.spawn(() => 1));
        },
        { loop: virtual },
      ),
    );
    const error = (ended as { value: ScopeClosedError }).value;
    expect(error).toBeInstanceOf(ScopeClosedError);
    expect(error.message).toMatch(
      /^scope\.spawn came too late: scope #\d+ 'inner' has been left or closed; spawn into a scope that is still open/,
    );
  });

  it('E5: the result of a task that has not ended', async () => {
    const ended = await drive((virtual) =>
      run(
        async () => {
          const task = spawn(() => sleep(1), 'slow');
          return thrownBy(() => task.result);
        },
        { loop: virtual },
      ),
    );
    const error = (ended as { value: InvalidStateError }).value;
    expect(error).toBeInstanceOf(InvalidStateError);
    expect(error.message).toMatch(
      /^task #\d+ 'slow' has not ended, so it has no result yet; write: await task$/,
    );
  });

  it('E5: a future that is done already', () => {
    for (const settle of ['resolve', 'reject'] as const) {
      for (const again of ['resolve', 'reject'] as const) {
        const future = new Future<number>();
        future[settle](1 as never);
        const error = thrownBy(() => future[again](2 as never)) as Error;
        expect(error).toBeInstanceOf(InvalidStateError);
        expect(error.message).toBe(
          `future.${again}() was called on a future that is done already; ask future.isDone first where several may answer`,
        );
      }
    }
  });

  it('E5: a job that stands in the queue already', () => {
    const job = { run: () => undefined };
    const fresh = new VirtualLoop();
    fresh.schedule(job);
    expect(thrownBy(() => fresh.schedule(job))).toMatchObject({
      code: 'SKEIN_INVALID_STATE',
      message: 'loop.schedule: this job is in the queue already; a job can stand in it once at a time',
    });
  });

  it('E5: yield* outside a fiber that skein runs', () => {
    function* stray(): Generator<unknown, void> {
      yield* sleep(0);
    }
    for (const generator of [
      stray(),
      (function* () {
        yield* checkpoint();
      })(),
    ]) {
      expect(thrownBy(() => generator.next())).toMatchObject({
        code: 'SKEIN_INVALID_STATE',
        message: expect.stringContaining('in an async function, write await'),
      });
    }
  });
});

describe('E5: mistakes inside a body come out of it', () => {
  const failing: readonly (readonly [string, () => unknown, string | RegExp])[] = [
    [
      'a fiber that yields a promise',
      function* () {
        yield promise();
      },
      'a fiber yielded a promise (yield promise); write: yield* until(promise)',
    ],
    [
      'a fiber that yields a value',
      function* () {
        yield 5;
      },
      'a fiber yielded 5, and can only yield what skein can wait for; write yield* and an awaitable, for example: yield* sleep(10)',
    ],
    [
      'a fiber that yields nothing',
      function* () {
        yield;
      },
      /a fiber yielded undefined/,
    ],
    [
      'a body that is an async generator function',
      async function* () {
        yield 1;
      },
      'a body may be async (async () => { ... }) or a fiber (function* () { ... }), not async function*',
    ],
    [
      'a task that waits for itself, async',
      () => {
        const task: PromiseLike<unknown> = spawn(async () => task);
        return task;
      },
      /^task #\d+.* waits for itself, and would wait for ever: await it from outside its body$/,
    ],
    [
      'a task that waits for itself, fiber',
      () => {
        const task: Task<unknown> = spawn(function* (): Generator<Awaitable<unknown>, unknown, unknown> {
          return yield* task;
        });
        return task;
      },
      /waits for itself/,
    ],
  ];

  it.each(failing)('E5: %s', async (_name, body, message) => {
    const ended = await drive((virtual) => run(wrong(body), { loop: virtual }));
    const { error } = ended as { error: Error };
    expect(error).toBeInstanceOf(SkeinError);
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });

  it('E5: the mistake is thrown at the yield, so the fiber can catch it and clean up', async () => {
    const ended = await drive((virtual) =>
      run(
        wrong(function* () {
          try {
            yield promise();
          } catch (error) {
            return (error as SkeinError).code;
          }
          return 'nothing was thrown';
        }),
        { loop: virtual },
      ),
    );
    expect(ended).toEqual({ value: 'SKEIN_INVALID_STATE' });
  });

  it('E5: no error code says anything but skein’s, and every one is stable', () => {
    expect(new NoScopeError('').code).toBe('SKEIN_NO_SCOPE');
    expect(new ScopeClosedError('').code).toBe('SKEIN_SCOPE_CLOSED');
    expect(new InvalidStateError('').code).toBe('SKEIN_INVALID_STATE');
    expect(new InvalidArgumentError('').code).toBe('SKEIN_INVALID_ARGUMENT');
    expect(Object.values(TaskState)).toEqual(['pending', 'running', 'completed', 'failed', 'cancelled']);
    expect(getEventLoop().kind).toBe('node');
  });
});
