import {
  type Awaitable,
  CancellationScope,
  checkpoint,
  createTask,
  defer,
  detached,
  type EndedTask,
  Future,
  getEventLoop,
  run,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  until,
  VirtualLoop,
  waitFor,
} from 'skein';
import { describe, expectTypeOf, it } from 'vitest';

// What a body returns is what comes out, whatever its kind. No type argument is written in this file.

declare const flag: boolean;

describe('spawn', () => {
  it('infers from every kind of body', () => {
    expectTypeOf(spawn(() => 5)).toEqualTypeOf<Task<number>>();
    expectTypeOf(spawn(async () => 'text')).toEqualTypeOf<Task<string>>();
    expectTypeOf(
      spawn(function* () {
        yield* sleep(1);
        return true;
      }),
    ).toEqualTypeOf<Task<boolean>>();
    expectTypeOf(spawn(() => undefined)).toEqualTypeOf<Task<undefined>>();
    expectTypeOf(spawn(() => {})).toEqualTypeOf<Task<void>>();
    expectTypeOf(spawn(async () => {})).toEqualTypeOf<Task<void>>();
    expectTypeOf(spawn(function* () {})).toEqualTypeOf<Task<void>>();
    expectTypeOf(spawn(() => ({ a: 1, b: ['x'] }))).toEqualTypeOf<Task<{ a: number; b: string[] }>>();
  });

  it('infers when the body uses its task', () => {
    expectTypeOf(spawn((task) => task.id)).toEqualTypeOf<Task<number>>();
    expectTypeOf(spawn(async (task) => task.name)).toEqualTypeOf<Task<string>>();
    expectTypeOf(
      spawn(function* (task) {
        yield* task.spawn(() => 1);
        return task.isDone;
      }),
    ).toEqualTypeOf<Task<boolean>>();
    spawn((task) => void expectTypeOf(task).toEqualTypeOf<Task<unknown>>());
  });

  it('infers through what a body returns to be waited for', () => {
    expectTypeOf(spawn(() => spawn(() => 5))).toEqualTypeOf<Task<number>>();
    expectTypeOf(spawn(async () => spawn(() => 5))).toEqualTypeOf<Task<number>>();
    expectTypeOf(spawn(() => sleep(1))).toEqualTypeOf<Task<void>>();
    expectTypeOf(spawn(() => sleep(1).then(() => 'x'))).toEqualTypeOf<Task<string>>();
    expectTypeOf(spawn(() => new Promise((resolve: (n: number) => void) => resolve(1)))).toEqualTypeOf<
      Task<number>
    >();
    expectTypeOf(spawn(() => run(() => 5))).toEqualTypeOf<Task<number>>();
  });

  it('infers unions, and generic bodies', () => {
    expectTypeOf(spawn(async () => (flag ? 1 : 'x'))).toEqualTypeOf<Task<1 | 'x'>>();
    const identity = <T>(value: T): Task<T> => spawn(async () => value) as Task<T>;
    expectTypeOf(identity('x' as string)).toEqualTypeOf<Task<string>>();
  });

  it('a body that only throws gives never', () => {
    expectTypeOf(
      spawn(async () => {
        throw new Error('always');
      }),
    ).toEqualTypeOf<Task<never>>();
  });

  it('takes a name or options, and the same elsewhere', () => {
    expectTypeOf(spawn(() => 1, 'name')).toEqualTypeOf<Task<number>>();
    expectTypeOf(
      spawn(() => 1, { name: 'x', priority: 'control', service: true, onFailure: 'hold' }),
    ).toEqualTypeOf<Task<number>>();
    expectTypeOf(createTask(async () => 1, 'name')).toEqualTypeOf<Task<number>>();
    expectTypeOf(spawn(() => 1).spawn(async () => 'x')).toEqualTypeOf<Task<string>>();
  });

  it('Task is covariant', () => {
    const narrow = spawn(() => 5);
    const wide: Task<number | string> = narrow;
    const unknown: Task<unknown> = wide;
    const awaitable: Awaitable<unknown> = unknown;
    expectTypeOf(awaitable).toEqualTypeOf<Awaitable<unknown>>();
  });

  it('refuses what is wrong', () => {
    // @ts-expect-error no body
    spawn();
    // @ts-expect-error a promise is no body
    spawn(Promise.resolve(1));
    // @ts-expect-error a number is no body
    spawn(5);
    // @ts-expect-error no such priority
    spawn(() => 1, { priority: 'high' });
    // @ts-expect-error no such option
    spawn(() => 1, { prio: 'work' });
    // @ts-expect-error no such way
    spawn(() => 1, { onFailure: 'ignore' });
    // @ts-expect-error a number is no name
    spawn(() => 1, 5);
    // @ts-expect-error a body is given one task
    spawn((a: unknown, b: unknown) => [a, b]);
    // @ts-expect-error the result is a number
    const text: Task<string> = spawn(() => 5);
    return text;
  });
});

