import { defer, run, sleep, spawn, TaskGroup } from 'skein';
import { describe, expect, it } from 'vitest';
import { addWaitProbe, type WaitProbe, waits } from '../../src/core/wait-probe.js';
import { drive, kinds } from './support.js';

class Listener implements WaitProbe {
  readonly heard: string[] = [];

  began(_frame: unknown, source: { readonly checkpoint: string }): void {
    this.heard.push(source.checkpoint);
  }

  ended(): void {
    this.heard.push('goes on');
  }
}

describe.each(kinds)('who listens to waits, in $kind bodies', ({ body }) => {
  it('O1: several hear the same, and one that leaves leaves the others listening', async () => {
    const listeners = [new Listener(), new Listener(), new Listener()] as const;
    const remove = listeners.map((listener) => addWaitProbe(listener));
    const program = body(function* () {
      yield sleep(1);
      yield sleep(1);
    });
    await drive((loop) => run(program, { loop }));
    const once = ['sleep()', 'goes on', 'sleep()', 'goes on'];
    expect(listeners.map(({ heard }) => heard)).toEqual([once, once, once]);
    remove[1]!();
    await drive((loop) => run(program, { loop }));
    remove[0]!();
    await drive((loop) => run(program, { loop }));
    remove[2]!();
    await drive((loop) => run(program, { loop }));
    expect(listeners.map(({ heard }) => heard.length / once.length)).toEqual([2, 1, 3]);
    expect(waits.probe).toBeNull();
  });

  it('O1: hears of a group that waits for its members, if there are any', async () => {
    const listener = new Listener();
    const remove = addWaitProbe(listener);
    for (const members of [0, 2]) {
      listener.heard.length = 0;
      await drive((loop) =>
        run(
          body(function* () {
            yield TaskGroup.run((group) => {
              for (let member = 0; member < members; member++) group.spawn(() => 'at once');
            });
          }),
          { loop },
        ),
      );
      const waited = listener.heard.filter((what) => what === 'its members');
      expect(waited).toHaveLength(members === 0 ? 0 : 1);
    }
    remove();
  });

  it('O1: hears of no wait for members where a held failure is all that is left', async () => {
    const listener = new Listener();
    const remove = addWaitProbe(listener);
    const ended = await drive((loop) =>
      run(
        body(function* () {
          yield TaskGroup.run(
            body(function* () {
              defer(() => sleep(1));
              spawn(() => Promise.reject(new Error('held')), { service: true, onFailure: 'hold' });
              yield sleep(1);
            }),
          );
        }),
        { loop },
      ),
    );
    remove();
    expect(ended).toEqual({ error: new Error('held') });
    expect(listener.heard).not.toContain('its members');
  });
});
