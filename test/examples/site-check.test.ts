// site-check as a whole, in this process: what it finds, what it prints, and its exit codes.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../examples/site-check/report.js';
import { siteCheck } from '../../examples/site-check/site-check.js';

interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function siteCheckWith(
  args: readonly string[],
  { isTTY = false, env = {} }: { isTTY?: boolean; env?: Record<string, string> } = {},
): Promise<Printed> {
  let stdout = '';
  let stderr = '';
  const code = await siteCheck(args, {
    stdout: {
      isTTY,
      write: (text) => {
        stdout += text;
      },
    },
    stderr: {
      isTTY,
      columns: 60,
      write: (text) => {
        stderr += text;
      },
    },
    env,
  });
  return { code, stdout, stderr };
}

async function report(...args: string[]): Promise<Report & Printed> {
  const printed = await siteCheckWith([...args, '--json']);
  return { ...(JSON.parse(printed.stdout) as Report), ...printed };
}

const brokenOf = ({ site, broken }: Report): string[] =>
  broken.map(({ url, why }) => `${url.replace(site, '/')} ${why}`);

let server: Server | undefined;
let folder: string | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
  server = undefined;
  folder = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/`;
}

/** A server of pages that are given by their path. */
function servePages(pages: Readonly<Record<string, string>>): Promise<string> {
  return serve(({ url = '' }, response) => {
    const body = pages[url];
    if (body === undefined) response.writeHead(404).end();
    else response.setHeader('content-type', 'text/html').end(body);
  });
}

function makeFolder(files: Readonly<Record<string, string>>): string {
  folder = mkdtempSync(join(tmpdir(), 'site-check-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('the generated site', () => {
  it('is checked without arguments: all of it, and everything wrong with it is found', async () => {
    const found = await report();
    expect(found.code).toBe(1);
    expect(found.complete).toBe(true);
    expect(brokenOf(found)).toEqual([
      '/forbidden 403 Forbidden',
      ...[1, 2, 3, 4, 5, 6].map((n) => `/gone/${n} 404 Not Found`),
      '/error 500 Internal Server Error',
      '/dropped connection dropped',
      '/chapter/3/page/4#no-such-part missing anchor',
      '/silent no answer in 1.00 s',
      '/loop redirect loop',
      '/self redirect loop',
      '/moved/away redirect to 404 Not Found',
    ]);
    // In the order in which their pages came, which the machine decides.
    expect(found.outgoing.map(({ url }) => url).sort()).toEqual([
      'https://example.org/',
      'https://example.org/elsewhere',
    ]);
    expect(found.totals).toMatchObject({
      addresses: 356,
      notVisited: 0,
      redirects: 8,
      links: 2638,
      retries: 7,
    });
    // Its slow pages alone take longer than the whole run.
    expect(found.sequential).toBeGreaterThan(2 * found.elapsed);
  });

  it('leaves no socket, no server and no signal handler behind', async () => {
    const before = process.listenerCount('SIGINT');
    const sockets = new Set<Socket>();
    const note = (message: unknown): void => void sockets.add((message as { socket: Socket }).socket);
    for (const channel of ['net.client.socket', 'net.server.socket']) subscribe(channel, note);
    const { complete } = await report('--deadline', '200ms');
    for (const channel of ['net.client.socket', 'net.server.socket']) unsubscribe(channel, note);
    expect(complete).toBe(false);
    expect(sockets.size).toBeGreaterThan(0);
    // Counted: a socket as such, written out for people, is a million lines long.
    expect([...sockets].filter((socket) => !socket.destroyed).length).toBe(0);
    // A socket that has been closed is counted for a turn or two more.
    await vi.waitFor(() => {
      const open = process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP'));
      expect(open).toEqual([]);
    });
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('the deadline ends it with a partial report', async () => {
    const { code, stdout } = await siteCheckWith(['--deadline', '200ms', '--concurrency', '2']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/Incomplete, the deadline passed: \d+ known addresses not visited\n$/);
  });
});

describe('a site behind HTTP', () => {
  it('nothing broken: code 0', async () => {
    const url = await servePages({ '/': '<a href=a?x=1&amp;y=2#b>', '/a?x=1&y=2': '<p id=b>' });
    const found = await report(url);
    expect(found).toMatchObject({ code: 0, broken: [], totals: { addresses: 2, requests: 2 } });
  });

  it('has never more requests in flight than it is told, and asks for each page once', async () => {
    let inFlight = 0;
    let most = 0;
    const asked: string[] = [];
    const url = await serve(({ url = '' }, response) => {
      asked.push(url);
      most = Math.max(most, ++inFlight);
      setTimeout(() => {
        inFlight--;
        const links = Array.from({ length: 30 }, (_, n) => `<a href=/${n}>`).join('');
        response.setHeader('content-type', 'text/html').end(links);
      }, 2);
    });
    await report(url, '--concurrency', '3');
    expect(most).toBe(3);
    expect(asked.length).toBe(31);
    expect(new Set(asked).size).toBe(31);
  });

  it('a dropped connection is tried again, as often as it is told; a silent one is not', async () => {
    const asked: Record<string, number> = {};
    const url = await serve(({ url = '', socket }, response) => {
      asked[url] = (asked[url] ?? 0) + 1;
      if (url === '/') {
        response
          .setHeader('content-type', 'text/html')
          .end('<a href=/twice><a href=/always><a href=/silent><a href=/half>');
      } else if (url === '/half') {
        response.writeHead(200, { 'content-type': 'text/html', 'content-length': '1000' }).write('<p>');
        if (asked[url] === 1) setTimeout(() => socket.destroy(), 5);
      } else if (url === '/always' || (url === '/twice' && asked[url] < 3)) socket.destroy();
      else if (url === '/twice') response.end();
    });
    const found = await report(url, '--retries', '2', '--timeout', '300ms');
    expect(asked).toEqual({ '/': 1, '/twice': 3, '/always': 3, '/silent': 1, '/half': 2 });
    expect(brokenOf(found)).toEqual([
      '/always connection dropped',
      '/half no answer in 0.30 s', // the second time its body never ends
      '/silent no answer in 0.30 s',
    ]);
    expect(found.totals.retries).toBe(5);
  });

  it('every log line carries the id of its request', async () => {
    const url = await servePages({ '/': '<a href=a><a href=b>', '/a': '', '/b': '' });
    const { stderr } = await siteCheckWith([url, '--verbose']);
    const [first, ...lines] = stderr.trimEnd().split('\n');
    expect(first).toBe(`checking ${url}`);
    expect(lines).toEqual([`[#1] GET ${url}`, `[#2] GET ${url}a`, `[#3] GET ${url}b`]);
  });

  it('a chain of redirects is followed so far, and no farther', async () => {
    const url = await serve(({ url = '' }, response) => {
      const left = Number(url.slice(1));
      if (url === '/') response.setHeader('content-type', 'text/html').end('<a href=/10#x><a href=/1000>');
      else if (left > 0) response.writeHead(301, { location: `${left - 1}` }).end();
      else response.setHeader('content-type', 'text/html').end('<p id=x>');
    });
    expect(brokenOf(await report(url))).toEqual(['/1000 redirect to more than 10 redirects']);
  });

  it('the site moves to where its first page redirects', async () => {
    const url = await serve(({ headers: { host = '' } }, response) => {
      if (host.startsWith('127')) {
        response.writeHead(301, { location: `http://localhost:${host.split(':')[1]}/` }).end();
      } else response.setHeader('content-type', 'text/html').end('<a href=/other>');
    });
    const { totals, outgoing } = await report(url);
    expect(totals.addresses).toBe(3);
    expect(outgoing).toEqual([]);
  });

  it('a server that is not there is a broken link from the start', async () => {
    const url = await servePages({});
    server?.close();
    const found = await report(url);
    expect(found.code).toBe(1);
    expect(found.broken).toEqual([{ url, why: 'connection refused', linkedFrom: ['(start)'] }]);
  });
});