describe('waiting', () => {
  it('await and yield* give the value', async () => {
    const task = spawn(() => 5);
    const future = new Future<string>();
    expectTypeOf(await task).toEqualTypeOf<number>();
    expectTypeOf(await future).toEqualTypeOf<string>();
    expectTypeOf(await sleep(1)).toEqualTypeOf<void>();
    expectTypeOf(await checkpoint()).toEqualTypeOf<void>();
    expectTypeOf(await until(Promise.resolve('x'))).toEqualTypeOf<string>();
    function* fiber() {
      expectTypeOf(yield* task).toEqualTypeOf<number>();
      expectTypeOf(yield* future).toEqualTypeOf<string>();
      expectTypeOf(yield* sleep(1)).toEqualTypeOf<void>();
      expectTypeOf(yield* checkpoint()).toEqualTypeOf<void>();
      expectTypeOf(yield* until(Promise.resolve('x'))).toEqualTypeOf<string>();
      expectTypeOf(yield* shield(async () => 1)).toEqualTypeOf<number>();
      expectTypeOf(yield* waitFor(() => 'x', 1)).toEqualTypeOf<string>();
      expectTypeOf(yield* CancellationScope.run(() => 1)).toEqualTypeOf<number>();
      expectTypeOf(yield* TaskGroup.run(async () => 'x')).toEqualTypeOf<string>();
      expectTypeOf(yield* task.then(() => 'x')).toEqualTypeOf<string>();
      return 5;
    }
    expectTypeOf(spawn(fiber)).toEqualTypeOf<Task<number>>();
  });

  it('a fiber may delegate to a fiber', () => {
    function* inner() {
      yield* sleep(1);
      return 'inner';
    }
    function* outer() {
      const text = yield* inner();
      expectTypeOf(text).toEqualTypeOf<string>();
      return text.length;
    }
    expectTypeOf(spawn(outer)).toEqualTypeOf<Task<number>>();
  });

  it('then, catch and finally are typed as a promise’s', () => {
    const task = spawn(() => 5);
    expectTypeOf(task.then((n) => String(n))).toEqualTypeOf<Awaitable<string>>();
    expectTypeOf(
      task.then(
        () => 1,
        () => 'x',
      ),
    ).toEqualTypeOf<Awaitable<number | string>>();
    expectTypeOf(task.then((n) => Promise.resolve(n))).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(task.catch(() => 'x')).toEqualTypeOf<Awaitable<number | string>>();
    expectTypeOf(task.finally(() => {})).toEqualTypeOf<Awaitable<number>>();
    task.catch((error) => void expectTypeOf(error).toEqualTypeOf<unknown>());
    expectTypeOf(task.result).toEqualTypeOf<number>();
    expectTypeOf(task.error).toEqualTypeOf<unknown>();
    expectTypeOf(
      task.onDone((done) => void expectTypeOf(done).toEqualTypeOf<Task<number>>()),
    ).toEqualTypeOf<Disposable>();
    expectTypeOf(Promise.all([task, sleep(1)])).toEqualTypeOf<Promise<[number, void]>>();
  });

  it('a fiber that yields a promise is no body', () => {
    // @ts-expect-error write yield* until(promise)
    spawn(function* () {
      yield Promise.resolve(1);
    });
    // @ts-expect-error a value cannot be waited for
    spawn(function* () {
      yield 5;
    });
    // @ts-expect-error nor nothing
    spawn(function* () {
      yield;
    });
  });

  it('wrong arguments are errors', () => {
    // @ts-expect-error a string is no time
    sleep('10');
    // @ts-expect-error no time
    sleep();
    // @ts-expect-error a value needs no waiting
    until(5);
    // @ts-expect-error the function must return a promise
    until(() => 5);
    // @ts-expect-error no time
    waitFor(() => 1);
    // @ts-expect-error a number is no work
    shield(5);
    // @ts-expect-error no such option
    waitFor(() => 1, 1, { timeout: 5 });
  });
});

