import { CancellationScope, Queue } from 'skein';
import { expect, it } from 'vitest';
import { drive } from './map-fixtures.js';

it('C7: an item that a get has taken when its comparison cancels its scope is not lost', async () => {
  await drive(async () => {
    let scope: CancellationScope | undefined;
    const compare = (a: number, b: number): number => {
      scope?.cancel();
      return a - b;
    };
    const queue = new Queue<number>({ order: 'priority', compare });
    for (const item of [0, 1, 2, 3]) queue.tryPut(item);
    await CancellationScope.run(async () => {
      scope = CancellationScope.current();
      await queue.get();
    }).catch(() => undefined);
    scope = undefined;
    expect(queue.size).toBe(4);
  });
});
