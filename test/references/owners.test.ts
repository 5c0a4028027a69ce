// What is waited for as the end of something: disposals, clean-ups, nested runs, loops over what gives one after the other; and
// the callbacks that go with a wait.
import {
  AsyncResourceManager,
  type Awaitable,
  CancellationScope,
  Condition,
  Future,
  gather,
  getEventLoop,
  map,
  mapUnordered,
  Queue,
  retry,
  run,
  sleep,
  spawn,
  TaskGroup,
  until,
  use,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { kinds } from '../concurrency/waiter-list-play.js';
import { type Case, outcomes, remainsOf, waitCase } from './collection.js';

const all = outcomes;
const withoutFailure = ['value', 'cancelled'] as const;

/** A resource whose close lasts until `go` has ended. */
function slowToClose(go: Future<void>): { isClosed: boolean; close(): PromiseLike<void> } {
  const resource = {
    isClosed: false,
    close: () =>
      go.then(() => {
        resource.isClosed = true;
      }),
  };
  return resource;
}

const cases: Case[] = [
  ...(
    [
      ['run, nested', run],
      ['loop.run, nested', (body: () => Promise<object>) => getEventLoop().run(body)],
    ] as const
  ).map(([name, call]) =>
    waitCase({
      name,
      ends: all,
      *wait({ watch, work }) {
        yield watch('the wait', until(watch('the promise', call(work()))));
      },
    }),
  ),
  waitCase({
    name: 'the disposal of a task',
    ends: ['value'],
    *wait({ watch, work }) {
      const task = watch('the task', spawn(work()));
      yield watch('the disposal', task[Symbol.asyncDispose]() as unknown as Awaitable<void>);
    },
  }),
  waitCase({
    name: 'the disposal of a scope',
    ends: ['value'],
    *wait({ watch, work }) {
      const scope = watch('the scope', new CancellationScope());
      watch('a task', scope.spawn(work()));
      yield sleep(1);
      yield watch('the disposal', scope[Symbol.asyncDispose]() as unknown as Awaitable<void>);
    },
  }),
  waitCase({
    name: 'the disposal of a group',
    ends: ['value'],
    *wait({ watch, work }) {
      const group = watch('the group', new TaskGroup());
      watch('a task', group.spawn(work()));
      yield sleep(1);
      yield watch('the disposal', group[Symbol.asyncDispose]() as unknown as Awaitable<void>);
    },
  }),
  waitCase({
    name: 'a task of a scope',
    ends: all,
    *wait({ watch, work }) {
      const body = work();
      yield watch(
        'the wait',
        CancellationScope.run((scope) => watch('the task', scope.spawn(body))),
      );
    },
  }),
  waitCase({
    name: 'Condition.with',
    ends: all,
    kept: () => new Condition(),
    *wait({ watch, kept, work }) {
      yield watch('the wait', kept.with(work()));
    },
    after: (kept) => expect(kept.mutex.isLocked).toBe(false),
  }),
  waitCase({
    name: 'AsyncResourceManager.cleanupScope',
    ends: ['value'],
    kept: () => AsyncResourceManager.instance,
    *wait({ watch, kept, go }) {
      use(watch('the resource', slowToClose(go)));
      yield watch('the wait', kept.cleanupScope(CancellationScope.current()!));
    },
    after: (kept) => expect(kept.resourceCount).toBe(0),
  }),
  waitCase({
    name: 'AsyncResourceManager.cleanupExpired',
    ends: ['value'],
    kept: () => AsyncResourceManager.instance,
    *wait({ watch, kept, go }) {
      kept.register(watch('the resource', slowToClose(go)), { expiresIn: 0 });
      yield watch('the wait', kept.cleanupExpired());
    },
    after: (kept) => expect(kept.resourceCount).toBe(0),
  }),
  waitCase({
    name: 'a loop over a queue',
    ends: withoutFailure,
    kept: () => new Queue<object>(),
    *wait({ watch, kept }) {
      const loop = async (): Promise<void> => {
        for await (const item of kept) watch('an item', item);
      };
      yield watch('the task', spawn(watch('its body', loop)));
    },
    settle(kept) {
      kept.tryPut({ first: true });
      kept.tryPut({ second: true });
      kept.close();
    },
    after: (kept) => expect(kept.waitingGets).toBe(0),
  }),
  waitCase({
    name: 'mapUnordered, left early',
    ends: withoutFailure,
    kept: () => new Future<void>(),
    *wait({ watch, work, kept }) {
      const never = watch('the rest', () => until(kept));
      const results = watch(
        'the iterator',
        mapUnordered([work(), never], (item) => item(), { concurrency: 2 }),
      );
      yield watch('the wait', results.next());
      yield watch('the end', results.return!());
    },
    after: (kept) => expect(kept.firstWait).toBeNull(),
  }),
  waitCase({
    name: 'the callbacks of combinators',
    ends: all,
    *wait({ watch, work }) {
      const failing = (): Promise<never> => Promise.reject(new Error('failed'));
      const onFailure = watch('onFailure', () => undefined);
      yield gather([failing], { strategy: 'return-partial', onFailure });
      yield map([1], failing, { strategy: 'return-partial', onFailure });
      yield TaskGroup.run((group) => void group.spawn(failing), { strategy: 'return-partial', onFailure });
      const when = watch('when', () => false);
      yield watch('the wait', retry(work(), { attempts: 2, when, random: watch('random', () => 0.5) }));
    },
  }),
];

describe.each(kinds)('C11: the ends of things are free to be collected, %s bodies', (kind) => {
  for (const one of cases) {
    for (const outcome of one.ends) {
      it(`C11: ${one.name}, over by ${outcome}`, async () => {
        expect(await remainsOf(one, kind, outcome)).toEqual([]);
      });
    }
  }
});