describe('until, shield, waitFor', () => {
  it('infer from promises, functions, tasks and bodies', () => {
    expectTypeOf(until(Promise.resolve(5))).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(until((signal) => Promise.resolve(signal.aborted))).toEqualTypeOf<Awaitable<boolean>>();
    expectTypeOf(until(async () => 'x')).toEqualTypeOf<Awaitable<string>>();
    expectTypeOf(until(spawn(() => 5))).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(shield(() => 5)).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(shield(async () => 5)).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(
      shield(function* () {
        yield* sleep(1);
        return 5;
      }),
    ).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(shield(spawn(() => 5))).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(shield(Promise.resolve(5))).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(waitFor(() => 5, 10)).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(waitFor(async () => 5, 10, { grace: 5 })).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(
      waitFor(
        spawn(() => 5),
        10,
      ),
    ).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(waitFor(sleep(5), 10)).toEqualTypeOf<Awaitable<void>>();
    expectTypeOf(
      waitFor(function* () {
        return yield* spawn(() => 'x');
      }, 10),
    ).toEqualTypeOf<Awaitable<string>>();
  });
});

describe('run, scopes and groups', () => {
  it('infer from every kind of body, with the argument used or not', () => {
    expectTypeOf(run(() => 5)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(run(async (task) => task.id)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(
      run(
        function* (task) {
          yield* task.spawn(() => 1);
          return 'x';
        },
        { timeout: 5, loop: new VirtualLoop(), name: 'n' },
      ),
    ).toEqualTypeOf<Promise<string>>();
    expectTypeOf(getEventLoop().run(async () => 5)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(CancellationScope.run((scope) => scope.isCancelled)).toEqualTypeOf<Awaitable<boolean>>();
    expectTypeOf(CancellationScope.run(async (scope) => scope.deadline)).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(
      CancellationScope.run(function* (scope) {
        return yield* scope.spawn(() => 'x');
      }),
    ).toEqualTypeOf<Awaitable<string>>();
    expectTypeOf(TaskGroup.run((group) => group.taskCount)).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(TaskGroup.run(async (group) => group.waitAll())).toEqualTypeOf<Awaitable<unknown[]>>();
    expectTypeOf(
      TaskGroup.run(function* (group) {
        return yield* group.spawn(async () => 5);
      }),
    ).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(TaskGroup.run((group) => group.spawn(() => 5))).toEqualTypeOf<Awaitable<number>>();
    expectTypeOf(detached(() => 5)).toEqualTypeOf<number>();
    expectTypeOf(CancellationScope.current()).toEqualTypeOf<CancellationScope | undefined>();
  });

  it('a group iterates its tasks', async () => {
    for await (const task of new TaskGroup()) {
      expectTypeOf(task).toEqualTypeOf<EndedTask>();
      expectTypeOf(task.result).toBeUnknown();
      expectTypeOf(task.name).toBeString();
    }
  });

  it('clean-ups are functions of every kind', () => {
    defer(() => {});
    defer(async () => {});
    defer(function* () {
      yield* sleep(1);
    });
    // @ts-expect-error a promise is no clean-up
    defer(Promise.resolve());
    // @ts-expect-error no such option
    CancellationScope.run(() => 1, { deadline: 5 });
    // @ts-expect-error no such strategy
    TaskGroup.run(() => 1, { strategy: 'fastest' });
    // @ts-expect-error a controller is no signal
    run(() => 1, { signal: new AbortController() });
  });
});

describe('Future', () => {
  it('takes and gives its type', () => {
    const future = new Future<number>();
    expectTypeOf(future.resolve).parameters.toEqualTypeOf<[number]>();
    // @ts-expect-error a string is no number
    future.resolve('x');
    new Future<void>().resolve();
    const wide: Awaitable<number | string> = future;
    expectTypeOf(wide).toEqualTypeOf<Awaitable<number | string>>();
  });
});
