// Observers that throw: at every event of a program, one after the other, in every hook. The program is none the wiser.
import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  defer,
  gather,
  Observable,
  type Observer,
  observe,
  type SkeinEvent,
  sleep,
  spawn,
  TaskGroup,
  until,
  use,
} from '../../src/index.js';
import { type Kind, kinds } from '../conformance/kinds.js';
import { survive, watchFaults } from './aftermath.js';
import { fail } from './injection.js';

const { reports } = watchFaults();

/** A program in which every event occurs. */
function program(kind: Kind, log: string[]): () => Promise<string> {
  return kind.body(function* () {
    const body = kind.body(function* (scope: CancellationScope) {
      use({ [Symbol.dispose]: () => void log.push('closed') });
      use({
        [Symbol.dispose]: () => {
          log.push('not closed');
          throw new Error('of the close');
        },
      });
      defer(() => void log.push('cleaned up'));
      const victim = scope.spawn(() => sleep(100));
      victim.onDone(() => void log.push('victim is done'));
      yield* kind.wait(gather([() => sleep(1), async () => 'at once']));
      victim.cancel();
      scope.spawn(() => until(Promise.resolve('nobody waits'))).onDone(() => void log.push('done'));
      yield* kind.attempt(spawn(() => Promise.reject(new Error('of the program'))));
      const group = TaskGroup.run((members) => {
        members.spawn(() => sleep(2));
        members.spawn(() => sleep(3));
      });
      yield* kind.wait(group);
      log.push('end of the body');
    });
    const { error } = yield* kind.attempt(CancellationScope.run(body));
    return String(error);
  });
}

const clean = ['victim is done', 'done', 'end of the body', 'cleaned up', 'not closed', 'closed'];

/** Ways to observe with a callback that is told of every event. */
const ways: Record<string, (told: (event: SkeinEvent) => unknown) => Disposable> = {
  'a function': (told) => observe(told as () => void),
  'the hooks of an observer': (told) => Observable.instance.register(hooksOf(told)),
  'a filter': (told) => observe(() => undefined, { where: (event) => told(event) !== false }),
  'an async observer': (told) =>
    observe((async (event: SkeinEvent): Promise<void> => void told(event)) as unknown as () => void),
};

function hooksOf(told: (event: SkeinEvent) => unknown): Observer {
  return { onTaskEvent: told, onScopeEvent: told, onResourceEvent: told } as Observer;
}

describe.each(kinds)('faults: an observer that throws, $name bodies', (kind) => {
  it.each(Object.keys(ways))(
    'O2, O3: %s, at each event in turn, and at all',
    { timeout: 30_000 },
    async (way) => {
      let events = 0;
      for (let at = 0; at <= events; at++) {
        let seen = 0;
        const log: string[] = [];
        const throwing = ways[way]!(() => {
          seen++;
          if (at === 0 || seen === at) fail(`at event ${seen}`);
        });
        reports.warnings.length = 0;
        const { outcome, history } = await survive(program(kind, log), {
          leaves: /^the resource .* is still open/,
        }).finally(() => throwing[Symbol.dispose]());
        events = Math.max(events, seen);
        expect(outcome).toEqual({ value: 'Error: of the close' });
        expect(log).toEqual(clean);
        // The other observers are told everything, and the one that throws goes on being told.
        expect(history.events.length).toBe(events);
        expect(seen).toBe(events);
        const told = reports.warnings.filter(({ code }) => code === 'SKEIN_OBSERVER');
        expect(told.length, 'it is reported, once').toBe(1);
      }
      expect(events).toBeGreaterThan(30);
    },
  );

  it('O3: the observer of one run throws, and that run is none the wiser', async () => {
    const log: string[] = [];
    const { outcome } = await survive(program(kind, log), {
      observers: [hooksOf(() => fail('in the run'))],
      leaves: /^the resource .* is still open/,
    });
    expect(outcome).toEqual({ value: 'Error: of the close' });
    expect(log).toEqual(clean);
  });
});
