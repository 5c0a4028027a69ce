import { currentSignal, sleep, waitFor } from 'skein';
import type { Findings } from './findings.js';
import { type Log, requestId } from './log.js';
import type { Answer, Site } from './site.js';

export interface FetchOptions {
  /** For each request, in milliseconds. */
  readonly timeout: number;
  /** How often a request is made anew after its connection was dropped. */
  readonly retries: number;
}

/** The pause before the first retry, in milliseconds; each further one is twice as long. */
const PAUSE = 50;

/** Requests a page, and again if the connection is dropped. Throws a TimeoutError if there is no answer in time. */
export async function fetchPage(
  site: Site,
  url: URL,
  findings: Findings,
  log: Log,
  { timeout, retries }: FetchOptions,
): Promise<Answer> {
  for (let retry = 0; ; retry++) {
    requestId.set(`#${++findings.requests}`);
    log.detail(`GET ${url.href}`);
    const endRequest = findings.time.beginRequest();
    try {
      return await waitFor(() => site.get(url, currentSignal()), timeout);
    } catch (error) {
      if (!isDropped(error) || retry === retries) throw error;
      log.info(`connection dropped, retry ${retry + 1} of ${retries}: ${url.href}`);
    } finally {
      endRequest();
    }
    findings.retries++;
    await sleep(PAUSE * 2 ** retry);
  }
}

/** Whether the connection broke, which may go better the next time. */
export function isDropped(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ECONNRESET' || code === 'ECONNABORTED' || code === 'EPIPE';
}
