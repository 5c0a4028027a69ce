import { getEventListeners } from 'node:events';
import {
  type Awaitable,
  any,
  asCompleted,
  Barrier,
  CancellationScope,
  Condition,
  Context,
  ContextVar,
  checkpoint,
  currentSignal,
  defer,
  Event,
  Future,
  filter,
  forEach,
  GatherStrategy,
  gather,
  interval,
  Latch,
  Mutex,
  map,
  mapUnordered,
  type Permit,
  Queue,
  RateLimiter,
  ReadWriteLock,
  race,
  retry,
  Semaphore,
  shield,
  singleFlight,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  until,
  use,
  wait,
  waitFor,
  withDeadline,
  withTimeout,
} from 'skein';
import { describe, expect, it } from 'vitest';
import type { Steps } from '../concurrency/waiter-list-play.js';
import { bodyOf, kinds } from '../concurrency/waiter-list-play.js';
import { type Case, type Outcome, outcomes, remainsOf, waitCase } from './collection.js';

const all = outcomes;
const withoutFailure = ['value', 'cancelled'] as const;

/** The permit of a lock that others hold: `settle` gives it back. */
async function heldBy<T extends { acquire(): Awaitable<Permit> }>(lock: T): Promise<void> {
  await lock.acquire();
}

function queueOf(order: 'fifo' | 'lifo' | 'priority', maxSize = Number.POSITIVE_INFINITY): Queue<object> {
  return new Queue(order === 'priority' ? { order, maxSize, compare: () => 0 } : { order, maxSize });
}

/** A promise and what settles it. */
function cell(): { promise: Promise<void>; resolve(): void; end(outcome: Outcome): void } {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((given, refused) => {
    resolve = given;
    reject = refused;
  });
  const end = (outcome: Outcome): void => (outcome === 'value' ? resolve() : reject(new Error('failed')));
  return { promise, resolve, end };
}

const waiting: Case[] = [
  waitCase({
    name: 'a task',
    ends: all,
    *wait({ watch, work }) {
      yield watch('the task', spawn(work()));
    },
  }),
  waitCase({
    name: 'a task that is awaited twice, and with then, catch and finally',
    ends: all,
    *wait({ watch, work }) {
      const task = watch('the task', spawn(work()));
      const derived = [
        watch(
          'then',
          task.then((value) => value),
        ),
        watch(
          'catch',
          task.catch((error: unknown) => error),
        ),
        watch(
          'finally',
          task.finally(() => undefined),
        ),
      ];
      for (const each of derived) each.catch(() => undefined);
      yield task;
      yield task;
    },
  }),
  waitCase({
    name: 'a future that lives on',
    ends: all,
    *wait({ watch, go }) {
      watch(
        'what then gave',
        go.then(() => undefined),
      ).catch(() => undefined);
      yield go;
    },
  }),
  waitCase({
    name: 'a future with a value',
    ends: all,
    *wait({ watch, go }) {
      const future = watch('the future', new Future<object>());
      go.then(
        () => future.resolve(watch('its value', {})),
        (error) => future.reject(error),
      );
      yield future;
    },
  }),
  waitCase({
    name: 'a task that lives on, spawned outside',
    ends: all,
    kept: () => ({ task: undefined as Awaitable<unknown> | undefined, end: cell() }),
    *wait({ watch, kept, outside }) {
      kept.task = outside.spawn(() => until(kept.end.promise));
      kept.task.catch(() => undefined);
      watch(
        'what then gave',
        kept.task.then(() => undefined),
      ).catch(() => undefined);
      yield kept.task;
    },
    settle: (kept, outcome) => kept.end.end(outcome),
    after: (kept) => kept.end.resolve(),
  }),
  waitCase({
    name: 'sleep',
    ends: withoutFailure,
    *wait({ watch }) {
      yield watch('the sleep', sleep(10));
    },
    settle: () => undefined,
  }),
  waitCase({
    name: 'checkpoint, before a wait',
    ends: all,
    *wait({ watch, go }) {
      watch(
        'what then gave',
        checkpoint().then(() => undefined),
      ).catch(() => undefined);
      yield checkpoint();
      yield go;
    },
  }),
  waitCase({
    name: 'until(promise)',
    ends: all,
    *wait({ watch, go }) {
      const promise = watch(
        'the promise',
        new Promise<object>((resolve, reject) => {
          go.then(() => resolve(watch('its value', {})), reject);
        }),
      );
      yield watch('the wait', until(promise));
    },
  }),
  waitCase({
    name: 'until(promise) for a promise that lives on',
    ends: all,
    kept: () => cell(),
    *wait({ watch, kept }) {
      yield watch('the wait', until(kept.promise));
    },
    settle: (kept, outcome) => kept.end(outcome),
  }),
  waitCase({
    name: 'until((signal) => promise)',
    ends: all,
    *wait({ watch, go }) {
      yield watch(
        'the wait',
        until(
          watch('the call', (signal: AbortSignal) => {
            watch('the signal', signal);
            return Promise.resolve(go);
          }),
        ),
      );
    },
  }),
  waitCase({
    name: 'onDone of a task',
    ends: all,
    *wait({ watch, work }) {
      const task = watch('the task', spawn(work()));
      watch('the registration', task.onDone(watch('the callback', () => undefined)));
      yield task;
    },
  }),
];

