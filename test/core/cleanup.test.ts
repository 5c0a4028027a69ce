import { describe, expect, it } from 'vitest';
import { CancellationScope, defer, sleep } from '../../src/index.js';
import { kinds, playValue, turns, watchReports } from '../conformance/kinds.js';

const reports = watchReports();

describe.each(kinds)('a clean-up that hangs, in $name bodies', ({ body, wait }) => {
  const places = ['defer', 'task.defer', 'scope.defer'] as const;

  it.each(places)('C12: is named in the warning after its function, or not at all (%s)', async (place) => {
    const ended = await playValue(
      body(function* (task) {
        const hang = body(function* () {
          yield* wait(sleep(Number.POSITIVE_INFINITY));
        });
        yield* wait(
          CancellationScope.run((scope) => {
            const register = {
              defer,
              'task.defer': task.defer.bind(task),
              'scope.defer': scope.defer.bind(scope),
            };
            const closeFiles = (): PromiseLike<void> => CancellationScope.run(hang);
            register[place](closeFiles);
            register[place](
              (
                () => () =>
                  CancellationScope.run(hang)
              )(),
            );
          }),
        );
        return 'went on';
      }),
      { cleanupTimeout: 20 },
    );
    await turns();
    expect(ended).toBe('went on');
    const [second, first] = reports.warnings.map(({ message }) => message);
    expect(first).toMatch(
      /^the clean-up closeFiles of (task|scope) .* took longer than 20 ms and was given up/,
    );
    expect(second).toMatch(/^a clean-up of (task|scope) .* took longer than 20 ms and was given up/);
  });
});
