// Ctrl-C: the signal is sent to the real program, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../examples/site-check/report.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * At its very end the process says how many sockets it had, at either end, and how many of them are still open: one that
 * is merely idle would not keep it alive, and so would go unnoticed.
 */
const tellSockets = `
  import { subscribe } from 'node:diagnostics_channel';
  import { writeSync } from 'node:fs';
  const sockets = new Set();
  for (const name of ['net.client.socket', 'net.server.socket']) subscribe(name, ({ socket }) => sockets.add(socket));
  process.on('exit', () => {
    const open = [...sockets].filter((socket) => !socket.destroyed);
    writeSync(2, 'sockets: ' + sockets.size + ', open: ' + open.length + '\\n');
  });`;
const preload = `data:text/javascript,${encodeURIComponent(tellSockets)}`;

class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stdout = '';
  stderr = '';

  constructor(...args: string[]) {
    const file = 'examples/site-check/main.ts';
    this.child = spawn(process.execPath, ['--import', 'tsx', '--import', preload, file, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  /** Until it has said something on standard error. */
  async says(text: string): Promise<void> {
    while (!this.stderr.includes(text)) await once(this.child.stderr as NodeJS.ReadableStream, 'data');
  }
}

describe('Ctrl-C', () => {
  it('aborts the requests, closes every socket, prints the partial report, and ends with 130', async () => {
    // The start page is answered; it leads to a dead link and to pages that never answer.
    const sockets = new Set<Socket>();
    let silent = 0;
    let aborted = 0;
    let allAsked!: () => void;
    const asked = new Promise<void>((resolve) => {
      allAsked = resolve;
    });
    const server = createServer(({ url = '' }, response) => {
      if (url === '/') {
        const links = Array.from({ length: 10 }, (_, n) => `<a href=/silent/${n}>`);
        response.setHeader('content-type', 'text/html').end(`<a href=/gone>${links.join('')}`);
      } else if (url === '/gone') response.writeHead(404).end();
      else {
        response.on('close', () => aborted++);
        if (++silent === 4) allAsked();
      }
    });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const program = new Program(url, '--concurrency', '4', '--json');
      await asked;
      program.child.kill('SIGINT');
      expect(await program.ended).toEqual({ code: 130, signal: null });
      // The server hears that its connections are gone, and that is all of them.
      while (sockets.size > 0) await once([...sockets][0] as Socket, 'close');
      expect({ silent, aborted }).toEqual({ silent: 4, aborted: 4 });
      // Nothing else is on it: no warning, no error.
      expect(program.stderr.replace(/[1-9]\d*, open/, 'n, open')).toBe(
        `checking ${url}\nsockets: n, open: 0\n`,
      );
      const report = JSON.parse(program.stdout) as Report;
      expect(report).toMatchObject({
        complete: false,
        stoppedBy: 'interrupted',
        broken: [{ url: `${url}gone`, why: '404 Not Found', linkedFrom: [url] }],
        totals: { addresses: 12, notVisited: 10, requests: 6 },
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('while it checks the generated site: its server and both ends of every connection are closed', async () => {
    const program = new Program('--verbose', '--concurrency', '1', '--timeout', '1m');
    await program.says('[#20] GET');
    program.child.kill('SIGINT');
    expect(await program.ended).toEqual({ code: 130, signal: null });
    expect(program.stderr).toMatch(/\nsockets: [1-9]\d*, open: 0\n$/);
    expect(program.stderr).not.toContain('Warning');
    expect(program.stdout).toMatch(/\nIncomplete, interrupted: \d+ known addresses not visited\n$/);
  });

  it('SIGTERM does the same, with code 143', async () => {
    const program = new Program('--verbose');
    await program.says('[#20] GET');
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 143, signal: null });
    expect(program.stdout).toContain('\nIncomplete, interrupted: ');
  });
});
