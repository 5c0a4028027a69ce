import { run, sleep, TaskGroup, TimeoutError, VirtualLoop } from 'skein';
import { describe, expect, it } from 'vitest';

const drive = <T>(main: () => Promise<T>): Promise<T> => {
  const loop = new VirtualLoop();
  return loop.drive(run(main, { loop }));
};

it('E3: a failure that waitAll has thrown comes out of an `await using` block as it is', async () => {
  const error = new Error('no');
  const ended = drive(async () => {
    await using group = new TaskGroup();
    group.spawn(() => sleep(1).then(() => Promise.reject(error)));
    await group.waitAll();
  });
  expect(await ended.catch((thrown: unknown) => thrown)).toBe(error);
});

it('E3, C8: the TimeoutError that waitAll has thrown comes out of an `await using` block as it is', async () => {
  const ended = drive(async () => {
    await using group = new TaskGroup({ timeout: 5 });
    group.spawn(() => sleep(1000));
    await group.waitAll();
  });
  expect(await ended.catch((thrown: unknown) => thrown)).toBeInstanceOf(TimeoutError);
});

it('E3, C9: so does the reason of a signal', async () => {
  const controller = new AbortController();
  const reason = new Error('closing');
  const ended = drive(async () => {
    await using group = new TaskGroup({ signal: controller.signal });
    group.spawn(() => sleep(1000));
    controller.abort(reason);
    await group.waitAll();
  });
  expect(await ended.catch((thrown: unknown) => thrown)).toBe(reason);
});

describe('E1: WaitAll: failures that come after a waitAll that threw', () => {
  const fail = async (ms: number): Promise<never> => {
    await sleep(ms);
    throw new Error(`no ${ms}`);
  };
  const failTwice = async (group: TaskGroup): Promise<string> => {
    group.spawn(() => fail(1));
    await group.waitAll().catch(() => undefined);
    group.spawn(() => fail(2));
    return 'value';
  };

  it('are thrown when the group is left', async () => {
    const left = drive(async () => TaskGroup.run(failTwice, { strategy: 'wait-all' }));
    await expect(left).rejects.toMatchObject({ failedCount: 2 });
  });

  it('are the failure of the scope around a group that nobody disposes of', async () => {
    const left = drive(async () => {
      await failTwice(new TaskGroup({ strategy: 'wait-all' }));
      await sleep(3);
    });
    await expect(left).rejects.toMatchObject({ failedCount: 2 });
  });
});

it('E1: a waitAll that gave values has told nobody of a failure that comes after it', async () => {
  const error = new Error('no');
  const left = drive(async () => {
    const group = new TaskGroup();
    group.spawn(() => sleep(1));
    await group.waitAll();
    group.spawn(() => sleep(1).then(() => Promise.reject(error)));
    await sleep(3);
  });
  expect(await left.catch((thrown: unknown) => thrown)).toBe(error);
});
