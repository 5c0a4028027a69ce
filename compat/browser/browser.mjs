// A page of the timeline in headless Chromium, for the tests: what it does wrong is collected.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { succeed } from '../exec.mjs';
import { findChromium } from './chromium.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the pages are written to. */
const folder = join(root, 'compat', '.tmp', 'browser');
mkdirSync(folder, { recursive: true });

export const fileIn = (name) => join(folder, name);

/** Runs one of the programs beside this file, which writes a page; gives the page and what the program printed. */
export async function writePage(program, name) {
  const file = fileIn(name);
  const script = fileURLToPath(new URL(program, import.meta.url));
  const printed = await succeed(process.execPath, ['--import', 'tsx', script, file], { cwd: root });
  return { file, printed };
}

/** Writes the page and the trace of the site check, as a user would. Its exit code is 1: the site has broken links. */
export async function siteCheckPage(...more) {
  const { exec } = await import('../exec.mjs');
  const file = fileIn('site-check.html');
  const trace = fileIn('site-check.json');
  const args = ['scripts/start.mjs', '--timeline', file, '--trace', trace, ...more];
  const { code, stderr } = await exec(process.execPath, args, { cwd: root });
  if (code !== 1) throw new Error(`the site check ended with ${code}: ${stderr}`);
  return { file, trace };
}

export function launch() {
  // Its sandbox wants rights that root in a container does not have; the pages are our own.
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
}

/** Opens a file in a page of its own; `faults` collects errors, messages on the console and requests for anything else. */
export async function open(browser, file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error.stack)));
  page.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`));
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) faults.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  await page.locator('[role=treeitem]').first().waitFor();
  return { page, faults };
}

/** After the next drawing. */
export function drawn(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined)))),
  );
}
