import { gather, sleep, spawn, TaskGroup } from 'skein';
import { expect, it } from 'vitest';
import { timelinePage } from '../../src/diagnostics.js';
import type { PageData } from '../../src/observable/exporters/page-format.js';
import { recorded } from './recordings.js';

function dataIn(page: string): PageData {
  return JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '') as PageData;
}

it('is one file: no script, style, font or picture from elsewhere', async () => {
  const page = timelinePage(await recorded(() => sleep(1)));
  expect(page).not.toMatch(/(?:src|href)="(?!data:)|@import|url\(|https?:/);
});

it('its script is valid', async () => {
  const page = timelinePage(await recorded(() => sleep(1)));
  const script = /<script>(.*)<\/script>/s.exec(page)?.[1] ?? '';
  expect(() => new Function(script)).not.toThrow();
});

it('names are data and never markup', async () => {
  const name = '</script><b>&';
  const page = timelinePage(await recorded(() => spawn(() => sleep(1), name), { name }));
  expect(page).not.toContain('<b>');
  expect(dataIn(page).rows.some((row) => row.name === name)).toBe(true);
});

it('a row for each task and each scope with tasks in it, below what is around it, with its waits', async () => {
  const page = timelinePage(
    await recorded(() =>
      TaskGroup.run((group) => void group.spawn(() => sleep(10), 'member'), { name: 'group', timeout: 50 }),
    ),
  );
  const { rows, texts, duration } = dataIn(page);
  expect(duration).toBe(10);
  expect(rows.map(({ name, around }) => [name, around])).toEqual([
    ['run', -1],
    ['main', 0],
    ['group', 1],
    ['member', 2],
  ]);
  const member = rows[3]!;
  expect([member.waits[0], member.waits[1], texts[member.waits[2]!]]).toEqual([0, 10, 'sleep()']);
  expect(page).toContain('2 tasks: 2 completed');
});

it('a wait names what it was for, with the rows to go to, and the critical path leads through rows', async () => {
  const page = timelinePage(
    await recorded(async () => {
      const given = [spawn(() => sleep(3), 'a'), spawn(() => sleep(4), 'b')];
      await gather(given);
    }),
  );
  const { rows, texts, links, path } = dataIn(page);
  const at = (name: string) => rows.findIndex((row) => row.name === name);
  const wait = rows[at('main')]!.waits[2]!;
  expect(texts[wait]).toMatch(/^a scope #\d+ 'gather': #\d+ 'a', #\d+ 'b'$/);
  expect(links[wait]).toEqual([at('a'), at('b')]);
  expect(path.slice(0, 4)).toEqual([at('b'), 0, 4, 1]);
});

it('says how many events were dropped', async () => {
  const timeline = await recorded(
    async () => {
      for (let i = 0; i < 20; i++) await spawn(() => sleep(1));
    },
    { capacity: 16 },
  );
  expect(timelinePage(timeline)).toContain(`${timeline.droppedCount} events were dropped`);
});

it('E5: takes what recordTimeline returned', () => {
  expect(() => timelinePage({} as never)).toThrow(/recordTimeline/);
});
