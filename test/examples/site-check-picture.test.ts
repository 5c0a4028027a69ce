// `npm start -- --timeline page.html --trace trace.json`: the real program, in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PageData } from '../../src/observable/exporters/page-format.js';
import { traceFaults } from '../observable/trace-faults.js';

// A process that compiles its own sources takes seconds on a loaded machine.
const PATIENCE = 60_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-picture-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function start(...args: string[]) {
  const page = join(folder, 'page.html');
  const trace = join(folder, 'trace.json');
  const main = ['--import', 'tsx', 'examples/site-check/main.ts'];
  const child = spawn(process.execPath, [...main, '--timeline', page, '--trace', trace, ...args], {
    cwd: root,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return { child, ended, page, trace };
}

function dataIn(page: string): PageData {
  return JSON.parse(/id="data">(.*?)<\/script>/s.exec(readFileSync(page, 'utf8'))?.[1] ?? '') as PageData;
}

it('--timeline and --trace write a page and a file for Perfetto, with a row for each page of the site', {
  timeout: PATIENCE,
}, async () => {
  const site = join(folder, 'site');
  mkdirSync(site);
  writeFileSync(join(site, 'index.html'), '<a href="one.html">1</a> <a href="gone.html">2</a>');
  writeFileSync(join(site, 'one.html'), '<a href="index.html">back</a>');
  const { ended, page, trace } = start(site);
  expect(await ended).toBe(1);
  const { rows, path } = dataIn(page);
  const fetched = rows.filter(({ name }) => name.startsWith('fetch '));
  expect(fetched.map(({ name, state }) => `${name.slice(name.lastIndexOf('/'))} ${state}`).sort()).toEqual([
    '/gone.html failed',
    '/index.html completed',
    '/one.html completed',
  ]);
  expect(path.length).toBeGreaterThan(0);
  expect(traceFaults(readFileSync(trace, 'utf8'))).toEqual([]);
});

it('Ctrl-C: what had been recorded is written, and shows what was cancelled and why', {
  timeout: PATIENCE,
}, async () => {
  let asked!: () => void;
  const silent = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const server = createServer(({ url }, response) => {
    if (url === '/') response.setHeader('content-type', 'text/html').end('<a href="/silent">');
    else asked();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { child, ended, page, trace } = start(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    );
    await silent;
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(readdirSync(folder).sort()).toEqual(['page.html', 'trace.json']);
    const cut = dataIn(page).rows.find(({ name }) => name === 'fetch /silent');
    expect(cut?.state).toBe('cancelled');
    expect(cut?.facts).toContainEqual([
      'Why it was cancelled',
      expect.stringMatching(/site-check.*asked to cancel.*SIGINT/s),
    ]);
    expect(traceFaults(readFileSync(trace, 'utf8'))).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
