import type { Findings } from './findings.js';
import { type BrokenLink, brokenLinks } from './verdict.js';

/** Why a crawl ended before it was through. */
export type Stop = 'interrupted' | 'deadline';

/** The result, as `--json` prints it. Times are in milliseconds. */
export interface Report {
  readonly site: string;
  /** Whether every page that could be reached was visited. */
  readonly complete: boolean;
  readonly stoppedBy: Stop | null;
  readonly broken: readonly BrokenLink[];
  readonly outgoing: readonly { readonly url: string; readonly linkedFrom: readonly string[] }[];
  readonly totals: {
    /** Addresses of the site: pages, images, scripts, whatever is linked to. */
    readonly addresses: number;
    readonly notVisited: number;
    readonly redirects: number;
    readonly links: number;
    readonly requests: number;
    readonly retries: number;
  };
  readonly elapsed: number;
  /** How long the same requests take one after another. */
  readonly sequential: number;
}

export function makeReport(
  site: string,
  findings: Findings,
  elapsed: number,
  stoppedBy: Stop | null,
): Report {
  const { pages, outgoing, links, requests, retries, time } = findings;
  const outcomes = [...pages.values()].map(({ outcome }) => outcome?.kind);
  const counted = (kind: string | undefined): number => outcomes.filter((outcome) => outcome === kind).length;
  return {
    site,
    complete: stoppedBy === null,
    stoppedBy,
    broken: brokenLinks(findings),
    outgoing: [...outgoing].map(([url, from]) => ({ url, linkedFrom: [...from] })),
    totals: {
      addresses: pages.size,
      notVisited: counted(undefined),
      redirects: counted('redirect'),
      links,
      requests,
      retries,
    },
    elapsed: Math.round(elapsed),
    sequential: Math.round(time.total),
  };
}
