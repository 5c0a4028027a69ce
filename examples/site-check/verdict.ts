import type { Findings, Outcome } from './findings.js';

/** A link that leads nowhere. */
export interface BrokenLink {
  readonly url: string;
  readonly why: string;
  readonly linkedFrom: readonly string[];
}

/** What is broken: judged at the end, when it is known where every redirect leads and which anchors every page has. */
export function brokenLinks(findings: Findings): BrokenLink[] {
  const broken: BrokenLink[] = [];
  for (const [url, { linkedFrom }] of findings.pages) {
    if (linkedFrom.size === 0) continue; // only redirects lead here: the link to the first of them is judged
    const end = follow(findings, url);
    if (end === undefined) continue;
    if (end.kind === 'broken') {
      broken.push({ url, why: end.why, linkedFrom: sources(linkedFrom.values()) });
    } else if (end.anchors !== undefined) {
      for (const [fragment, from] of linkedFrom) {
        if (hasAnchor(end.anchors, fragment)) continue;
        broken.push({ url: `${url}#${fragment}`, why: 'missing anchor', linkedFrom: sources([from]) });
      }
    }
  }
  return broken.sort((a, b) => (a.why === b.why ? order(a.url, b.url) : order(a.why, b.why)));
}

/** Where an address leads in the end. Undefined when that is out of the site, or was not visited. */
function follow(findings: Findings, url: string): Exclude<Outcome, { kind: 'redirect' }> | undefined {
  const passed = new Set<string>();
  let at = url;
  for (;;) {
    const outcome = findings.pages.get(at)?.outcome;
    if (outcome?.kind === 'broken' && passed.size > 0)
      return { kind: 'broken', why: `redirect to ${outcome.why}` };
    if (outcome?.kind !== 'redirect') return outcome;
    passed.add(at);
    at = outcome.to;
    if (passed.has(at)) return { kind: 'broken', why: 'redirect loop' };
  }
}

/** The top of a page is always there. */
function hasAnchor(anchors: ReadonlySet<string>, fragment: string): boolean {
  return fragment === '' || fragment.toLowerCase() === 'top' || anchors.has(fragment);
}

function sources(sets: Iterable<ReadonlySet<string>>): string[] {
  return [...new Set([...sets].flatMap((set) => [...set]))].sort(order);
}

/** The same everywhere, and page 2 before page 10. */
const collator = new Intl.Collator('en', { numeric: true });
const order = (a: string, b: string): number => collator.compare(a, b);
