import { run, sleep, TaskGroup, TimeoutError, VirtualLoop } from 'skein';
import { expect, it } from 'vitest';

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

it('E1: WaitAll: failures that come after a waitAll that threw are thrown when the group is left', async () => {
  const loop = new VirtualLoop();
  const fail = async (ms: number): Promise<never> => {
    await sleep(ms);
    throw new Error(`no ${ms}`);
  };
  const left = run(
    () =>
      TaskGroup.run(
        async (group) => {
          group.spawn(() => fail(1));
          await group.waitAll().catch(() => undefined);
          group.spawn(() => fail(2));
          return 'value';
        },
        { strategy: 'wait-all' },
      ),
    { loop },
  );
  await expect(loop.drive(left)).rejects.toMatchObject({ failedCount: 2 });
});
