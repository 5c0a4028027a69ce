import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { type Answer, decodeHtml, resolveLink, type Site } from './site.js';

/** Bodies that are not needed are read to their end up to this size, which keeps the connection; larger ones are cut. */
const SMALL = 65_536;

/** A site behind HTTP. Its connections are kept open between requests, until it is disposed of. */
export class WebSite implements Site, Disposable {
  readonly root: string;
  readonly start: readonly URL[];
  readonly resolve = resolveLink;
  readonly #origins: Set<string>;
  readonly #agents: Record<string, http.Agent>;

  constructor(url: URL, connections: number) {
    this.root = new URL('/', url).href;
    this.start = [url];
    this.#origins = new Set([url.origin]);
    const options = { keepAlive: true, maxSockets: connections };
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  }

  contains(url: URL): boolean {
    return this.#origins.has(url.origin);
  }

  include(url: URL): void {
    this.#origins.add(url.origin);
  }

  async get(url: URL, signal: AbortSignal): Promise<Answer> {
    const { get } = url.protocol === 'https:' ? https : http;
    const headers = { accept: 'text/html, */*;q=0.5', 'user-agent': 'skein-site-check' };
    const request = get(url, { agent: this.#agents[url.protocol], signal, headers });
    try {
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      request.on('error', () => {}); // it ends the body as well, and is heard of there
      return await readAnswer(response);
    } catch (error) {
      // An aborted body ends with "connection reset": what it means is that we gave up, not that we were dropped.
      signal.throwIfAborted();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const { statusCode: status = 0, headers } = response;
  const type = headers['content-type'] ?? '';
  const isPage = status === 200 && /^(text\/html|application\/xhtml\+xml)/i.test(type);
  if (!isPage && !(Number(headers['content-length']) <= SMALL)) {
    response.destroy();
    return { status, location: headers.location };
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk as Uint8Array);
  return {
    status,
    location: headers.location,
    html: isPage ? decodeHtml(Buffer.concat(chunks), type) : undefined,
  };
}
