import { gather, observe, run, sleep, spawn, VirtualLoop } from 'skein';
import { expect, it, vi } from 'vitest';
import { unhandledDuring } from '../core/support.js';

const drive = <T>(main: () => Promise<T>): Promise<T> => {
  const loop = new VirtualLoop();
  return loop.drive(run(main, { loop }));
};

it('C11: what `then` returned, given to a gather that never begins, is no unhandled rejection, and not lost', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const unhandled = await unhandledDuring(() =>
    drive(async () => {
      const late = sleep(1).then(() => {
        throw new Error('late');
      });
      await gather([late], { signal: AbortSignal.abort() }).catch(() => undefined);
      await sleep(2);
    }),
  );
  expect(unhandled).toEqual([]);
  expect(warn.mock.calls).toEqual([[expect.stringContaining('Error: late'), expect.anything()]]);
  warn.mockRestore();
});

it('C11: a thenable whose `then` throws, given to a gather that never begins, harms nothing', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const reason = new Error('closing');
  const broken: PromiseLike<never> = {
    then: () => {
      throw new Error('broken');
    },
  };
  await drive(async () => {
    const gathered = gather([broken], { signal: AbortSignal.abort(reason) });
    expect(await gathered.catch((error: unknown) => error)).toBe(reason);
  });
  warn.mockRestore();
});

it('C11: of what was given to a gather that never begins, nothing is reported but what failed by itself', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  await drive(async () => {
    const given = [spawn(() => sleep(1000)), sleep(1000), async () => sleep(1000)];
    await gather(given, { signal: AbortSignal.abort() }).catch(() => undefined);
    await sleep(1);
  });
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

it('C2: a task that was given to a gather which is cancelled while its work begins is cancelled', async () => {
  await drive(async () => {
    using _ = observe({
      onTaskEvent: ({ type, task }) => {
        if (type === 'created' && task.name === 'first') task.scope.cancel();
      },
    });
    async function first(): Promise<void> {}
    const given = spawn(() => sleep(1000));
    await gather([first, given]).catch(() => undefined);
    expect(given.state).toBe('cancelled');
  });
});

it('C2: a gather that is cancelled before it begins cancels each task that it was given', async () => {
  await drive(async () => {
    const given = [spawn(() => sleep(1000)), spawn(() => sleep(1000))];
    await gather(given, { signal: AbortSignal.abort() }).catch(() => undefined);
    expect(given.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });
});

it('gather() of nothing at all gives nothing', async () => {
  await drive(async () => {
    expect(await gather()).toEqual([]);
  });
});