const coordinating: Case[] = [
  waitCase({
    name: 'Semaphore.acquire',
    ends: withoutFailure,
    kept: () => {
      const semaphore = new Semaphore(1);
      void heldBy(semaphore);
      return semaphore;
    },
    *wait({ watch, kept }) {
      const permit: Permit = yield watch('the wait', kept.acquire());
      watch('the permit', permit).release();
    },
    settle: (kept) => kept.release(),
    after: (kept) => expect(kept.waiting).toBe(0),
  }),
  waitCase({
    name: 'Semaphore.with',
    ends: all,
    kept: () => new Semaphore(1),
    *wait({ watch, kept, work }) {
      yield watch('the wait', kept.with(work()));
    },
    after: (kept) => expect(kept.available).toBe(1),
  }),
  waitCase({
    name: 'Mutex.acquire',
    ends: withoutFailure,
    kept: () => {
      const mutex = new Mutex();
      return { mutex, permit: mutex.tryAcquire() };
    },
    *wait({ watch, kept }) {
      const permit: Permit = yield watch('the wait', kept.mutex.acquire());
      watch('the permit', permit).release();
    },
    settle: (kept) => kept.permit!.release(),
    after: (kept) => expect(kept.mutex.waiting).toBe(0),
  }),
  waitCase({
    name: 'Mutex.with',
    ends: all,
    kept: () => new Mutex(),
    *wait({ watch, kept, work }) {
      yield watch('the wait', kept.with(work()));
    },
  }),
  ...(['acquireRead', 'acquireWrite'] as const).map((call) =>
    waitCase({
      name: `ReadWriteLock.${call}`,
      ends: withoutFailure,
      kept: () => {
        const lock = new ReadWriteLock();
        return { lock, permit: lock.tryAcquireWrite() };
      },
      *wait({ watch, kept }) {
        const permit: Permit = yield watch('the wait', kept.lock[call]());
        watch('the permit', permit).release();
      },
      settle: (kept) => kept.permit!.release(),
      after: (kept) => expect(kept.lock.waiting).toBe(0),
    }),
  ),
  ...(['withRead', 'withWrite'] as const).map((call) =>
    waitCase({
      name: `ReadWriteLock.${call}`,
      ends: all,
      kept: () => new ReadWriteLock(),
      *wait({ watch, kept, work }) {
        yield watch('the wait', kept[call](work()));
      },
    }),
  ),
  waitCase({
    name: 'Event.wait',
    ends: withoutFailure,
    kept: () => new Event(),
    *wait({ watch, kept }) {
      yield watch('the wait', kept.wait());
    },
    settle: (kept) => kept.set(),
    after: (kept) => expect(kept.waiting).toBe(0),
  }),
  waitCase({
    name: 'Condition.wait',
    ends: withoutFailure,
    kept: () => new Condition(),
    *wait({ watch, kept }) {
      const permit: Permit = yield kept.mutex.acquire();
      try {
        yield watch('the wait', kept.wait());
      } finally {
        watch('the permit', permit).release();
      }
    },
    settle: (kept) => kept.notify(),
    after: (kept) => expect([kept.waiting, kept.mutex.isLocked]).toEqual([0, false]),
  }),
  waitCase({
    name: 'Condition.waitFor',
    ends: all,
    kept: () => ({ condition: new Condition(), answer: undefined as (() => boolean) | undefined }),
    *wait({ watch, kept }) {
      const permit: Permit = yield kept.condition.mutex.acquire();
      try {
        const predicate = (): boolean => (kept.answer === undefined ? false : kept.answer());
        yield watch('the wait', kept.condition.waitFor(watch('the predicate', predicate)));
      } finally {
        watch('the permit', permit).release();
      }
    },
    settle(kept, outcome) {
      kept.answer = () => {
        if (outcome === 'failure') throw new Error('failed');
        return true;
      };
      kept.condition.notify();
    },
    after: (kept) => expect([kept.condition.waiting, kept.condition.mutex.isLocked]).toEqual([0, false]),
  }),
  waitCase({
    name: 'Barrier.wait',
    ends: withoutFailure,
    kept: () => new Barrier(2),
    *wait({ watch, kept }) {
      yield watch('the wait', kept.wait());
    },
    settle: (kept) => void kept.wait(),
    after: (kept) => expect(kept.waiting).toBe(0),
  }),
  waitCase({
    name: 'Latch.wait',
    ends: withoutFailure,
    kept: () => new Latch(1),
    *wait({ watch, kept }) {
      yield watch('the wait', kept.wait());
    },
    settle: (kept) => kept.countDown(),
    after: (kept) => expect(kept.waiting).toBe(0),
  }),
  ...(['fifo', 'lifo', 'priority'] as const).flatMap((order) => [
    waitCase({
      name: `Queue.get, ${order}`,
      ends: all,
      kept: () => queueOf(order),
      *wait({ watch, kept }) {
        const item: object = yield watch('the wait', kept.get());
        watch('the item', item);
      },
      settle(kept, outcome) {
        if (outcome === 'value') kept.tryPut({ an: 'item' });
        else kept.close();
      },
      after: (kept) => expect([kept.size, kept.waitingGets]).toEqual([0, 0]),
    }),
    waitCase({
      name: `Queue.put and the item that was taken out, ${order}`,
      ends: all,
      kept: () => queueOf(order, 1),
      *wait({ watch, kept }) {
        yield kept.put({ 'stays in': true });
        yield watch('the wait', kept.put(watch('the second item', { second: true })));
      },
      settle(kept, outcome) {
        if (outcome === 'failure') kept.close();
        kept.tryGet();
        if (outcome === 'value') kept.tryGet();
      },
      after(kept) {
        expect([kept.size, kept.waitingPuts].slice(1)).toEqual([0]);
      },
    }),
  ]),
  waitCase({
    name: 'Queue.put, rendezvous',
    ends: all,
    kept: () => new Queue<object>({ maxSize: 0 }),
    *wait({ watch, kept }) {
      yield watch('the wait', kept.put(watch('the item', {})));
    },
    settle(kept, outcome) {
      if (outcome === 'value') kept.tryGet();
      else kept.close();
    },
    after: (kept) => expect(kept.waitingPuts).toBe(0),
  }),
  waitCase({
    name: 'Queue.next',
    ends: withoutFailure,
    kept: () => new Queue<object>(),
    *wait({ watch, kept }) {
      const next: { value: object } = yield watch('the wait', kept.next());
      watch('the result', next);
      watch('the item', next.value);
    },
    settle: (kept) => kept.tryPut({ an: 'item' }),
    after: (kept) => expect(kept.waitingGets).toBe(0),
  }),
  waitCase({
    name: 'Queue.join',
    ends: withoutFailure,
    kept: () => {
      const queue = new Queue<number>();
      queue.tryPut(1);
      queue.tryGet();
      return queue;
    },
    *wait({ watch, kept }) {
      yield watch('the wait', kept.join());
    },
    settle: (kept) => kept.taskDone(),
  }),
  waitCase({
    name: 'RateLimiter.acquire',
    ends: withoutFailure,
    kept: () => new RateLimiter({ limit: 1, interval: 100 }),
    *wait({ watch, kept }) {
      yield kept.acquire();
      yield watch('the wait', kept.acquire());
    },
    settle: () => undefined,
    after: (kept) => expect(kept.waiting).toBe(0),
  }),
  waitCase({
    name: 'singleFlight',
    ends: all,
    kept: () => ({ share: undefined as ((work: () => Promise<object>) => Awaitable<object>) | undefined }),
    *wait({ watch, kept, work }) {
      // The function lives on; the key, the run and its value do not.
      kept.share ??= singleFlight(
        (body) => body(),
        (body) => body,
      );
      const key = work();
      yield gather([watch('one call', kept.share(key)), watch('another call', kept.share(key))]);
    },
  }),
];