describe('a folder', () => {
  it('is read as a server would serve it', async () => {
    const path = makeFolder({
      'index.html':
        '<base href="sub/"><a href="."><a href="/logo.png"><a href="gone.html"><a href="../../outside">',
      'sub/index.html': '<a href="../index.html#no"><a href="page.html?query#id"><a href="index.html">',
      'sub/page.html': '<p id="id">',
      'logo.png': '',
      'unreachable.html': '<a href="nowhere">',
    });
    const found = await report(path);
    expect(brokenOf(found)).toEqual(['/sub/gone.html 404 Not Found', '/index.html#no missing anchor']);
    expect(found.outgoing.length).toBe(1);
  });

  it('without an index.html every page in it is a start', async () => {
    const path = makeFolder({ 'a.html': '', 'b/c.htm': '<a href=d.html>' });
    expect(brokenOf(await report(path))).toEqual(['/b/d.html 404 Not Found']);
  });

  it('decodes what is declared', async () => {
    const path = makeFolder({ 'index.html': '<a href="#caf%C3%A9">' });
    writeFileSync(
      join(path, 'index.html'),
      Buffer.from('<meta charset=iso-8859-1><a href="#caf%C3%A9"><p id="caf\u00e9">', 'latin1'),
    );
    expect((await report(path)).broken).toEqual([]);
  });
});

