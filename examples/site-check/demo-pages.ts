/** The generated site: 337 pages, always the same, with everything wrong with it that a checker should find. */

/** What the server does when a page is asked for. */
export type DemoPage =
  | { readonly kind: 'html'; readonly body: string; readonly delay: number; readonly drops: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'drop' }
  | { readonly kind: 'silence' };

const CHAPTERS = 16;
const PAGES = 20;

/** Addresses that nothing in the tree of pages leads to, each linked from a few pages by chance. */
const special: Readonly<Record<string, DemoPage>> = {
  '/error': { kind: 'status', status: 500 },
  '/forbidden': { kind: 'status', status: 403 },
  // A chain that ends well, one that ends nowhere, a loop, and a page that redirects to itself.
  '/moved': { kind: 'redirect', to: '/moved/again' },
  '/moved/again': { kind: 'redirect', to: '/moved/for-good' },
  '/moved/for-good': { kind: 'redirect', to: '/chapter/2' },
  '/moved/away': { kind: 'redirect', to: '/gone/1' },
  '/loop': { kind: 'redirect', to: '/loop/on' },
  '/loop/on': { kind: 'redirect', to: '/loop/and-on' },
  '/loop/and-on': { kind: 'redirect', to: '/loop' },
  '/self': { kind: 'redirect', to: '/self' },
  '/dropped': { kind: 'drop' },
  '/silent': { kind: 'silence' },
};

const troubles = [
  ...['/gone/1', '/gone/2', '/gone/3', '/gone/4', '/gone/5', '/gone/6'],
  ...['/error', '/forbidden', '/moved', '/moved/away', '/loop', '/self', '/dropped', '/silent'],
  ...[
    '/chapter/3/page/4#no-such-part',
    'https://example.org/',
    'https://example.org/elsewhere',
    'mailto:a@example.org',
  ],
];

/** Every page of the site, by its path; what is not in it is a 404. */
export function demoPages(seed = 1): Map<string, DemoPage> {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pages = new Map(Object.entries(special));
  const extra = new Map<string, string[]>();
  for (const trouble of troubles) {
    for (let i = below(3); i >= 0; i--) {
      const at = pagePath(below(CHAPTERS), below(PAGES));
      extra.set(at, [...(extra.get(at) ?? []), trouble]);
    }
  }
  const chapters = Array.from({ length: CHAPTERS }, (_, chapter) => `/chapter/${chapter}`);
  pages.set('/', page('Start', chapters, 5));
  chapters.forEach((path, chapter) => {
    const contents = Array.from({ length: PAGES }, (_, number) => pagePath(chapter, number));
    pages.set(path, page(path, ['/', ...contents], 5 + below(20)));
    contents.forEach((at, number) => {
      const next = pagePath(chapter, (number + 1) % PAGES);
      const across = [1, 2, 3].map(() => `${pagePath(below(CHAPTERS), below(PAGES))}#part-${1 + below(2)}`);
      // One page in sixteen is slow; one in eighty drops its first connections.
      const index = chapter * PAGES + number;
      const delay = index % 16 === 5 ? 100 + below(200) : 5 + below(20);
      const drops = index % 80 === 40 ? 1 + below(2) : 0;
      pages.set(at, page(at, ['/', path, next, ...across, ...(extra.get(at) ?? [])], delay, drops));
    });
  });
  return pages;
}

function pagePath(chapter: number, number: number): string {
  return `/chapter/${chapter}/page/${number}`;
}

function page(title: string, links: readonly string[], delay: number, drops = 0): DemoPage {
  const list = links.map((link) => `<li><a href="${link}">${link}</a>`).join('\n');
  const body = `<!doctype html>
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<!-- <a href="/not-a-link">a comment</a> -->
<h1>${title}</h1>
<h2 id="part-1">Part 1</h2>
<ul>
${list}
</ul>
<h2 id="part-2">Part 2</h2>
`;
  return { kind: 'html', body, delay, drops };
}

/** Numbers from 0 to 1 that are the same for the same seed. After Tommy Ettinger's mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
