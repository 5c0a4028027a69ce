// Every place of the public API where a user's code is called back, each as a small program. The tests put something there
// that throws, cancels, or does both.
import {
  AsyncResourceManager,
  any,
  asCompleted,
  CancellationScope,
  Condition,
  Context,
  ContextVar,
  checkpoint,
  createTask,
  currentSignal,
  currentTask,
  defer,
  detached,
  type Fiber,
  Future,
  filter,
  forEach,
  gather,
  getEventLoop,
  Mutex,
  map,
  mapUnordered,
  Observable,
  type Observer,
  observe,
  Queue,
  ReadWriteLock,
  race,
  retry,
  run,
  Semaphore,
  shield,
  singleFlight,
  sleep,
  spawn,
  TaskGroup,
  until,
  use,
  wait,
  waitFor,
  withDeadline,
  withTimeout,
} from '../../src/index.js';
import type { Kind } from '../conformance/kinds.js';
import { isFault } from './injection.js';

/** What the user's code does there: it may throw. */
export type Act = () => void;

export interface Place {
  /** The exports whose callbacks stand here. */
  readonly of: readonly string[];
  /** Waits for its own end, and does not catch what the act throws. */
  program(kind: Kind, act: Act): Fiber<unknown>;
}

const items = [1, 2, 3];

/** Work of either kind that acts after a wait, and work that acts at once. */
function later(kind: Kind, act: Act, ms = 1): () => Promise<number> {
  return kind.body(function* () {
    yield* kind.wait(sleep(ms));
    act();
    yield* kind.wait(sleep(1));
    return ms;
  });
}

function atOnce(kind: Kind, act: Act): () => Promise<number> {
  return kind.body(function* () {
    act();
    yield* kind.wait(sleep(1));
    return 0;
  });
}