/** What takes several pieces of work, in one line each. */
const combining: Case[] = [
  ...Object.values(GatherStrategy).flatMap((strategy) =>
    (
      [
        [
          'array',
          (one: () => Promise<object>, two: () => Promise<object>) =>
            gather([one, two], strategy as 'fail-fast'),
        ],
        [
          'record',
          (one: () => Promise<object>, two: () => Promise<object>) =>
            gather({ one, two }, strategy as 'fail-fast'),
        ],
      ] as const
    ).map(([shape, call]) =>
      waitCase({
        name: `gather, ${shape}, ${strategy}`,
        ends: strategy === GatherStrategy.ReturnPartial ? withoutFailure : all,
        *wait({ watch, work }) {
          const results: object = yield watch('the wait', call(work(), work()));
          watch('the results', results);
        },
      }),
    ),
  ),
  waitCase({
    name: 'gather, tuple, of a task, a promise and a body',
    ends: all,
    *wait({ watch, work }) {
      const promise = watch('the promise', Promise.resolve(1));
      const results: object = yield watch(
        'the wait',
        gather(watch('the task', spawn(work())), promise, work()),
      );
      watch('the results', results);
    },
  }),
  ...[race, any].map((call) =>
    waitCase({
      name: call.name,
      ends: all,
      *wait({ watch, work }) {
        yield watch('the wait', call([work(), work()]));
      },
    }),
  ),
  waitCase({
    name: 'race, whose losers never end by themselves',
    ends: withoutFailure,
    kept: () => new Future<void>(),
    *wait({ watch, work, kept }) {
      const loser = watch(
        'the loser',
        bodyOf('fiber', function* (): Steps<void> {
          yield kept;
        }) as () => Promise<void>,
      );
      yield watch('the wait', race([work(), loser, kept]));
    },
    after: (kept) => expect(kept.firstWait).toBeNull(),
  }),
  waitCase({
    name: 'asCompleted',
    ends: all,
    *wait({ watch, work }) {
      const results = watch('the iterator', asCompleted([work(), work()]));
      for (;;) {
        const next: IteratorResult<object> = yield watch('the wait', results.next());
        if (next.done === true) break;
        watch('the result', next);
      }
    },
  }),
  waitCase({
    name: 'asCompleted, left early',
    ends: withoutFailure,
    kept: () => new Future<void>(),
    *wait({ watch, work, kept }) {
      const never = watch('the rest', () => until(kept));
      const results = watch('the iterator', asCompleted([work(), never]));
      yield watch('the wait', results.next());
      yield watch('the end', results.return!());
    },
    after: (kept) => expect(kept.firstWait).toBeNull(),
  }),
  waitCase({
    name: 'wait, of tasks',
    ends: withoutFailure,
    *wait({ watch, work }) {
      const result: object = yield watch(
        'the wait',
        wait([watch('a task', spawn(work())), watch('a task', spawn(work()))]),
      );
      watch('the result', result);
    },
  }),
  waitCase({
    name: 'wait, of futures that live on, until a timeout',
    ends: withoutFailure,
    kept: () => new Future<void>(),
    *wait({ watch, kept }) {
      const result: object = yield watch('the wait', wait([kept], { timeout: 50 }));
      watch('the result', result);
    },
    settle: () => undefined,
    after: (kept) => expect(kept.firstWait).toBeNull(),
  }),
  waitCase({
    name: 'retry',
    ends: all,
    *wait({ watch, work }) {
      yield watch(
        'the wait',
        retry(work(), { attempts: 2, delay: 5, onRetry: watch('onRetry', () => undefined) }),
      );
    },
  }),
  waitCase({
    name: 'interval',
    ends: withoutFailure,
    *wait({ watch }) {
      const ticks = watch('the ticks', interval(10));
      for (let i = 0; i < 3; i++) yield watch('a tick', ticks.next());
      yield ticks.return!();
    },
    settle: () => undefined,
  }),
  ...[map, forEach, filter].map((call) =>
    waitCase({
      name: call.name,
      ends: all,
      *wait({ watch, work }) {
        const items = watch(
          'the items',
          [1, 2, 3].map((n) => watch('an item', { n, body: work() })),
        );
        const mapper = watch('the mapper', (item: { body: () => Promise<object> }) => item.body());
        yield watch(
          'the wait',
          (call as typeof map)(items, mapper as () => Promise<object>, { concurrency: 2 }),
        );
      },
    }),
  ),
  waitCase({
    name: 'map over an async iterable',
    ends: all,
    *wait({ watch, work, kind }) {
      const next = watch('next', async () => ({
        done: false as const,
        value: watch('an item', { body: work() }),
      }));
      let left = 3;
      const items = watch('the items', {
        [Symbol.asyncIterator]: () => ({
          next: () => (left-- > 0 ? next() : Promise.resolve({ done: true as const, value: undefined })),
        }),
      });
      const mapper = watch('the mapper', (item: { body: () => Promise<object> }) => item.body());
      yield watch(
        'the wait',
        map(items as AsyncIterable<{ body: () => Promise<object> }>, mapper, { concurrency: 2 }),
      );
      void kind;
    },
  }),
  waitCase({
    name: 'mapUnordered',
    ends: all,
    *wait({ watch, work }) {
      const items = watch(
        'the items',
        [1, 2, 3].map((n) => watch('an item', { n, body: work() })),
      );
      const mapper = watch('the mapper', (item: { body: () => Promise<object> }) => item.body());
      const results = watch('the iterator', mapUnordered(items, mapper, { concurrency: 2 }));
      for (;;) {
        const next: IteratorResult<object> = yield watch('the wait', results.next());
        if (next.done === true) break;
        watch('the result', next);
      }
    },
  }),
];

