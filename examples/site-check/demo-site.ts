import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defer, GatherStrategy, sleep, TaskGroup, until, use } from 'skein';
import { type DemoPage, demoPages } from './demo-pages.js';

/**
 * Serves the generated site on a free port of this machine, until the current scope is left: then the answers that are
 * under way are cancelled, and the server and its connections are closed.
 */
export async function serveDemo(): Promise<URL> {
  const pages = demoPages();
  const asked = new Map<string, number>();
  // One task for each request. One that fails harms no other, and is forgotten when it has ended.
  const answers = new TaskGroup({ name: 'demo site', strategy: GatherStrategy.ReturnPartial, retain: false });

  const server = createServer((request, response) => {
    // What is asked for between the cancellation and the end of the server is not answered any more.
    if (answers.isCancelled || answers.isClosed) {
      request.destroy();
      return;
    }
    const path = request.url ?? '/';
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    const task = answers.spawn(() => answer(pages.get(path), times, request, response), `serve ${path}`);
    response.on('close', () => task.cancel('the client has gone'));
  });
  server.listen(0, '127.0.0.1');
  // Last in, first out: the connections are cut, and then the server closes, which it does when none is left.
  use(server);
  defer(() => server.closeAllConnections());
  await until((signal) => once(server, 'listening', { signal }));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

async function answer(
  page: DemoPage | undefined,
  times: number,
  { url, socket }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (url === '/style.css') {
    response.setHeader('content-type', 'text/css').end('h1 { color: teal }');
    return;
  }
  switch (page?.kind) {
    case undefined:
      response.writeHead(404).end('not found');
      return;
    case 'status':
      response.writeHead(page.status).end();
      return;
    case 'redirect':
      response.writeHead(302, { location: page.to }).end();
      return;
    case 'drop':
      socket.destroy();
      return;
    case 'silence':
      await sleep(Number.POSITIVE_INFINITY);
      return;
    case 'html':
      await sleep(page.delay);
      if (times <= page.drops) socket.destroy();
      else response.setHeader('content-type', 'text/html; charset=utf-8').end(page.body);
  }
}
