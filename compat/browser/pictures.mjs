// Takes the pictures of the guide: node compat/browser/pictures.mjs
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { needChromium } from './chromium.mjs';

process.env.CHROMIUM = needChromium();
const { drawn, launch, open, root, siteCheckPage } = await import('./browser.mjs');
const images = join(root, 'docs', 'images');
const browser = await launch();

async function take(name, file, prepare, options) {
  const { page, faults } = await open(browser, file, options);
  await prepare(page);
  await drawn(page);
  const path = join(images, `${name}.png`);
  await page.screenshot({ path });
  // Where pngquant is there, it takes two thirds of the size off.
  spawnSync('pngquant', ['--force', '--output', path, '64', path], { stdio: 'ignore' });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  await page.context().close();
}

const picked = (page, name) => page.getByRole('treeitem', { name }).first().click();

const cut = (await siteCheckPage('--deadline', '900ms')).file;
await take('timeline', cut, async () => {});
await take(
  'timeline-cancelled',
  cut,
  async (page) => {
    await page.selectOption('#filter', 'trouble');
    await drawn(page);
    await picked(page, /^task fetch .*cancelled/);
  },
  { colorScheme: 'dark' },
);
const whole = (await siteCheckPage()).file;
await take(
  'timeline-slow',
  whole,
  async (page) => {
    await page.selectOption('#filter', 'slow');
    await page.selectOption('#order', 'longest');
  },
  { viewport: { width: 1280, height: 560 } },
);
await take('timeline-critical-path', whole, async (page) => {
  await page.selectOption('#filter', 'path');
  await drawn(page);
  await picked(page, /^task fetch .*queued/);
});
await take(
  'timeline-small',
  whole,
  async (page) => {
    await page.selectOption('#order', 'longest');
    await drawn(page);
    await picked(page, /^task fetch /);
  },
  { viewport: { width: 360, height: 700 }, deviceScaleFactor: 2 },
);
await browser.close();
