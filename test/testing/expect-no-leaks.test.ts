import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  currentSignal,
  detached,
  getEventLoop,
  run,
  Semaphore,
  sleep,
  spawn,
  type Task,
  TimeoutError,
  use,
} from '../../src/index.js';
import { expectNoLeaks, inScope, LeakError } from '../../src/testing/index.js';
import { kinds, watchReports } from '../conformance/kinds.js';
import { Door, JammedDoor } from '../resource/support.js';

watchReports();

/** What is said to have been left. */
async function leaksOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => 'nothing was found',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LeakError);
  return (error as LeakError).leaks.join('\n');
}

const here = /expect-no-leaks\.test\.ts:\d+:\d+/;

describe.each(kinds)('expectNoLeaks, $name bodies', (kind) => {
  it('returns what the body returns, and rejects with its own error', async () => {
    const outer = new AbortController();
    const body = kind.body(function* () {
      const slots = new Semaphore(1);
      const permit = yield* kind.wait(slots.acquire());
      permit.release();
      use(new Door('door'));
      currentSignal().addEventListener('abort', () => undefined);
      const listener = (): void => undefined;
      outer.signal.addEventListener('abort', listener);
      outer.signal.removeEventListener('abort', listener);
      new AbortController().signal.addEventListener('abort', listener);
      clearTimeout(setTimeout(listener, 10_000));
      spawn(() => sleep(10_000));
      yield* kind.wait(sleep(1));
      return 5;
    });
    expect(await expectNoLeaks(body)).toBe(5);
    expect(await expectNoLeaks(body, { virtual: true })).toBe(5);
    const own = new Error('its own');
    await expect(
      expectNoLeaks(
        kind.body(function* () {
          throw own;
        }),
      ),
    ).rejects.toBe(own);
  });

  it('finds a task that outlives it', async () => {
    let stray: Task<unknown> | undefined;
    let done: Promise<unknown> | undefined;
    const said = await leaksOf(
      expectNoLeaks(
        kind.body(function* () {
          done = detached(() =>
            run(
              (task: Task<unknown>) => {
                stray = task;
                return sleep(10_000);
              },
              { name: 'stray' },
            ),
          );
          yield* kind.wait(sleep(1));
        }),
      ),
    );
    expect(said).toMatch(/task #\d+ 'stray' is still running \(it waits for sleep\(\)/);
    expect(said).toMatch(here);
    stray!.cancel();
    await Promise.allSettled([done]);
  });

  it('finds timers of the loop and of the platform', async () => {
    const undo: (() => void)[] = [];
    const said = await leaksOf(
      expectNoLeaks(
        kind.body(function* () {
          const loop = getEventLoop();
          const timer = loop.addTimer(10_000, () => undefined);
          const other = setTimeout(() => undefined, 10_000);
          undo.push(
            () => loop.clearTimer(timer),
            () => clearTimeout(other),
          );
        }),
      ),
    );
    for (const step of undo) step();
    expect(said).toMatch(/a timer of the loop \(due in \d+ ms\) was left, added .*expect-no-leaks/);
    expect(said).toMatch(/a timer of the platform was left, set .*expect-no-leaks/);
  });

  it('finds a resource, a server, a permit', async () => {
    const server = createServer();
    const failed = kind.body(function* () {
      new Semaphore(2, { name: 'slots' }).tryAcquire();
      server.listen(0);
      yield* kind.wait(sleep(1));
      return detached(() => run(() => void use(new JammedDoor('jammed')))).catch(() => undefined);
    });
    const said = await leaksOf(expectNoLeaks(failed));
    server.close();
    expect(said).toMatch(/the resource JammedDoor is still open \(its closing threw/);
    expect(said).toMatch(/1 open handle of the platform: TCP/);
    expect(said).toMatch(/1 of 2 permits of the semaphore `slots` are still held/);
  });

  it('finds listeners on outer signals, and on those of scopes around', async () => {
    const outer = new AbortController();
    const said = await leaksOf(
      expectNoLeaks(
        kind.body(function* () {
          outer.signal.addEventListener('abort', () => undefined);
          const signal = currentSignal();
          yield* kind.wait(spawn(async () => signal.addEventListener('abort', () => undefined), 'child'));
        }),
      ),
    );
    expect(said).toMatch(/'abort' was left on an AbortSignal from outside, added .*expect-no-leaks/);
    expect(said).toMatch(
      /'abort' was left on the signal of task #\d+ 'main' by task #\d+ 'child', added .*expect-no/,
    );
  });
});

describe.each(kinds)('inScope, $name bodies', (kind) => {
  it('hands on what the runner gives, and this', async () => {
    const seen: unknown[] = [];
    const test = inScope(function (this: unknown, context: object) {
      seen.push(this, context);
      return kind.body(function* () {
        yield* kind.wait(spawn(() => sleep(1)));
      })();
    });
    const self = {};
    const context = {};
    await Reflect.apply(test, self, [context]);
    expect(seen).toEqual([self, context]);
    expect(seen[0]).toBe(self);
    expect(test).toHaveLength(0);
  });

  it('fails with the error of the test, a TimeoutError, the reason of the runner, or the leak', async () => {
    const own = new Error('its own');
    const wait = kind.body(function* (_context?: { signal: AbortSignal }) {
      yield* kind.wait(sleep(60_000));
    });
    await expect(
      inScope(
        kind.body(function* () {
          throw own;
        }),
      )(),
    ).rejects.toBe(own);
    await expect(inScope(wait, { timeout: 10 })()).rejects.toBeInstanceOf(TimeoutError);
    await expect(inScope(wait, { timeout: 1000, virtual: true })()).rejects.toBeInstanceOf(TimeoutError);
    await inScope(wait, { virtual: true })();
    const ending = new AbortController();
    ending.abort(own);
    await expect(inScope(wait)({ signal: ending.signal })).rejects.toBe(own);
    const leaking = kind.body(function* () {
      new Semaphore(1).tryAcquire();
    });
    await expect(inScope(leaking)()).rejects.toBeInstanceOf(LeakError);
    await inScope(leaking, { leaks: false })();
  });

  it(
    'a test of this runner',
    inScope(
      kind.body(function* () {
        yield* kind.wait(sleep(1));
      }),
      { timeout: 5000 },
    ),
  );
});
