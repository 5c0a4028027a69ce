// The timeline page: opened, clicked, typed at, and read as a screen reader reads it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drawn, launch, open, siteCheckPage, writePage } from './browser.mjs';

let browser;
let site;
let known;
before(async () => {
  browser = await launch();
  site = await siteCheckPage('--deadline', '900ms');
  known = (await writePage('known-run.mts', 'known-run.html')).file;
});
after(() => browser?.close());

/** A test on a page of its own, which must not have done anything wrong by its end. */
function onPage(title, file, body, options) {
  it(title, async () => {
    const { page, faults } = await open(browser, file(), options);
    try {
      await body(page);
      assert.deepEqual(faults, []);
    } finally {
      await page.context().close();
    }
  });
}
const onKnown = (title, body, options) => onPage(title, () => known, body, options);
const onSite = (title, body, options) => onPage(title, () => site.file, body, options);

const row = (page, name) => page.getByRole('treeitem', { name });
const status = (page) => page.locator('#status').textContent();
const panel = (page) => page.locator('#panel');
const names = (page) =>
  page.locator('[role=treeitem] > span').evaluateAll((spans) => spans.map((span) => span.textContent));

/** How many points of the chart have a colour of the style. */
function coloured(page, name, canvas = '#chart') {
  return page.evaluate(
    ([name, canvas]) => {
      const chart = document.querySelector(canvas);
      // Read from a copy: a canvas that is read often is drawn on otherwise.
      const copy = Object.assign(document.createElement('canvas'), {
        width: chart.width,
        height: chart.height,
      });
      const probe = copy.getContext('2d', { willReadFrequently: true });
      probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
      probe.fillRect(0, 0, 1, 1);
      const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
      probe.clearRect(0, 0, 1, 1);
      probe.drawImage(chart, 0, 0);
      const { data } = probe.getImageData(0, 0, chart.width, chart.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4)
        if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) count++;
      return count;
    },
    [name, canvas],
  );
}

describe('the site check', () => {
  onSite('opens without an error, a message or a request, and shows its tree', async (page) => {
    assert.equal(await page.title(), 'site check: timeline');
    assert.ok((await page.getByRole('treeitem').count()) > 20);
    await row(page, /^scope crawl, cancelled/).waitFor();
    await row(page, /^scope demo site, .*/).waitFor();
    assert.match(await page.locator('header p').textContent(), /tasks: .*cancelled.*completed/);
  });

  onSite(
    'shows what ran, waited, was queued, failed and is on the critical path, each in its colour',
    async (page) => {
      const has = async (name) =>
        assert.ok((await coloured(page, name)) > 50, `there is nothing in the colour ${name}`);
      for (const name of ['work', 'failed', 'path']) await has(name);
      // On an idle machine those that were queued for long need not be among the first rows.
      await page.selectOption('#filter', 'queued');
      await page.selectOption('#order', 'queued');
      await drawn(page);
      await has('queued');
      await page.selectOption('#filter', 'trouble');
      await drawn(page);
      assert.ok((await coloured(page, 'cancelled')) > 50);
    },
  );

  onSite('a filter leaves what it names, and says how much that is', async (page) => {
    await page.selectOption('#filter', 'trouble');
    assert.match(await status(page), /^\d+ of \d+ rows$/);
    await drawn(page);
    await row(page, /fetch .*cancelled/)
      .first()
      .waitFor();
    await page.selectOption('#filter', 'queued');
    await page.selectOption('#order', 'queued');
    await drawn(page);
    await row(page, /^task .*, queued \d+ ms before/)
      .first()
      .waitFor();
  });

  onSite('C13: the panel of a cancelled page says why, back to the deadline', async (page) => {
    await page.selectOption('#filter', 'trouble');
    await drawn(page);
    await row(page, /^task fetch .*cancelled/)
      .first()
      .click();
    assert.match(
      await panel(page).textContent(),
      /Why it was cancelled.*the deadline of scope #\d+ 'crawl' passed/s,
    );
  });
});

