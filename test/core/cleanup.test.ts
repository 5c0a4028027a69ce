import { describe, expect, it } from 'vitest';
import { CancellationScope, defer, getEventLoop, sleep, spawn } from '../../src/index.js';
import { kinds, playValue, turns, watchReports } from '../conformance/kinds.js';
import { thrownBy } from './support.js';

const reports = watchReports();

describe.each(kinds)('a clean-up that hangs, in $name bodies', ({ body, wait }) => {
  const places = ['defer', 'task.defer', 'scope.defer'] as const;

  it('L4: cannot be registered with what is being left, or has been', async () => {
    const tried: unknown[] = [];
    const tryTo = (register: () => void): void => void tried.push(thrownBy(register));
    const never = (): void => void tried.push('never');
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* (own) {
            const scope = CancellationScope.current()!;
            own.defer(
              body(function* () {
                yield* wait(sleep(1));
                tryTo(() => own.defer(never));
                tryTo(() => scope.defer(never));
                // Its own scope is open.
                defer(() => void tried.push('ran'));
              }),
            );
          }),
        );
        yield* wait(task);
        tryTo(() => task.defer(never));
      }),
    );
    const late = expect.objectContaining({
      name: 'ScopeClosedError',
      message: expect.stringContaining('is being left or has been left, so nothing would run it'),
    });
    expect(tried).toEqual([late, late, 'ran', late]);
  });

  it('F4: that may take any time is not timed', async () => {
    let timers: number | undefined;
    await playValue(
      body(function* () {
        defer(
          body(function* () {
            yield* wait(sleep(1));
            timers = getEventLoop().stats().timers;
          }),
        );
      }),
      { cleanupTimeout: Number.POSITIVE_INFINITY },
    );
    expect(timers).toBe(0);
  });

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
