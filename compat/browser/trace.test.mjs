// The trace file in a viewer that others have written: speedscope, from its package. Perfetto's own cannot be had as one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch, siteCheckPage } from './browser.mjs';

const viewer = pathToFileURL(
  fileURLToPath(new URL('node_modules/speedscope/dist/release/index.html', import.meta.url)),
).href;

describe('the trace of the site check, in speedscope', () => {
  let browser;
  let trace;
  before(async () => {
    browser = await launch();
    ({ trace } = await siteCheckPage('--deadline', '900ms'));
  });
  after(() => browser?.close());

  it('is taken for what it is, and its tasks stand in lanes of their scopes', async () => {
    const page = await browser.newPage();
    const said = [];
    const faults = [];
    page.on('console', (message) => {
      said.push(message.text());
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(String(error.stack)));
    await page.goto(viewer);
    await page.setInputFiles('input[type=file]', trace);
    await page.getByText('Time Order').waitFor();
    assert.match(await page.title(), /^site-check\.json/);
    assert.ok(
      said.some((line) => line.includes('Trace Event Format')),
      said.join('\n'),
    );
    const shown = await page.locator('body').innerText();
    const [, lanes] = /run site-check \(pid \d+\), .* \(\d+\/(\d+)\)/.exec(shown) ?? [];
    assert.ok(Number(lanes) > 10, shown);
    assert.deepEqual(faults, []);
  });
});