const scoping: Case[] = [
  waitCase({
    name: 'shield',
    ends: ['value', 'failure'],
    *wait({ watch, work }) {
      yield watch('the wait', shield(work()));
    },
  }),
  ...(
    [
      ['waitFor', (body: () => Promise<object>) => waitFor(body, 1000)],
      ['withTimeout', (body: () => Promise<object>) => withTimeout(1000, body)],
      ['withDeadline', (body: () => Promise<object>) => withDeadline(new Date(Date.now() + 1e9), body)],
    ] as const
  ).map(([name, call]) =>
    waitCase({
      name,
      ends: all,
      *wait({ watch, work }) {
        yield watch('the wait', call(work()));
      },
    }),
  ),
  waitCase({
    name: 'waitFor, over by its deadline, of a future that lives on',
    ends: ['failure', 'cancelled'],
    kept: () => new Future<void>(),
    *wait({ watch, kept }) {
      yield watch('the wait', waitFor(kept, 50));
    },
    settle: () => undefined,
    after: (kept) => expect(kept.firstWait).toBeNull(),
  }),
  waitCase({
    name: 'CancellationScope.run',
    ends: all,
    *wait({ watch, work }) {
      const body = work();
      yield watch(
        'the wait',
        CancellationScope.run((scope) => {
          watch('the scope', scope);
          watch('the registration', scope.onCancel(watch('onCancel', () => undefined)));
          return body();
        }),
      );
    },
  }),
  ...Object.values(GatherStrategy).map((strategy) =>
    waitCase({
      name: `TaskGroup.run, ${strategy}`,
      ends: strategy === GatherStrategy.ReturnPartial ? withoutFailure : all,
      *wait({ watch, work }) {
        const bodies = [work(), work()];
        yield watch(
          'the wait',
          TaskGroup.run(
            (group) => {
              watch('the group', group);
              for (const body of bodies) watch('a member', group.spawn(body));
            },
            { strategy },
          ),
        );
      },
    }),
  ),
  waitCase({
    name: 'TaskGroup.waitAll',
    ends: all,
    *wait({ watch, work }) {
      const group = watch('the group', new TaskGroup());
      watch('a member', group.spawn(work()));
      watch('a member', group.spawn(work()));
      yield watch('the wait', group.waitAll());
    },
  }),
  waitCase({
    name: 'iterating a TaskGroup',
    ends: withoutFailure,
    *wait({ watch, work }) {
      const group = watch('the group', new TaskGroup());
      for (let i = 0; i < 2; i++) watch('a member', group.spawn(work()));
      const tasks = watch('the iterator', group[Symbol.asyncIterator]()) as unknown as {
        next(): Awaitable<IteratorResult<object>>;
      };
      for (;;) {
        const next: IteratorResult<object> = yield watch('the wait', tasks.next());
        if (next.done === true) break;
        watch('the result', next);
      }
      yield group[Symbol.asyncDispose]() as unknown as Awaitable<void>;
    },
  }),
  ...(['task', 'group'] as const).map((where) =>
    waitCase({
      name: `a task that was spawned into a ${where} that lives on`,
      ends: all,
      kept: () => ({ owner: undefined as Task<unknown> | TaskGroup | undefined, end: cell() }),
      *wait({ watch, work, kept, outside }) {
        if (where === 'task') {
          kept.owner = outside;
        } else {
          outside.spawn(() =>
            TaskGroup.run(
              (group) => {
                kept.owner = group;
                return until(kept.end.promise);
              },
              { retain: false, strategy: GatherStrategy.ReturnPartial },
            ),
          );
          yield sleep(1);
        }
        const task = watch('the task', kept.owner!.spawn(work()));
        // It belongs to another scope, and is cancelled with the waiter by hand.
        CancellationScope.current()!.onCancel(() => void task.cancel());
        yield task;
      },
      after: (kept) => kept.end.resolve(),
    }),
  ),
  waitCase({
    name: 'defer and use',
    ends: all,
    *wait({ watch, work }) {
      const resource = watch('the resource', {
        isClosed: false,
        close: () => {
          resource.isClosed = true;
        },
      });
      const body = work();
      yield watch(
        'the wait',
        CancellationScope.run(() => {
          use(resource);
          defer(watch('the clean-up', () => void resource.isClosed));
          return body();
        }),
      );
    },
  }),
  waitCase({
    name: 'a variable and named context values',
    ends: all,
    kept: () => ({ variable: new ContextVar<object>('watched'), key: 'watched' }),
    *wait({ watch, work, kept }) {
      const body = work();
      yield watch(
        'the wait',
        CancellationScope.run(() =>
          kept.variable.with(watch('the value of a variable', {}), () =>
            Context.run({ [kept.key]: watch('the named value', {}) }, () => body()),
          ),
        ),
      );
      // What the waiter itself sets it holds to its end: so it is set in a task of its own.
      const setter = watch(
        'the setter',
        spawn(() => {
          kept.variable.set(watch('the value that was set', {}));
          Context.run({}, () => undefined);
        }),
      );
      yield setter;
    },
  }),
  waitCase({
    name: 'the signal of the waiter',
    ends: all,
    *wait({ watch, go }) {
      const signal = watch('the signal', currentSignal());
      signal.addEventListener(
        'abort',
        watch('a listener', () => undefined),
      );
      yield go;
    },
  }),
  ...(
    [
      ['CancellationScope.run', (body, signal) => CancellationScope.run(body, { signal })],
      ['TaskGroup.run', (body, signal) => TaskGroup.run(body, { signal })],
      ['gather', (body, signal) => gather([body], { signal })],
      ['race', (body, signal) => race([body], { signal })],
      ['any', (body, signal) => any([body], { signal })],
      ['retry', (body, signal) => retry(body, { signal, attempts: 1 })],
      ['map', (body, signal) => map([1], body, { signal })],
      ['forEach', (body, signal) => forEach([1], body, { signal })],
    ] as [string, (body: () => Promise<object>, signal: AbortSignal) => Awaitable<unknown>][]
  ).map(([name, call]) =>
    waitCase({
      name: `{ signal } of ${name}, with a signal that lives on`,
      ends: all,
      kept: () => new AbortController(),
      *wait({ watch, work, kept }) {
        yield watch('the wait', call(work(), kept.signal));
      },
      after: (kept) => expect(getEventListeners(kept.signal, 'abort')).toEqual([]),
    }),
  ),
];

describe.each(kinds)('C11: what was waited for is free to be collected, %s bodies', (kind) => {
  for (const one of [...waiting, ...coordinating, ...combining, ...scoping]) {
    for (const outcome of one.ends) {
      it(`C11: ${one.name}, over by ${outcome}`, async () => {
        expect(await remainsOf(one, kind, outcome)).toEqual([]);
      });
    }
  }
});