/** A resource that acts where it is told to. */
function resource(
  act: Act,
  at: 'close' | 'late close' | 'onCancellation' | 'isClosed',
): AsyncDisposable & { isClosed: boolean; close(): Promise<void> | void; onCancellation(): void } {
  let closed = false;
  return {
    get isClosed() {
      if (at === 'isClosed') act();
      return closed;
    },
    close() {
      closed = true;
      if (at === 'close') act();
      if (at !== 'late close') return;
      return Promise.resolve()
        .then(() => Promise.resolve())
        .then(act);
    },
    onCancellation() {
      if (at === 'onCancellation') act();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A task that is cancelled while it waits, with `inside` around the wait. */
function* cancelled(kind: Kind, inside: () => Fiber<void>): Fiber<void> {
  const task = spawn(kind.body(inside));
  yield* kind.wait(sleep(1));
  task.cancel('by the program');
  yield* kind.wait(wait([task]));
  // What it failed with is the program's.
  if (task.state === 'failed') yield* kind.wait(task);
}

function rethrow(error: unknown): never {
  throw error;
}

/** All that takes work to run: one act in the work. */
const takers: Record<string, (work: () => Promise<number>) => PromiseLike<unknown>> = {
  run: (work) => until(run(work)),
  spawn: (work) => spawn(work),
  createTask: (work) => createTask(work),
  'CancellationScope.run': (work) => CancellationScope.run(work),
  'TaskGroup.run': (work) => TaskGroup.run(work),
  shield: (work) => shield(work),
  waitFor: (work) => waitFor(work, 100),
  withTimeout: (work) => withTimeout(100, work),
  withDeadline: (work) => withDeadline(getEventLoop().now() + 100, work),
  gather: (work) => gather([work, () => sleep(3)]),
  'gather, wait-all': (work) => gather([work, () => sleep(3)], 'wait-all'),
  'gather, return-partial': (work) =>
    gather([work, () => sleep(3)], { strategy: 'return-partial', onFailure: rethrow }),
  'TaskGroup, wait-all': (work) => TaskGroup.run((group) => void group.spawn(work), { strategy: 'wait-all' }),
  'map, wait-all': (work) => map(items, work, { concurrency: 2, strategy: 'wait-all' }),
  race: (work) => race([work, () => sleep(3)]),
  any: (work) => any([work]),
  asCompleted: (work) => asCompleted([work, () => sleep(3)]).next(),
  retry: (work) => retry(work, { attempts: 1 }),
  singleFlight: (work) => singleFlight(work)(),
  'Context.run': (work) => Context.run({ key: 1 }, work),
  'ContextVar.with': (work) => new ContextVar<number>('variable').with(1, work),
  'Semaphore.with': (work) => new Semaphore(1).with(work),
  'Mutex.with': (work) => new Mutex().with(work),
  'ReadWriteLock.withRead': (work) => new ReadWriteLock().withRead(work),
  'ReadWriteLock.withWrite': (work) => new ReadWriteLock().withWrite(work),
  'Condition.with': (work) => new Condition().with(work),
  map: (work) => map(items, work, { concurrency: 2 }),
  forEach: (work) => forEach(items, work, { concurrency: 2 }),
  filter: (work) => filter(items, work, { concurrency: 2 }),
  'loop.run': (work) => until(getEventLoop().run(work)),
  'until a function': (work) => until(() => shield(work)),
};

function exportOf(name: string): string {
  return name === 'loop.run' ? 'getEventLoop' : /^\w+/.exec(name)![0];
}

const works: Record<string, Place> = {};
for (const [name, call] of Object.entries(takers)) {
  works[`the body of ${name}, before its first wait`] = {
    of: [exportOf(name)],
    *program(kind, act) {
      yield* kind.wait(call(atOnce(kind, act)));
    },
  };
  works[`the function given to ${name}, on the spot`] = {
    of: [exportOf(name)],
    *program(kind, act) {
      const plain = (): Promise<number> => {
        act();
        return Promise.resolve(0);
      };
      yield* kind.wait(call(plain));
    },
  };
  works[`the body of ${name}, after a wait`] = {
    of: [exportOf(name)],
    *program(kind, act) {
      yield* kind.wait(call(later(kind, act)));
    },
  };
  works[`the finally of a body of ${name}, while it is cancelled`] = {
    of: [exportOf(name)],
    *program(kind, act) {
      yield* cancelled(kind, function* () {
        const body = kind.body(function* (): Fiber<number> {
          try {
            yield* kind.wait(sleep(100));
          } finally {
            act();
          }
          return 1;
        });
        yield* kind.wait(call(body));
      });
    },
  };
}

const bodies: Record<string, Place> = {
  'a body that never waits': {
    of: ['spawn'],
    *program(kind, act) {
      yield* kind.wait(spawn(() => act()));
    },
  },
  'a body, as its last step': {
    of: ['spawn', 'sleep'],
    *program(kind, act) {
      const body = kind.body(function* () {
        yield* kind.wait(sleep(1));
        act();
      });
      yield* kind.wait(spawn(body));
    },
  },
  'a task that nobody waits for': {
    of: ['spawn'],
    *program(kind, act) {
      spawn(later(kind, act));
      yield* kind.wait(sleep(10));
    },
  },
  'a task of a group': {
    of: ['TaskGroup'],
    *program(kind, act) {
      const fill = (group: TaskGroup): void => {
        group.spawn(later(kind, act));
        group.spawn(() => sleep(5));
      };
      yield* kind.wait(TaskGroup.run(fill));
    },
  },
  'a task of a group that limits': {
    of: ['TaskGroup'],
    *program(kind, act) {
      const fill = (group: TaskGroup): void => {
        for (const ms of items) group.spawn(later(kind, act, ms));
      };
      yield* kind.wait(TaskGroup.run(fill, { concurrency: 1 }));
    },
  },
  'a task of a scope': {
    of: ['CancellationScope'],
    *program(kind, act) {
      const body = kind.body(function* (scope: CancellationScope) {
        scope.spawn(later(kind, act));
        yield* kind.wait(sleep(5));
      });
      yield* kind.wait(CancellationScope.run(body));
    },
  },
  'a task that is left, in its finally': {
    of: ['CancellationScope'],
    *program(kind, act) {
      const body = kind.body(function* (scope: CancellationScope) {
        scope.spawn(
          kind.body(function* () {
            try {
              yield* kind.wait(sleep(100));
            } finally {
              act();
            }
          }),
        );
        yield* kind.wait(sleep(1));
      });
      yield* kind.wait(CancellationScope.run(body));
    },
  },
  'a service task, as its scope ends': {
    of: ['spawn'],
    *program(kind, act) {
      const body = kind.body(function* () {
        spawn(
          kind.body(function* () {
            try {
              yield* kind.wait(sleep(Infinity));
            } finally {
              act();
            }
          }),
          { service: true },
        );
        yield* kind.wait(sleep(1));
      });
      yield* kind.wait(CancellationScope.run(body));
    },
  },
  'the catch of a failed child': {
    of: ['spawn'],
    *program(kind, act) {
      const child = spawn(() => Promise.reject(new Error('of the program')));
      const { error } = yield* kind.attempt(child);
      if (error !== undefined) act();
    },
  },
};

const closing: Record<string, Place> = {
  'a defer': {
    of: ['defer'],
    *program(kind, act) {
      const body = kind.body(function* () {
        defer(act);
        yield* kind.wait(sleep(1));
      });
      yield* kind.wait(spawn(body));
    },
  },
  'a defer that waits': {
    of: ['defer', 'CancellationScope'],
    *program(kind, act) {
      const body = kind.body(function* (scope: CancellationScope) {
        scope.defer(later(kind, act) as () => Promise<never>);
        defer(() => undefined);
        yield* kind.wait(sleep(1));
      });
      yield* kind.wait(CancellationScope.run(body));
    },
  },
  'a defer of a task that is cancelled': {
    of: ['defer', 'Task'],
    *program(kind, act) {
      yield* cancelled(kind, function* () {
        currentTask()!.defer(later(kind, act) as () => Promise<never>);
        yield* kind.wait(sleep(100));
      });
    },
  },
  ...Object.fromEntries(
    (['close', 'late close', 'onCancellation', 'isClosed'] as const).flatMap((at) => [
      [
        `a resource's ${at}, as its scope is left`,
        {
          of: ['use', 'CancellationScope'],
          *program(kind: Kind, act: Act) {
            const body = kind.body(function* (scope: CancellationScope) {
              scope.use(resource(at === 'isClosed' ? lenient(act) : act, at));
              yield* kind.wait(sleep(1));
            });
            yield* kind.wait(CancellationScope.run(body));
          },
        } satisfies Place,
      ],
      [
        `a resource's ${at}, as its task is cancelled`,
        {
          of: ['use'],
          *program(kind: Kind, act: Act) {
            yield* cancelled(kind, function* () {
              use(resource(at === 'isClosed' ? lenient(act) : act, at));
              yield* kind.wait(sleep(100));
            });
          },
        } satisfies Place,
      ],
    ]),
  ),
  "a disposable's dispose": {
    of: ['use'],
    *program(kind, act) {
      const body = kind.body(function* () {
        use({ [Symbol.dispose]: act });
        yield* kind.wait(sleep(1));
      });
      yield* kind.wait(spawn(body));
    },
  },
  "an async disposable's dispose": {
    of: ['use', 'AsyncResourceManager'],
    *program(kind, act) {
      const body = kind.body(function* () {
        AsyncResourceManager.instance.register({ [Symbol.asyncDispose]: async () => act() }, { name: 'it' });
        yield* kind.wait(sleep(1));
      });
      yield* kind.wait(spawn(body));
    },
  },
  'a close of cleanupScope': {
    of: ['AsyncResourceManager'],
    *program(kind, act) {
      const body = kind.body(function* () {
        use(resource(act, 'close'));
        yield* kind.wait(AsyncResourceManager.instance.cleanupScope(CancellationScope.current()!));
        yield* kind.wait(sleep(1));
      });
      yield* kind.wait(CancellationScope.run(body));
    },
  },
  'a close of cleanupExpired': {
    of: ['AsyncResourceManager'],
    *program(kind, act) {
      const body = kind.body(function* () {
        AsyncResourceManager.instance.register(resource(act, 'close'), { expiresIn: 2 });
        yield* kind.wait(sleep(3));
        yield* kind.wait(AsyncResourceManager.instance.cleanupExpired());
        yield* kind.wait(sleep(1));
      });
      yield* kind.wait(CancellationScope.run(body));
    },
  },
};

/** The getter is read as a resource is registered, where what it throws is the caller's: it acts from the second read on. */
function lenient(act: Act): Act {
  let reads = 0;
  return () => {
    reads++;
    if (reads > 1) act();
  };
}

/** One observer that acts at the first event of a type. */
function observer(hook: keyof Observer, type: string, act: Act): Observer {
  let done = false;
  return {
    [hook]: (event: { readonly type: string }) => {
      if (event.type !== type || done) return;
      done = true;
      act();
    },
  };
}

function* eventful(kind: Kind): Fiber<void> {
  const body = kind.body(function* (scope: CancellationScope) {
    use({ [Symbol.dispose]: () => undefined });
    const victim = scope.spawn(() => sleep(100));
    yield* kind.wait(scope.spawn(() => sleep(1)));
    victim.cancel();
    yield* kind.attempt(victim);
    yield* kind.attempt(spawn(() => Promise.reject(new Error('of the program'))));
    const inner = CancellationScope.run((inside) => {
      inside.cancel();
      return sleep(1);
    });
    yield* kind.attempt(inner);
  });
  yield* kind.wait(CancellationScope.run(body));
}

const hooks = {
  onTaskEvent: ['created', 'started', 'completed', 'failed', 'cancelled'],
  onScopeEvent: ['opened', 'cancelled', 'closed'],
  onResourceEvent: ['opened', 'closed'],
} as const;

const observing: Record<string, Place> = {
  'the filter of an observer': {
    of: ['observe'],
    *program(kind, act) {
      const where = (): boolean => {
        act();
        return true;
      };
      const watching = observe(() => undefined, { kinds: ['task'], where });
      defer(() => watching[Symbol.dispose]());
      yield* eventful(kind);
    },
  },
  'an observer of one run': {
    of: ['run'],
    *program(kind, act) {
      const observers = [observer('onTaskEvent', 'completed', act)];
      const body = kind.body(() => eventful(kind));
      yield* kind.wait(until(run(body, { observers })));
    },
  },
};
for (const [hook, types] of Object.entries(hooks)) {
  for (const type of types) {
    observing[`${hook}, at ${type}`] = {
      of: ['observe', 'Observable'],
      *program(kind, act) {
        const watching = Observable.instance.register(observer(hook as keyof Observer, type, act));
        defer(() => watching[Symbol.dispose]());
        yield* eventful(kind);
      },
    };
  }
}

const callbacks: Record<string, Place> = {
  onDone: {
    of: ['Task'],
    *program(kind, act) {
      const task = spawn(() => sleep(1));
      task.onDone(act);
      yield* kind.wait(task);
      yield* kind.wait(sleep(1));
    },
  },
  'onDone of a task that never began': {
    of: ['Task'],
    *program(kind, act) {
      const task = spawn(() => sleep(1));
      task.onDone(act);
      task.cancel();
      yield* kind.attempt(task);
      yield* kind.wait(sleep(1));
    },
  },
  'onDone of a task that has ended': {
    of: ['Task'],
    *program(kind, act) {
      const task = spawn(() => 1);
      yield* kind.wait(task);
      task.onDone(act);
      yield* kind.wait(sleep(1));
    },
  },
  onCancel: {
    of: ['CancellationScope'],
    *program(kind, act) {
      const inner = CancellationScope.run((scope) => {
        scope.onCancel(act);
        getEventLoop().addTimer(1, () => scope.cancel());
        return sleep(10);
      });
      yield* kind.attempt(inner);
    },
  },
  'onFailure of gather': {
    of: ['gather'],
    *program(kind, act) {
      const failing = (): Promise<never> => Promise.reject(new Error('of the program'));
      yield* kind.wait(gather([failing, () => sleep(2)], { strategy: 'return-partial', onFailure: act }));
    },
  },
  'onFailure of a group': {
    of: ['TaskGroup'],
    *program(kind, act) {
      const fill = (group: TaskGroup): void => {
        group.spawn(() => Promise.reject(new Error('of the program')));
        group.spawn(() => sleep(3));
      };
      yield* kind.wait(TaskGroup.run(fill, { strategy: 'return-partial', onFailure: act }));
    },
  },
  'onFailure of map': {
    of: ['map'],
    *program(kind, act) {
      const failing = (): Promise<never> => Promise.reject(new Error('of the program'));
      yield* kind.wait(map(items, failing, { strategy: 'return-partial', onFailure: act }));
    },
  },
  'when of retry': {
    of: ['retry'],
    *program(kind, act) {
      const when = (): boolean => {
        act();
        return true;
      };
      yield* kind.wait(retry(failingOnce(), { delay: 1, when }));
    },
  },
  'onRetry of retry': {
    of: ['retry'],
    *program(kind, act) {
      yield* kind.wait(retry(failingOnce(), { delay: 1, onRetry: act }));
    },
  },
  'random of retry': {
    of: ['retry'],
    *program(kind, act) {
      const random = (): number => {
        act();
        return 0.5;
      };
      yield* kind.wait(retry(failingOnce(), { delay: 1, jitter: true, random }));
    },
  },
  'the key of singleFlight': {
    of: ['singleFlight'],
    *program(kind, act) {
      const key = (): string => {
        act();
        return 'key';
      };
      yield* kind.wait(singleFlight(() => sleep(1), key)());
    },
  },
  'the function of until': {
    of: ['until'],
    *program(kind, act) {
      const call = (): Promise<number> => {
        act();
        return Promise.resolve(1);
      };
      yield* kind.wait(until(call));
    },
  },
  'an abort listener of the current signal': {
    of: ['currentSignal'],
    *program(kind, act) {
      yield* cancelled(kind, function* () {
        currentSignal().addEventListener('abort', uncatchable(act), { once: true });
        yield* kind.wait(sleep(100));
      });
    },
  },
  'an abort listener of a signal that until hands on': {
    of: ['until'],
    *program(kind, act) {
      yield* cancelled(kind, function* () {
        const call = (signal: AbortSignal): Promise<void> =>
          new Promise((_resolve, reject) => {
            const onAbort = (): void => {
              try {
                act();
                reject(signal.reason);
              } catch (error) {
                reject(error);
              }
            };
            signal.addEventListener('abort', onAbort, { once: true });
          });
        yield* kind.wait(until(call));
      });
    },
  },
  'the predicate of a condition': {
    of: ['Condition'],
    *program(kind, act) {
      const condition = new Condition();
      let ready = false;
      const waiter = spawn(() =>
        condition.with(() =>
          condition.waitFor(() => {
            act();
            return ready;
          }),
        ),
      );
      yield* kind.wait(sleep(1));
      yield* kind.wait(
        condition.with(() => {
          ready = true;
          condition.notifyAll();
        }),
      );
      yield* kind.wait(waiter);
    },
  },
  'the order of a queue': {
    of: ['Queue'],
    *program(kind, act) {
      const compare = (first: number, second: number): number => {
        act();
        return first - second;
      };
      const queue = new Queue<number>({ order: 'priority', compare });
      for (const item of items) yield* kind.wait(queue.put(item));
      for (const _ of items) yield* kind.wait(queue.get());
    },
  },
  'a loop over a queue': {
    of: ['Queue'],
    *program(kind, act) {
      const queue = new Queue<number>();
      const reader = spawn(async () => {
        for await (const _ of queue) act();
      });
      for (const item of items) yield* kind.wait(queue.put(item));
      queue.close();
      yield* kind.wait(reader);
    },
  },
  'a loop over the tasks of a group': {
    of: ['TaskGroup'],
    *program(kind, act) {
      const body = async (group: TaskGroup): Promise<void> => {
        for (const ms of items) group.spawn(() => sleep(ms));
        for await (const _ of group) act();
      };
      yield* kind.wait(TaskGroup.run(body));
    },
  },
  'a loop over asCompleted': {
    of: ['asCompleted'],
    *program(kind, act) {
      const body = async (): Promise<void> => {
        for await (const _ of asCompleted(items.map((ms) => () => sleep(ms)))) act();
      };
      yield* kind.wait(spawn(body));
    },
  },
  'a loop over mapUnordered': {
    of: ['mapUnordered'],
    *program(kind, act) {
      const body = async (): Promise<void> => {
        for await (const _ of mapUnordered(items, (ms) => sleep(ms))) act();
      };
      yield* kind.wait(spawn(body));
    },
  },
  'the mapper of mapUnordered': {
    of: ['mapUnordered'],
    *program(kind, act) {
      const body = async (): Promise<void> => {
        for await (const _ of mapUnordered(items, later(kind, act), { concurrency: 2 }));
      };
      yield* kind.wait(spawn(body));
    },
  },
  'next of an iterator that map reads': {
    of: ['map'],
    *program(kind, act) {
      const source = (function* () {
        for (const item of items) {
          act();
          yield item;
        }
      })();
      yield* kind.wait(map(source, () => sleep(1), { concurrency: 2 }));
    },
  },
  'next of an async iterator that map reads': {
    of: ['map', 'forEach', 'filter'],
    *program(kind, act) {
      const source = (async function* () {
        for (const item of items) {
          await Promise.resolve();
          act();
          yield item;
        }
      })();
      yield* kind.wait(map(source, () => sleep(1), { concurrency: 2 }));
    },
  },
  'return of an iterator that forEach leaves early': {
    of: ['forEach'],
    *program(kind, act) {
      let next = 0;
      const source: Iterable<number> = {
        [Symbol.iterator]: () => ({
          next: () => ({ done: false, value: next++ }),
          return: () => {
            act();
            return { done: true, value: undefined };
          },
        }),
      };
      const loop = CancellationScope.run((scope) => {
        getEventLoop().addTimer(2, () => scope.cancel());
        return forEach(source, () => sleep(1), { concurrency: 2 });
      });
      const { error } = yield* kind.attempt(loop);
      if (error instanceof Error && error.name !== 'TaskCancelledError') throw error;
    },
  },
  'a function that the loop was given': {
    of: ['getEventLoop'],
    *program(kind, act) {
      getEventLoop().schedule(uncatchable(act));
      yield* kind.wait(sleep(1));
    },
  },
  'a timer of the loop': {
    of: ['getEventLoop'],
    *program(kind, act) {
      getEventLoop().addTimer(1, uncatchable(act));
      yield* kind.wait(sleep(3));
    },
  },
  'a function of detached': {
    of: ['detached'],
    *program(kind, act) {
      yield* kind.wait(checkpoint());
      detached(act);
      yield* kind.wait(checkpoint());
    },
  },
  'a reaction of then': {
    of: ['Task', 'Future', 'sleep', 'checkpoint'],
    *program(kind, act) {
      const cell = new Future<number>();
      getEventLoop().addTimer(1, () => cell.resolve(1));
      yield* kind.wait(until(cell.then(act)));
      yield* kind.wait(until(sleep(1).then(act)));
      yield* kind.wait(until(checkpoint().finally(act)));
    },
  },
  'a reaction of catch': {
    of: ['Task'],
    *program(kind, act) {
      const task = spawn(() => Promise.reject(new Error('of the program')));
      yield* kind.wait(until(task.catch(act)));
    },
  },
  'then of a thenable that is waited for': {
    of: ['until'],
    *program(kind, act) {
      yield* kind.wait(until(thenable(act)));
    },
  },
  'then of a thenable that a body returns': {
    of: ['spawn'],
    *program(kind, act) {
      yield* kind.wait(spawn(() => thenable(act)));
    },
  },
  'a getter of a context value': {
    of: ['run', 'Context'],
    *program(kind, act) {
      const values = {
        get key() {
          act();
          return 1;
        },
      };
      yield* kind.wait(Context.run(values, () => sleep(1)));
      yield* kind.wait(until(run(() => sleep(1), { context: values })));
    },
  },
  'the disposal of a task': {
    of: ['Task'],
    *program(kind, act) {
      const body = async (): Promise<void> => {
        await using task = spawn(later(kind, act, 5));
        void task;
        await sleep(1);
      };
      yield* kind.wait(spawn(body));
      act();
    },
  },
};

function thenable(act: Act): PromiseLike<number> {
  const then = (onFulfilled?: ((value: number) => unknown) | null): undefined => {
    act();
    onFulfilled?.(1);
  };
  return { then: then as never };
}

/** Work that fails the first time. */
function failingOnce(): () => Promise<number> {
  let tries = 0;
  return () => (++tries === 1 ? Promise.reject(new Error('of the program')) : Promise.resolve(tries));
}

/** Marks what the platform calls, and where what it throws is the platform's to tell. */
function uncatchable(act: Act): Act {
  return () => {
    try {
      act();
    } catch (error) {
      process.emitWarning(isFault(error) ? error.message : 'a strange one', {
        type: 'SkeinWarning',
        code: 'PLATFORM',
      });
    }
  };
}

/** All of them by name. */
export const places: Readonly<Record<string, Place>> = {
  ...bodies,
  ...works,
  ...closing,
  ...observing,
  ...callbacks,
};
