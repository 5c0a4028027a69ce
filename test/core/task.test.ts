import { run, spawn } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds } from './support.js';

describe.each(kinds)('a task, in $kind bodies', ({ body }) => {
  it('has the name that it was given, that of its body, or one made of its id', async () => {
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const named = (): void => undefined;
          const tasks = [spawn(named, 'given'), spawn(named, { name: 'in options' }), spawn(named)];
          const anonymous = spawn(() => undefined);
          yield anonymous;
          const names = [...tasks, anonymous].map((task) => [task.name, task.toString()]);
          return { names, ids: [...tasks, anonymous].map(({ id }) => id) };
        }),
        { loop },
      ),
    );
    const { names, ids } = (ended as { value: { names: string[][]; ids: number[] } }).value;
    expect(names).toEqual([
      ['given', `task #${ids[0]} 'given' (completed)`],
      ['in options', `task #${ids[1]} 'in options' (completed)`],
      ['named', `task #${ids[2]} 'named' (completed)`],
      [`task-${ids[3]}`, `task #${ids[3]} (completed)`],
    ]);
  });
});
