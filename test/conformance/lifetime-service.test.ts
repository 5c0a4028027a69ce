import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  defer,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TaskState,
} from '../../src/index.js';
import { kinds, play, playFor, playValue, watchReports } from './kinds.js';

/** L6: the tasks that serve a scope's clean-up. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('L6: a service task goes on until the body and the ordinary children have unwound', async () => {
    const log: string[] = [];
    const outcome = await playFor(
      100,
      body(function* () {
        const task = spawn(
          body(function* () {
            spawn(
              body(function* () {
                try {
                  for (;;) yield* wait(sleep(1));
                } finally {
                  log.push('service ends');
                }
              }),
              { service: true },
            );
            spawn(
              body(function* () {
                try {
                  yield* wait(sleep(1000));
                } finally {
                  yield* wait(shield(() => sleep(5)));
                  log.push('child unwound');
                }
              }),
            );
            try {
              yield* wait(sleep(1000));
            } finally {
              yield* wait(shield(() => sleep(3)));
              log.push('body unwound');
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        log.push(task.state);
      }),
    );
    expect(outcome.outcome).toEqual({ value: undefined });
    expect(log).toEqual(['body unwound', 'child unwound', 'service ends', 'cancelled']);
  });

  it('L6: it takes its place among the defers: last in, first out', async () => {
    const log: string[] = [];
    await playValue(
      body(function* () {
        yield* wait(
          CancellationScope.run(
            body(function* () {
              defer(() => void log.push('first defer'));
              spawn(
                body(function* () {
                  try {
                    yield* wait(sleep(1000));
                  } finally {
                    yield* wait(shield(() => sleep(2)));
                    log.push('service');
                  }
                }),
                { service: true },
              );
              defer(
                body(function* () {
                  yield* wait(sleep(2));
                  log.push('last defer');
                }),
              );
              yield* wait(sleep(1));
            }),
          ),
        );
      }),
    );
    expect(log).toEqual(['last defer', 'service', 'first defer']);
  });

  it('L6: the clean-up can use the service', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        yield* wait(
          CancellationScope.run(
            body(function* () {
              let served = 0;
              const service: Task<unknown> = spawn(
                body(function* () {
                  for (;;) {
                    yield* wait(sleep(1));
                    served++;
                  }
                }),
                { service: true },
              );
              defer(
                body(function* () {
                  const before = served;
                  yield* wait(sleep(5));
                  log.push(`${served > before} ${service.state}`);
                }),
              );
              yield* wait(sleep(2));
            }),
          ),
        );
        return log;
      }),
    );
    expect(log).toEqual(['true running']);
  });

  it('L6: a service task that fails, fails its scope', async () => {
    const broken = new Error('broken');
    const outcome = await play(
      body(function* () {
        yield* wait(
          CancellationScope.run(
            body(function* () {
              spawn(
                body(function* () {
                  yield* wait(sleep(1));
                  throw broken;
                }),
                { service: true },
              );
              yield* wait(sleep(1000));
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ error: broken });
  });

  it('L6: a service task that fails while its scope is being left, fails it too', async () => {
    const broken = new Error('broken');
    const outcome = await play(
      body(function* () {
        yield* wait(
          CancellationScope.run(
            body(function* () {
              spawn(
                body(function* () {
                  yield* wait(sleep(5));
                  throw broken;
                }),
                { service: true },
              );
              defer(() => sleep(10));
              yield* wait(sleep(1));
              return 'value';
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ error: broken });
  });

  it('L6: a service task cancelled alone ends, and leaving does not wait for it', async () => {
    const states = await playValue(
      body(function* () {
        const service = spawn(() => sleep(1000), { service: true });
        const unstarted = spawn(() => sleep(1000), { service: true });
        unstarted.cancel();
        yield* wait(sleep(1));
        service.cancel();
        yield* attempt(service);
        return [service, unstarted];
      }),
    );
    expect(states.map((task) => task.state)).toEqual([TaskState.Cancelled, TaskState.Cancelled]);
  });

  it('L6: waitAll does not wait for a service member', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        return yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.spawn(() => sleep(Number.POSITIVE_INFINITY), { service: true });
              group.spawn(() => sleep(1));
              yield* wait(group.waitAll());
              return 'value';
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ value: 'value' });
  });

  it('L6: a service member takes no slot of a group', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        return yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.spawn(() => sleep(Number.POSITIVE_INFINITY), { service: true });
              return yield* wait(group.spawn(() => 'member'));
            }),
            { concurrency: 1 },
          ),
        );
      }),
    );
    expect(outcome).toEqual({ value: 'member' });
  });
});