describe('what it prints', () => {
  it('a table, plain when piped', async () => {
    const url = await servePages({
      '/': '<a href=/page><a href=/gone>',
      '/page': '<a href=/gone><a href=//x.test/>',
    });
    const { stdout, stderr } = await siteCheckWith([url]);
    expect(stderr).toBe(`checking ${url}\n`);
    const [head, sums] = stdout.split(`\n${url}\n`);
    expect(head).toBe(
      [
        'Broken         Link   Linked from',
        '404 Not Found  /gone  /',
        '                      /page',
        '',
        'Outgoing links, not fetched',
        '  http://x.test/',
        '',
      ].join('\n'),
    );
    expect(sums).toMatch(
      /^3 addresses, 5 links: 1 broken, 1 outgoing, 0 redirects\n3 requests \(0 retries\) in \S+ s; one after another they would have taken \S+ s\n$/,
    );
  });

  it('colours on a terminal, unless NO_COLOR is set', async () => {
    const url = await servePages({ '/': '' });
    const colour = '\x1b[32m';
    expect((await siteCheckWith([url], { isTTY: true })).stdout).toContain(colour);
    expect((await siteCheckWith([url], { isTTY: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(
      colour,
    );
    expect((await siteCheckWith([url])).stdout).not.toContain(colour);
  });

  it('a live line on a terminal, which is gone at the end', async () => {
    const url = await serve((_, response) => {
      setTimeout(() => response.setHeader('content-type', 'text/html').end(), 150);
    });
    const { stderr } = await siteCheckWith([url], { isTTY: true });
    const erase = '\r\x1b[K';
    const [, first, last, ...rest] = stderr.split(erase);
    expect(first).toMatch(/^0 done, 1 in flight, 0 waiting, 0 failed, 0\.\d\d s$/);
    expect(last).toBe('');
    expect(rest).toEqual([]);
  });

  it('--help', async () => {
    const { code, stdout, stderr } = await siteCheckWith(['--help', 'no-such-folder']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: npm start -- [options] [URL or folder]');
  });
});

describe('misuse', () => {
  it.each([
    [['--nope'], "Unknown option '--nope'"],
    [['http://'], 'not a URL: http://'],
    [['ftp://example.org/'], 'only http: and https: can be checked: ftp://example.org/'],
    [['no-such-folder'], 'no such folder: no-such-folder (a URL begins with http:// or https://)'],
    [['package.json'], 'not a folder: package.json'],
    [['test/examples'], 'no HTML page in test/examples'],
    [['a', 'b'], 'one URL or folder, please, and not 2'],
    [['--timeout', '5'], '--timeout takes a time such as 500ms, 2s or 5m, and was given 5'],
    [['--deadline', '0s'], '--deadline takes a time such as 500ms, 2s or 5m, and was given 0s'],
    [['--concurrency', '0'], '--concurrency takes a whole number from 1 on, and was given 0'],
    [['--retries', '-1'], ''],
  ])('%j: code 2, and what is wrong', async (args, message) => {
    const { code, stdout, stderr } = await siteCheckWith(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`site-check: ${message}`);
    expect(stderr).toMatch(/\nTry --help\.\n$/);
  });
});
