import type { SequentialTime } from './sequential-time.js';

/** How a page turned out. */
export type Outcome =
  | { readonly kind: 'page'; readonly anchors: ReadonlySet<string> | undefined } // undefined: no HTML
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'broken'; readonly why: string };

/** An address of the site, as far as it is known. Undefined outcome: not visited yet. */
export interface Page {
  outcome: Outcome | undefined;
  /** Which pages link here, by the fragment that they ask for; '' for the page as such. */
  readonly linkedFrom: Map<string, Set<string>>;
}

/** What stands for the page that links to where the crawl begins. */
export const START = '(start)';

/** All that a crawl finds out. It is filled while the crawl runs, so that there is a report whenever that ends. */
export class Findings {
  readonly pages = new Map<string, Page>();
  /** Addresses outside the site, and the pages that link to them. */
  readonly outgoing = new Map<string, Set<string>>();
  links = 0;
  requests = 0;
  retries = 0;
  readonly time: SequentialTime;

  constructor(time: SequentialTime) {
    this.time = time;
  }

  /** The entry of an address, fragment aside; made on first sight. */
  page(url: URL): { page: Page; isNew: boolean } {
    const key = withoutFragment(url);
    const known = this.pages.get(key);
    if (known !== undefined) return { page: known, isNew: false };
    const page: Page = { outcome: undefined, linkedFrom: new Map() };
    this.pages.set(key, page);
    return { page, isNew: true };
  }

  /** Notes a link inside the site. True if its target has not been seen before. */
  link(url: URL, from: string): boolean {
    const { page, isNew } = this.page(url);
    remember(page.linkedFrom, fragmentOf(url), from);
    this.links++;
    return isNew;
  }

  /** Notes a link that leaves the site. */
  leave(url: URL, from: string): void {
    remember(this.outgoing, url.href, from);
    this.links++;
  }
}

export function withoutFragment(url: URL): string {
  const { href, hash } = url;
  return hash === '' ? href.replace(/#$/, '') : href.slice(0, -hash.length);
}

/** The fragment as an id would be written; what only a browser's text search understands (`:~:`) is none. */
function fragmentOf(url: URL): string {
  const fragment = url.hash.slice(1).replace(/:~:.*$/, '');
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function remember(map: Map<string, Set<string>>, key: string, from: string): void {
  const sources = map.get(key);
  if (sources === undefined) map.set(key, new Set([from]));
  else sources.add(from);
}
