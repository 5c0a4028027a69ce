import { CancelledError, checkpoint, gather, Queue, run, sleep, spawn, TaskCancelledError } from 'skein';
import { describe, expect, it } from 'vitest';
import { Operation } from '../../src/core/operation.js';
import { drive, kinds } from './support.js';

/** An operation that says what becomes of it. */
class Probe extends Operation<string> {
  readonly log: string[] = [];
  private readonly goesBack: boolean;

  constructor(goesBack: boolean) {
    super();
    this.goesBack = goesBack;
  }

  protected override get returnable(): boolean {
    return this.goesBack;
  }

  protected override withdraw(): void {
    this.log.push('withdrawn');
  }

  protected override putBack(value: string): void {
    this.log.push(`put back ${value}`);
  }

  override delivered(): void {
    super.delivered();
    this.log.push(`delivered ${this.status === 1}`);
  }
}

describe.each(kinds)('an operation, in $kind bodies', ({ body }) => {
  /** A task that begins a probe and waits for it; `then` happens two checkpoints later. */
  const withProbe = async (
    goesBack: boolean,
    then: (probe: Probe, cancel: () => void) => void,
  ): Promise<{ log: string[]; outcome: unknown; linked: boolean }> => {
    let probe!: Probe;
    let outcome: unknown;
    await drive((loop) =>
      run(
        body(function* () {
          const waiter = spawn(
            body(function* () {
              probe = new Probe(goesBack);
              try {
                outcome = yield probe;
              } catch (error) {
                outcome = error;
                throw error;
              }
            }),
          );
          waiter.catch(() => undefined);
          yield checkpoint();
          yield checkpoint();
          then(probe, () => waiter.cancel());
          yield sleep(5);
        }),
        { loop },
      ),
    );
    return { log: probe.log, outcome, linked: probe.linked };
  };

  it('settles once and is delivered', async () => {
    expect(await withProbe(true, (probe) => probe.finish('permit'))).toEqual({
      log: ['delivered true'],
      outcome: 'permit',
      linked: false,
    });
  });

  it('fails with its error', async () => {
    const boom = new Error('boom');
    expect(await withProbe(true, (probe) => probe.fail(boom))).toMatchObject({
      outcome: boom,
      linked: false,
    });
  });

  it('C11: interrupted while pending it is withdrawn, and never granted', async () => {
    const { log, outcome, linked } = await withProbe(true, (_probe, cancel) => cancel());
    expect(log[0]).toBe('withdrawn');
    expect(log).not.toContain('delivered true');
    expect(outcome).toBeInstanceOf(CancelledError);
    expect(linked).toBe(false);
  });

  it.each([
    ['that can go back is put back or delivered', true],
    ['that cannot is delivered or dropped', false],
  ])('C7: granted and cancelled in the same tick, what %s, never both', async (_name, goesBack) => {
    const { log, outcome, linked } = await withProbe(goesBack, (probe, cancel) => {
      probe.finish('permit');
      cancel();
    });
    const delivered = log.includes('delivered true');
    const wentBack = log.includes('put back permit');
    if (goesBack) expect([delivered, wentBack].filter(Boolean)).toHaveLength(1);
    else expect(wentBack).toBe(false);
    expect(outcome === 'permit').toBe(delivered);
    expect(linked).toBe(false);
  });

  it('cancelled and then granted in the same tick, it was withdrawn: whoever grants sees that it is over', async () => {
    let begun = true;
    const { log } = await withProbe(true, (probe, cancel) => {
      cancel();
      begun = probe.begun;
    });
    expect(begun).toBe(false);
    expect(log[0]).toBe('withdrawn');
  });

  it('C7: granted, and nobody ever waits: it is put back when the scope is left', async () => {
    let probe!: Probe;
    let plain!: Probe;
    await drive((loop) =>
      run(
        body(function* () {
          yield spawn(
            body(function* () {
              probe = new Probe(true);
              plain = new Probe(false);
              probe.finish('permit');
              plain.finish('value');
              yield checkpoint();
            }),
          );
        }),
        { loop },
      ),
    );
    expect(probe.log).toEqual(['put back permit']);
    expect(plain.log).toEqual([]);
    expect([probe.linked, plain.linked]).toEqual([false, false]);
  });

  it('L5: begun and never waited for, it is withdrawn when its scope is left', async () => {
    let probe!: Probe;
    await drive((loop) =>
      run(
        body(function* () {
          yield spawn(
            body(function* () {
              probe = new Probe(true);
              yield checkpoint();
            }),
          );
        }),
        { loop },
      ),
    );
    expect(probe.log).toEqual(['withdrawn']);
    expect(probe.linked).toBe(false);
  });

  it('in a cancelled scope it never begins, and waiting for it throws', async () => {
    let begun: boolean | undefined;
    let log: string[] = [];
    let outcome: unknown;
    await drive((loop) =>
      run(
        body(function* () {
          const task = spawn(
            body(function* () {
              task.cancel();
              const probe = new Probe(true);
              begun = probe.begun;
              log = probe.log;
              try {
                yield probe;
              } catch (error) {
                outcome = error;
                throw error;
              }
            }),
          );
          yield sleep(1);
        }),
        { loop },
      ),
    );
    expect(begun).toBe(false);
    expect(outcome).toBeInstanceOf(CancelledError);
    expect(log).not.toContain('withdrawn');
    expect(log).not.toContain('put back undefined');
  });

  it('C6: one whose scope was left rejects for an outsider with TaskCancelledError', async () => {
    const ended = await drive((loop) =>
      run(
        body(function* () {
          let probe!: Probe;
          yield spawn(
            body(function* () {
              probe = new Probe(false);
              yield checkpoint();
            }),
          );
          try {
            yield probe;
          } catch (error) {
            return error;
          }
          return 'nothing was thrown';
        }),
        { loop },
      ),
    );
    expect((ended as { value: unknown }).value).toBeInstanceOf(TaskCancelledError);
  });

  it('begun by one task and waited for by another, a cancellation of the waiter leaves it alone', async () => {
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const probe = new Probe(true);
          const waiter = spawn(
            body(function* () {
              yield probe;
            }),
          );
          yield checkpoint();
          yield checkpoint();
          waiter.cancel();
          yield checkpoint();
          yield checkpoint();
          const untouched = [...probe.log];
          probe.finish('permit');
          return [untouched, yield probe, waiter.state];
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: [[], 'permit', 'cancelled'] });
  });

  it('C7: granted before a gather that it was given to fails, it still gives what it was granted', async () => {
    const broken = new Error('broken');
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const queue = new Queue<string>();
          queue.tryPut('item');
          const item = queue.get();
          const pause = sleep(1);
          const failing = body(function* () {
            yield sleep(5);
            throw broken;
          });
          try {
            yield gather([item, pause, failing]);
          } catch (error) {
            return [error, yield item, yield pause];
          }
          return 'nothing was thrown';
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: [broken, 'item', undefined] });
  });
});
