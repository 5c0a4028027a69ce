import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TimeoutError,
} from '../../src/index.js';
import { kinds, play, playValue, watchReports } from './kinds.js';

/** C13: every cancellation says why. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  const why: Readonly<
    Record<string, [kind: string, (seen: (error: CancelledError) => void) => Promise<unknown>]>
  > = {
    'a cancel': [
      'cancel',
      body(function* (seen) {
        const task = spawn(
          body(function* () {
            seen((yield* attempt(sleep(1000))).error as CancelledError);
          }),
        );
        yield* wait(sleep(1));
        task.cancel(new Error('the origin'));
        yield* attempt(task);
      }),
    ],
    'a deadline': [
      'deadline',
      body(function* (seen) {
        yield* attempt(
          CancellationScope.run(
            body(function* () {
              seen((yield* attempt(sleep(1000))).error as CancelledError);
            }),
            { timeout: 1 },
          ),
        );
      }),
    ],
    "a sibling's failure": [
      'failure',
      body(function* (seen) {
        yield* attempt(
          TaskGroup.run((group) => {
            group.spawn(
              body(function* () {
                seen((yield* attempt(sleep(1000))).error as CancelledError);
              }),
            );
            group.spawn(() => {
              throw new Error('the origin');
            });
          }),
        );
      }),
    ],
    'an outer signal': [
      'signal',
      body(function* (seen) {
        const controller = new AbortController();
        spawn(() => controller.abort(new Error('the origin')));
        yield* attempt(
          CancellationScope.run(
            body(function* () {
              seen((yield* attempt(sleep(1000))).error as CancelledError);
            }),
            { signal: controller.signal },
          ),
        );
      }),
    ],
    'a scope left after a failure': [
      'left',
      body(function* (seen) {
        yield* attempt(
          CancellationScope.run(
            body(function* () {
              spawn(
                body(function* () {
                  seen((yield* attempt(sleep(1000))).error as CancelledError);
                }),
              );
              yield* wait(sleep(1));
              throw new Error('the origin');
            }),
          ),
        );
      }),
    ],
  };

  it.each(Object.keys(why))('C13: the chain of a CancelledError reaches its origin: %s', async (what) => {
    const [kind, scene] = why[what]!;
    const seen: CancelledError[] = [];
    await playValue(() => scene((error) => void seen.push(error)));
    expect(seen).toHaveLength(1);
    const error = seen[0]!;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error.origin.kind).toBe(kind);
    if (kind === 'deadline') {
      expect(error.cause).toBeInstanceOf(TimeoutError);
      expect(error.reason).toBe(error.cause);
    } else {
      expect((error.cause as Error).message).toBe('the origin');
      expect(error.message).toContain('the origin');
    }
  });

  it('C13: descendants carry the same origin', async () => {
    const origins = await playValue(
      body(function* () {
        const origins: string[] = [];
        const top = spawn(
          body(function* () {
            yield* wait(
              spawn(
                body(function* () {
                  const { error } = yield* attempt(CancellationScope.run(() => sleep(1000)));
                  origins.push((error as CancelledError).origin.target);
                }),
              ),
            );
          }),
          'top',
        );
        yield* wait(sleep(1));
        top.cancel('why');
        yield* attempt(top);
        return origins;
      }),
    );
    expect(origins).toHaveLength(1);
    expect(origins[0]).toContain("'top'");
  });

  it('C13, L3: the CancelledError of a run that is stopped says what was given', async () => {
    const errors: unknown[] = [];
    const outcome = await play(
      body(function* (main: Task<unknown>) {
        spawn(() => main.cancel('stop'));
        const { error } = yield* attempt(sleep(1000));
        errors.push(error);
        throw error;
      }),
    );
    expect((errors[0] as CancelledError).reason).toBe('stop');
    expect((outcome.error as Error & { reason: unknown }).reason).toBe('stop');
    expect((outcome.error as Error).cause).toBe(errors[0]);
  });
});
