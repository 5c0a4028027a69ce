import { describe, expect, it } from 'vitest';
import { CancellationScope, gather, shield, sleep, TaskGroup } from '../../src/index.js';
import { kinds, play, watchReports } from './kinds.js';

/** E1: what ends within the very call that begins it. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  const endsAtOnce: Readonly<Record<string, (error: Error) => PromiseLike<unknown>>> = {
    'a scope that throws': (error) =>
      CancellationScope.run(() => {
        throw error;
      }),
    'a group that throws': (error) =>
      TaskGroup.run(() => {
        throw error;
      }),
    'a shield that throws': (error) =>
      shield(() => {
        throw error;
      }),
    'a scope with an aborted signal': (error) =>
      CancellationScope.run(() => 1, { signal: AbortSignal.abort(error) }),
    'a group with an aborted signal': (error) => TaskGroup.run(() => 1, { signal: AbortSignal.abort(error) }),
    'gather with an aborted signal': (error) => gather([() => 1], { signal: AbortSignal.abort(error) }),
  };

  it.each(Object.keys(endsAtOnce))(
    'E1: %s, and ends at once, can be caught by an await of it',
    async (what) => {
      const error = new Error('at once');
      const outcome = await play(
        body(function* () {
          const caught = yield* attempt(endsAtOnce[what]!(error));
          yield* wait(sleep(1));
          return caught.error === error;
        }),
      );
      expect(outcome).toEqual({ value: true });
    },
  );
});
