import { expect, it } from 'vitest';
import { CancellationScope, checkpoint, Future, run, spawn, TaskGroup } from '../../src/index.js';

/** What a server's request callback asks before it spawns, because nobody catches what a callback throws. */

it('isOpen: false once a group is closed, cancelled, or has been left', async () => {
  const seen = await run(async () => {
    const closed = new TaskGroup();
    const cancelled = new TaskGroup();
    const left = new TaskGroup();
    const before = [closed.isOpen, cancelled.isOpen, left.isOpen];
    closed.close();
    cancelled.cancel();
    await left[Symbol.asyncDispose]();
    return [...before, closed.isOpen, cancelled.isOpen, left.isOpen];
  });
  expect(seen).toEqual([true, true, true, false, false, false]);
});

it('a group is shown by its name', async () => {
  await run(() => {
    expect(String(new TaskGroup({ name: 'crawlers' }))).toMatch(/^scope #\d+ 'crawlers'$/);
  });
});

it('isClosed: once close() was called, or the group has been left; a cancelled one is not closed', async () => {
  const seen = await run(async () => {
    const closed = new TaskGroup();
    const cancelled = new TaskGroup();
    const left = new TaskGroup();
    const before = [closed.isClosed, cancelled.isClosed, left.isClosed];
    closed.close();
    cancelled.cancel();
    await left[Symbol.asyncDispose]();
    return [...before, closed.isClosed, cancelled.isClosed, left.isClosed];
  });
  expect(seen).toEqual([false, false, false, true, false, true]);
});

it('isCancelled: by itself, with what is around it, or because a member failed; not because it was left', async () => {
  await run(async () => {
    const forever = () => new Future<void>();
    const cancelled = new TaskGroup();
    const empty = new TaskGroup();
    const left = new TaskGroup();
    left.spawn(forever);
    let group: TaskGroup | undefined;
    const outer = new CancellationScope();
    outer.spawn(() =>
      TaskGroup.run(async (opened) => {
        group = opened;
        await forever();
      }),
    );
    const failing = new TaskGroup();
    failing.spawn(forever);
    failing.spawn(async () => {
      throw new Error('failed');
    });
    const isCancelled = (...groups: TaskGroup[]) => groups.map((each) => each.isCancelled);
    expect(isCancelled(cancelled, empty, left, failing)).toEqual([false, false, false, false]);
    const failure = failing.waitAll().catch((error: unknown) => error);
    await checkpoint();
    expect(group!.isCancelled).toBe(false);
    cancelled.cancel();
    outer.cancel();
    await empty[Symbol.asyncDispose]();
    await left[Symbol.asyncDispose]();
    expect(await failure).toEqual(new Error('failed'));
    await outer[Symbol.asyncDispose]();
    expect(isCancelled(cancelled, empty, left, group!, failing)).toEqual([true, false, false, true, true]);
  });
});

it('isOpen: a scope that something failed in is not open, although nobody cancelled it', async () => {
  let scope: CancellationScope | undefined;
  await run(async () => {
    scope = CancellationScope.current();
    expect(scope?.isOpen).toBe(true);
    spawn(() => {
      throw new Error('failed');
    });
  }).catch(() => undefined);
  expect(scope?.isOpen).toBe(false);
});
