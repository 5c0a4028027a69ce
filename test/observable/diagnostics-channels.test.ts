import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  CancellationScope,
  Observable,
  observe,
  run,
  type SkeinEvent,
  sleep,
  spawn,
  use,
  VirtualLoop,
} from 'skein';
import { publishToChannels } from 'skein/diagnostics';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { events } from '../../src/core/event-sink.js';
import { kinds } from '../core/support.js';

const subscribed: [string, (message: unknown) => void][] = [];

/** Listens to channels, until the test has ended. */
function listen(...names: string[]): string[] {
  const seen: string[] = [];
  for (const name of names) {
    const listener = (message: unknown): void => {
      const event = message as SkeinEvent;
      seen.push(event.kind === 'task' ? `${name} ${event.task.name}` : name);
    };
    subscribe(name, listener);
    subscribed.push([name, listener]);
  }
  return seen;
}

function silence(): void {
  for (const [name, listener] of subscribed.splice(0)) unsubscribe(name, listener);
}

afterEach(() => {
  silence();
  publishToChannels();
  expect(events.enabled).toBe(false);
});

async function play(main: () => unknown): Promise<void> {
  const loop = new VirtualLoop();
  await loop.drive(run(main, { loop, name: 'program' }));
}

describe.each(kinds)('diagnostics channels, with $kind bodies', ({ body }) => {
  it('whoever subscribes before a run gets its events, without a further call', async () => {
    const seen = listen('skein:task:created', 'skein:task:completed', 'skein:scope:opened');
    await play(
      body(function* () {
        yield spawn(() => sleep(1), 'job');
      }),
    );
    expect(seen).toEqual([
      'skein:scope:opened',
      'skein:task:created program',
      'skein:task:created job',
      'skein:task:completed job',
      'skein:task:completed program',
    ]);
  });

  it('during a run: from publishToChannels() on', async () => {
    let seen: string[] = [];
    await play(
      body(function* () {
        seen = listen('skein:task:started');
        yield spawn(() => {}, 'unseen');
        publishToChannels();
        publishToChannels();
        yield spawn(() => {}, 'seen');
      }),
    );
    expect(seen).toEqual(['skein:task:started seen']);
  });
});

describe('diagnostics channels', () => {
  it('O1: without a subscriber nothing is installed, whatever runs', async () => {
    let during: boolean | undefined;
    await play(async () => {
      await spawn(() => sleep(1));
      during = events.enabled;
    });
    expect([during, events.sink]).toEqual([false, null]);
  });

  it('O1: only the kinds that somebody subscribes to are made', async () => {
    listen('skein:scope:opened');
    const made = vi.spyOn(channel('skein:task:created'), 'publish');
    await play(() => spawn(() => {}));
    expect(made).not.toHaveBeenCalled();
    made.mockRestore();
  });

  it('when the last subscriber has gone, nothing is installed after the next event', async () => {
    const seen = listen('skein:task:created');
    await play(async () => {
      expect(events.enabled).toBe(true);
      silence();
      spawn(() => {}, 'nobody is told');
      expect(events.enabled).toBe(false);
    });
    expect(seen).toEqual(['skein:task:created program']);
  });

  it('every type of event has its channel', async () => {
    const seen = listen(
      ...['created', 'started', 'completed', 'failed', 'cancelled'].map((type) => `skein:task:${type}`),
      ...['opened', 'cancelled', 'closed', 'suppressed', 'warning'].map((type) => `skein:scope:${type}`),
      ...['opened', 'closed', 'failed', 'leaked'].map((type) => `skein:resource:${type}`),
    );
    await play(async () => {
      use({ [Symbol.dispose]() {} });
      await CancellationScope.run(async (scope) => {
        spawn(() => sleep(5), 'cancelled');
        await sleep(1);
        scope.cancel();
      }).catch(() => {});
      await spawn(() => Promise.reject(new Error('no')), 'failed').catch(() => {});
      await CancellationScope.run((scope) => {
        scope.defer(() => Promise.reject(new Error('second')));
        throw new Error('first');
      }).catch(() => {});
    });
    const told = new Set(seen.map((line) => line.split(' ')[0]));
    expect([...told].sort()).toEqual([
      'skein:resource:closed',
      'skein:resource:opened',
      'skein:scope:cancelled',
      'skein:scope:closed',
      'skein:scope:opened',
      'skein:scope:suppressed',
      'skein:task:cancelled',
      'skein:task:completed',
      'skein:task:created',
      'skein:task:failed',
      'skein:task:started',
    ]);
  });

  it('is no observer of the user: clear() leaves it, and the order is that of the observers', async () => {
    const seen = listen('skein:task:started');
    using _watching = observe((event) => void seen.push(`observer ${event.type}`), {
      kinds: ['task'],
      types: ['started'],
    });
    await play(async () => {
      Observable.instance.clear();
      await spawn(() => {}, 'after');
    });
    expect(seen).toEqual(['observer started', 'skein:task:started program', 'skein:task:started after']);
  });
});
