import {
  CancellationScope,
  canTransition,
  checkpoint,
  getEventLoop,
  InvalidStateError,
  isTerminal,
  run,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TaskState,
} from 'skein';
import { afterEach, describe, expect, it } from 'vitest';
import { events, installSink } from '../../src/core/event-sink.js';
import { drive, kinds } from '../core/support.js';

// The state machine of a task, and what each state means for the rest of its face; O2.

const observing = events.sink;
afterEach(() => installSink(observing));

const boom = new Error('boom');

describe.each(kinds)('in $kind bodies', ({ body }) => {
  it('O2: each task emits created, started (unless C3), then exactly one ending; every step is in the table', async () => {
    const seen = new Map<object, string[]>();
    const illegal: string[] = [];
    const stateOf: Record<string, TaskState> = { created: 'pending', started: 'running' };
    installSink({
      scope: () => false,
      resource: () => undefined,
      task: (type, task) => {
        const log = seen.get(task) ?? [];
        const from = log.length === 0 ? undefined : (stateOf[log.at(-1)!] ?? (log.at(-1) as TaskState));
        const to = stateOf[type] ?? (type as TaskState);
        if ((task as Task<unknown>).state !== to)
          illegal.push(`${type}, but the state is ${(task as Task<unknown>).state}`);
        if (from !== undefined && !canTransition(from, to)) illegal.push(`${from} to ${to}`);
        log.push(type);
        seen.set(task, log);
      },
    });
    let tasks: Record<string, Task<unknown>> = {};
    await drive((loop) =>
      run(
        body(function* () {
          const sleeper = body(function* () {
            yield sleep(1000);
          });
          tasks = {
            completed: spawn(() => 1),
            failed: spawn(() => {
              throw boom;
            }),
            cancelled: spawn(sleeper),
            never: spawn(sleeper),
            left: spawn(sleeper),
          };
          tasks['never']!.cancel();
          const heard = tasks['failed']!.catch(() => undefined);
          yield checkpoint();
          yield heard;
          tasks['cancelled']!.cancel();
        }),
        { loop },
      ),
    );
    expect(illegal).toEqual([]);
    const logOf = (name: string): string[] | undefined => seen.get(tasks[name]!);
    expect(logOf('completed')).toEqual(['created', 'started', 'completed']);
    expect(logOf('failed')).toEqual(['created', 'started', 'failed']);
    expect(logOf('cancelled')).toEqual(['created', 'started', 'cancelled']);
    expect(logOf('never')).toEqual(['created', 'cancelled']);
    expect(logOf('left')).toEqual(['created', 'started', 'cancelled']);
    expect(seen.size).toBe(6);
  });

  it('stats tell when it was made, began and ended, on the loop’s clock', async () => {
    const ended = await drive((loop) =>
      run(
        body(function* () {
          yield sleep(10);
          const task = spawn(
            body(function* () {
              yield sleep(20);
            }),
          );
          const before = task.stats;
          yield sleep(5);
          const during = task.stats;
          yield task;
          return { before, during, after: task.stats };
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({
      value: {
        before: { createdAt: 10, startedAt: undefined, completedAt: undefined, waitTime: 0, duration: 0 },
        during: { createdAt: 10, startedAt: 10, completedAt: undefined, waitTime: 0, duration: 5 },
        after: { createdAt: 10, startedAt: 10, completedAt: 30, waitTime: 0, duration: 20 },
      },
    });
  });

  it('onDone is called once, after the end, never inside it, also when it comes late; and can be taken back', async () => {
    const log: string[] = [];
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const task = spawn(
            body(function* () {
              yield checkpoint();
            }),
          );
          task.onDone((done) => log.push(`told of ${done.state}`));
          task.onDone(() => log.push('never'))[Symbol.dispose]();
          yield task;
          yield sleep(1);
          task.onDone((done) => log.push(`told late of ${done.state}`));
          log.push('not inside the call');
          yield sleep(1);
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: undefined });
    expect(log).toEqual(['told of completed', 'not inside the call', 'told late of completed']);
  });
});

describe('the face of a task', () => {
  it('has an id in order of creation, a name and a text', async () => {
    await drive((loop) =>
      run(
        async () => {
          async function namedBody(): Promise<void> {}
          const one = spawn(namedBody);
          const two = spawn(() => 1);
          const three = spawn(() => 1, 'given');
          const four = spawn(namedBody, { name: 'options' });
          expect([one.name, two.name, three.name, four.name]).toEqual([
            'namedBody',
            `task-${two.id}`,
            'given',
            'options',
          ]);
          expect([one.id < two.id, two.id < three.id, three.id < four.id]).toEqual([true, true, true]);
          expect(String(three)).toBe(`task #${three.id} 'given' (pending)`);
          expect(String(two)).toBe(`task #${two.id} (pending)`);
        },
        { loop },
      ),
    );
  });

  it('names its parent and the scope that owns it', async () => {
    const ended = await drive((loop) =>
      run(
        async (main) => {
          expect(main.parent).toBeUndefined();
          const child = spawn(async (task) => {
            expect(task.parent).toBe(main);
            const inner = await CancellationScope.run((scope) => {
              const grandchild = scope.spawn(() => 1);
              expect(grandchild.scope).toBe(scope);
              expect(grandchild.parent).toBe(task);
              return grandchild;
            });
            expect(inner).toBe(1);
            await TaskGroup.run((group) => void expect(group.spawn(() => 1).parent).toBe(task));
          });
          expect(child.scope).toBe(CancellationScope.current());
          await child;
        },
        { loop, name: 'main' },
      ),
    );
    expect(ended).toEqual({ value: undefined });
  });

  it('an illegal transition would be an InvalidStateError, and no state but three is terminal', () => {
    expect(Object.values(TaskState).filter(isTerminal)).toEqual(['completed', 'failed', 'cancelled']);
    expect(canTransition('completed', 'running')).toBe(false);
    expect(new InvalidStateError('x')).toBeInstanceOf(Error);
    expect(getEventLoop()).toBe(getEventLoop());
  });
});
