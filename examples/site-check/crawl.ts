import { STATUS_CODES } from 'node:http';
import { CancelledError, GatherStrategy, TaskGroup, TimeoutError } from 'skein';
import { type FetchOptions, fetchPage, isDropped } from './fetch-page.js';
import { type Findings, type Outcome, START, withoutFragment } from './findings.js';
import { linksOf } from './links.js';
import type { Log } from './log.js';
import { FETCH } from './progress.js';
import type { Answer, Site } from './site.js';
import { seconds } from './text.js';

export interface CrawlOptions extends FetchOptions {
  /** How many requests may be in flight at once. */
  readonly concurrency: number;
  /** For the whole crawl, in milliseconds. */
  readonly deadline: number;
}

/** Redirects of redirects are followed this far. */
const MAXIMUM_REDIRECTS = 10;

/**
 * Visits every page that can be reached, each once, and writes down what it finds. One task a page: the group runs only
 * so many at a time, waits for those that they spawn in turn, and has the deadline.
 *
 * Throws a TimeoutError when the deadline passes.
 */
export async function crawl(site: Site, findings: Findings, log: Log, options: CrawlOptions): Promise<void> {
  await TaskGroup.run(
    async (group) => {
      function follow(url: URL, from: string): void {
        if (!site.contains(url)) findings.leave(url, from);
        else if (findings.link(url, from)) visitSoon(url);
      }

      function visitSoon(url: URL, redirects = 0): void {
        group.spawn(() => visit(url, redirects), FETCH + url.pathname + url.search);
      }

      async function visit(url: URL, redirects: number): Promise<void> {
        const { page } = findings.page(url);
        try {
          const answer = await fetchPage(site, url, findings, log, options);
          page.outcome = findings.time.reading(() => read(answer, url, redirects));
        } catch (error) {
          // A page that we did not get to is not broken.
          if (error instanceof CancelledError) throw error;
          const why = explain(error);
          log.detail(`broken, ${why}: ${url.href}`);
          page.outcome = { kind: 'broken', why };
          throw error; // so that the task counts as failed
        }
      }

      function read({ status, location, html }: Answer, url: URL, redirects: number): Outcome {
        if (status >= 300 && status < 400 && location !== undefined) {
          if (redirects === MAXIMUM_REDIRECTS) throw new Error(`more than ${MAXIMUM_REDIRECTS} redirects`);
          return redirect(new URL(location, url), url, redirects + 1);
        }
        if (status < 200 || status >= 300)
          throw new Error(`${status} ${STATUS_CODES[status] ?? ''}`.trimEnd());
        if (html === undefined) return { kind: 'page', anchors: undefined };
        const { base, links, anchors } = linksOf(html);
        const from = withoutFragment(url);
        const relativeTo = (base === undefined ? undefined : site.resolve(base, url)) ?? url;
        for (const link of links) {
          const target = site.resolve(link, relativeTo);
          if (target !== undefined) follow(target, from);
        }
        return { kind: 'page', anchors };
      }

      function redirect(to: URL, from: URL, redirects: number): Outcome {
        // The first page may send us elsewhere, to https: or to www: that is the site, then.
        if (site.start.includes(from)) site.include?.(to);
        if (!site.contains(to)) findings.leave(to, withoutFragment(from));
        else if (findings.page(to).isNew) visitSoon(to, redirects);
        return { kind: 'redirect', to: withoutFragment(to) };
      }

      for (const url of site.start) follow(url, START);
      // The group would wait for its members anyway. But a body that has returned has its value, and keeps it whatever
      // comes; one that waits here learns that it is cancelled.
      await group.waitAll();
    },
    {
      name: 'crawl',
      concurrency: options.concurrency,
      timeout: options.deadline,
      // A broken page is a finding: the others go on, and nobody needs the results of a task.
      strategy: GatherStrategy.ReturnPartial,
      retain: false,
    },
  );
}

/** Why there is no page, in a few words. */
function explain(error: unknown): string {
  if (error instanceof TimeoutError) return `no answer in ${seconds(error.ms)}`;
  if (isDropped(error)) return 'connection dropped';
  const { code } = error as { code?: unknown };
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown host';
  return error instanceof Error ? error.message : String(error);
}
