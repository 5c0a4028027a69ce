import { observe, run, singleFlight, sleep, spawn, VirtualLoop } from 'skein';
import { expect, it } from 'vitest';

it('singleFlight: a run whose only caller an observer cancels as it begins is cancelled', async () => {
  const log: string[] = [];
  const load = singleFlight(async function loading() {
    try {
      await sleep(100);
      log.push('done');
    } catch (error) {
      log.push('cancelled');
      throw error;
    }
  });
  const loop = new VirtualLoop();
  const main = async (): Promise<void> => {
    const task = spawn(async () => load());
    using _ = observe({
      onScopeEvent: ({ type, scope }) => {
        if (type === 'opened' && scope.name === 'loading') task.cancel();
      },
    });
    await task.catch(() => {});
    log.push(task.state);
    await sleep(200);
  };
  await loop.drive(run(main, { loop }));
  expect(log.sort()).toEqual(['cancelled', 'cancelled']);
});