describe('the panel', () => {
  onKnown(
    'a click on a name picks it: its times, its variables, its spawner and where it was spawned',
    async (page) => {
      await row(page, /^task member 7,/).click();
      const text = await panel(page).innerText();
      assert.match(text, /task #\d+ member 7\s+completed/);
      assert.match(text, /100 ms \(\d+ %\) waited/);
      assert.match(text, /0.00 ms \(0 %\) ran/);
      assert.match(text, /\d+ ms \(\d+ %\) queued/);
      assert.match(text, /Variable user\s+user 7/);
      assert.match(text, /Slow\s+5.0 times the median/);
      assert.match(text, /Spawned by\s+\w+ #\d+/);
      assert.match(text, /Spawned at\s+.*known-run\.mts/);
      assert.equal(await row(page, /^task member 7,/).getAttribute('aria-selected'), 'true');
    },
  );

  onKnown('a failed task has its error', async (page) => {
    await row(page, /^task member 3,/).click();
    assert.match(await panel(page).innerText(), /Error\s+RangeError: three is too many/);
  });

  onKnown('C13: a cancelled one has the reason', async (page) => {
    await row(page, /^task doomed,/).click();
    assert.match(
      await panel(page).innerText(),
      /Why it was cancelled\s+task #\d+ 'doomed' was asked to cancel: no longer needed/,
    );
  });

  onKnown('a wait of gather names the tasks it was given, and leads to them', async (page) => {
    await row(page, /^task main,/).click();
    assert.match(await panel(page).innerText(), /50 ms: .*'given quick', #\d+ 'given slow'/);
    await panel(page).getByRole('button', { name: 'go to given slow' }).first().click();
    assert.match(await panel(page).innerText(), /given slow/);
    assert.equal(await row(page, /^task given slow,/).getAttribute('aria-selected'), 'true');
  });

  onKnown('a click on a bar picks its row', async (page) => {
    const at = await row(page, /^task member 5,/).boundingBox();
    await page.mouse.click(900, at.y + 10);
    assert.match(await panel(page).innerText(), /member 5/);
  });
});

describe('the keyboard', () => {
  const press = async (page, ...keys) => {
    for (const key of keys) await page.keyboard.press(key);
    await drawn(page);
  };
  const active = (page) =>
    page.evaluate(() => {
      const id = document.getElementById('tree').getAttribute('aria-activedescendant');
      return document.getElementById(id)?.getAttribute('aria-label') ?? '';
    });

  onKnown('arrows walk the tree, fold and unfold it', async (page) => {
    await page.locator('#tree').focus();
    await press(page, 'ArrowDown', 'ArrowDown');
    assert.match(await active(page), /^task main/);
    await press(page, 'ArrowLeft');
    assert.deepEqual(await names(page), ['run', 'main']);
    assert.equal(await row(page, /^task main/).getAttribute('aria-expanded'), 'false');
    await press(page, 'ArrowRight', 'End');
    assert.match(await active(page), /^task doomed/);
    await press(page, 'Home');
    assert.match(await active(page), /^scope run/);
  });

  onKnown(
    'everything is reached with Tab, and Enter and Escape lead into the panel and back',
    async (page) => {
      const reached = [];
      for (let n = 0; n < 12; n++) {
        await page.keyboard.press('Tab');
        reached.push(await page.evaluate(() => document.activeElement.id));
      }
      for (const id of ['search', 'filter', 'order', 'path', 'in', 'out', 'fit', 'tree'])
        assert.ok(reached.includes(id), `Tab does not reach ${id}: ${reached}`);
      await page.locator('#tree').focus();
      await press(page, 'ArrowDown', 'Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'panel');
      await press(page, 'Escape');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'tree');
      assert.ok(await panel(page).isVisible());
      await press(page, 'Escape');
      assert.ok(await panel(page).isHidden());
    },
  );

  onKnown('+, - and 0 zoom, and f shows the picked task whole', async (page) => {
    await page.locator('#tree').focus();
    await press(page, '+');
    const zoomed = await status(page);
    assert.match(zoomed, /^showing \d+/);
    await press(page, 'Shift+ArrowRight', '-');
    await press(page, '0');
    assert.match(await status(page), /^showing 0.00 ms to 260 ms$/);
    await row(page, /^task member 7,/).click();
    await press(page, 'f');
    assert.notEqual(await status(page), zoomed);
    assert.match(await status(page), /^showing \d+/);
  });

  onKnown('/ searches, Enter goes from one to the next, Escape ends it', async (page) => {
    await press(page, '/');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
    await page.keyboard.type('user 4');
    assert.match(await status(page), /^1 found/);
    await press(page, 'Enter');
    assert.match(await panel(page).innerText(), /member 4/);
    await page.fill('#search', 'member');
    assert.match(await status(page), /^\d+ found/);
    await press(page, 'Enter');
    assert.match(await active(page), /member 5/);
    await press(page, 'Shift+Enter', 'Shift+Enter');
    assert.match(await active(page), /member 3/);
    await page.fill('#search', 'nowhere to be found');
    assert.equal(await status(page), 'nothing found');
    await press(page, 'Escape');
    assert.equal(await page.inputValue('#search'), '');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'tree');
  });
});

describe('the critical path', () => {
  onKnown('is drawn, hidden and shown, and said in words', async (page) => {
    const button = page.getByRole('button', { name: 'Critical path' });
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    assert.ok((await coloured(page, 'path')) > 100);
    await button.click();
    await drawn(page);
    assert.equal(await button.getAttribute('aria-pressed'), 'false');
    assert.equal(await coloured(page, 'path'), 0);
    assert.match(await status(page), /hidden/);
    await page.locator('#tree').focus();
    await page.keyboard.press('c');
    await drawn(page);
    assert.match(await status(page), /^the critical path has \d+ steps in \d+ rows: \d+ ms waited/);
    assert.ok((await coloured(page, 'path')) > 100);
  });

  onKnown('its rows say so, and [ and ] go along it', async (page) => {
    await row(page, /^task given slow, .*on the critical path for 50 ms/).waitFor();
    assert.equal(await row(page, /^task given quick, .*on the critical path/).count(), 0);
    await page.locator('#tree').focus();
    await page.keyboard.press(']');
    assert.match(await status(page), /^step 1 of \d+, given slow: 50 ms waited: sleep\(\)/);
    await page.keyboard.press('[');
    assert.match(await status(page), /^step (\d+) of \1, main: 20 ms waited/);
    await page.selectOption('#filter', 'path');
    await drawn(page);
    assert.equal((await names(page)).includes('given quick'), false);
  });
});

describe('the pointer', () => {
  onKnown(
    'Ctrl and the wheel zoom where the pointer is, dragging moves, the overview chooses a stretch',
    async (page) => {
      const before = await coloured(page, 'work');
      await page.mouse.move(800, 400);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -600);
      await page.keyboard.up('Control');
      await drawn(page);
      const zoomed = await page.locator('#chart').screenshot();
      await page.mouse.down();
      await page.mouse.move(700, 400, { steps: 4 });
      await page.mouse.up();
      await drawn(page);
      const moved = await page.locator('#chart').screenshot();
      assert.notDeepEqual(moved, zoomed);
      assert.ok(await panel(page).isHidden(), 'dragging picks nothing');
      await page.getByRole('button', { name: 'Whole run' }).click();
      await drawn(page);
      assert.equal(await coloured(page, 'work'), before);
      const strip = await page.locator('#overview').boundingBox();
      await page.mouse.move(strip.x + 300, strip.y + 20);
      await page.mouse.down();
      await page.mouse.move(strip.x + 500, strip.y + 20, { steps: 4 });
      await page.mouse.up();
      await drawn(page);
      assert.notDeepEqual(await page.locator('#chart').screenshot(), moved);
    },
  );
});

describe('what a screen reader is told', () => {
  onKnown(
    'the accessibility tree has the tree, its items with their places, the controls and the status',
    async (page) => {
      await page.locator('#tree').focus();
      await page.keyboard.press('ArrowDown');
      await drawn(page);
      const session = await page.context().newCDPSession(page);
      const { nodes } = await session.send('Accessibility.getFullAXTree');
      const seen = nodes.filter(({ ignored }) => !ignored);
      const having = (role) => seen.filter((node) => node.role?.value === role);
      const named = (role) => having(role).map(({ name }) => name?.value);
      assert.deepEqual(named('tree'), ['Tasks and scopes']);
      assert.equal(having('treeitem').length, await page.getByRole('treeitem').count());
      for (const name of named('treeitem'))
        assert.match(name, /^(task|scope) .+, (completed|failed|cancelled|closed)/);
      const main = having('treeitem')[1];
      const property = (name) => main.properties.find((each) => each.name === name)?.value.value;
      assert.deepEqual([property('level'), property('expanded')], [2, true]);
      assert.deepEqual(named('button'), ['Critical path', 'Zoom in', 'Zoom out', 'Whole run']);
      assert.deepEqual(named('combobox').sort(), ['Order', 'Show']);
      assert.deepEqual(named('searchbox'), ['Search']);
      assert.equal(having('status').length, 1);
      assert.match(named('region').join(), /run/);
      for (const node of [...having('img'), ...having('image')])
        assert.ok(node.name?.value, 'a picture without a name');
    },
  );

  for (const colorScheme of ['light', 'dark']) {
    onKnown(
      `${colorScheme}: text stands out from what is behind it, at least 4.5 to 1`,
      async (page) => {
        const low = await page.evaluate(() => {
          const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const style = getComputedStyle(document.documentElement);
          const light = (name) => {
            context.fillStyle = style.getPropertyValue(`--${name}`);
            context.fillRect(0, 0, 1, 1);
            const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map((part) =>
              part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
            );
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
          };
          const pairs = ['ink', 'soft', 'failed', 'cancelled'].flatMap((ink) =>
            ['paper', 'raised', 'picked'].map((paper) => [ink, paper]),
          );
          return pairs.flatMap(([ink, paper]) => {
            const [high, low] = [light(ink), light(paper)].sort((a, b) => b - a);
            return high / low >= 4.5 ? [] : [`${ink} on ${paper}: ${(high / low).toFixed(2)}`];
          });
        });
        assert.deepEqual(low, []);
      },
      { colorScheme },
    );
  }
});

describe('light, dark and small', () => {
  onKnown('a change to dark redraws the chart in the colours of the dark', async (page) => {
    const light = await page.locator('#chart').screenshot();
    await page.emulateMedia({ colorScheme: 'dark' });
    await drawn(page);
    assert.notDeepEqual(await page.locator('#chart').screenshot(), light);
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      'rgb(22, 25, 29)',
    );
    assert.ok((await coloured(page, 'path')) > 100);
  });

  onSite(
    'on 360 pixels everything is reached, and nothing sticks out',
    async (page) => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 360, `it is ${wide} pixels wide`);
      for (const id of ['search', 'filter', 'order', 'path', 'in', 'out', 'fit']) {
        const { x, width } = await page.locator(`#${id}`).boundingBox();
        assert.ok(x >= 0 && x + width <= 360, `${id} sticks out`);
      }
      await page.getByRole('treeitem').nth(7).tap();
      await drawn(page);
      const box = await panel(page).boundingBox();
      assert.ok(box.width <= 360 && box.y + box.height <= 701);
      assert.equal(await page.locator('[aria-selected=true]').count(), 1);
      const chart = await page.locator('#chart').boundingBox();
      assert.ok(
        chart.width > 180 && chart.height > 150,
        `${chart.width} by ${chart.height} are left for the chart`,
      );
    },
    { viewport: { width: 360, height: 700 }, hasTouch: true },
  );
});
