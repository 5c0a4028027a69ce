import { type Tag, tagsOf } from './html.js';

/** What the links of a page are made of. */
export interface PageLinks {
  /** What `<base>` says that links are relative to. */
  readonly base: string | undefined;
  /** Every link, once, as it is written. */
  readonly links: ReadonlySet<string>;
  /** What `#fragment` can point at. */
  readonly anchors: ReadonlySet<string>;
}

/** Which attributes hold an address. Not the action of a form: to submit one may change something. */
const linkAttributes: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  area: ['href'],
  audio: ['src'],
  embed: ['src'],
  frame: ['src'],
  iframe: ['src'],
  img: ['src'],
  input: ['src'],
  link: ['href'],
  object: ['data'],
  script: ['src'],
  source: ['src'],
  track: ['src'],
  video: ['src', 'poster'],
};

/** The links and anchors of a page. */
export function linksOf(html: string): PageLinks {
  let base: string | undefined;
  const links = new Set<string>();
  const anchors = new Set<string>();
  for (const tag of tagsOf(html)) {
    const { name, attributes } = tag;
    const id = attributes.get('id');
    if (id !== undefined) anchors.add(id);
    if (name === 'a') anchors.add(attributes.get('name') ?? '');
    if (name === 'base') base ??= attributes.get('href');
    for (const link of linksOfTag(tag)) links.add(link.trim());
  }
  return { base, links, anchors };
}

function* linksOfTag({ name, attributes }: Tag): Generator<string, void, undefined> {
  // These two name a server to talk to soon, no document.
  if (name === 'link' && /\b(preconnect|dns-prefetch)\b/i.test(attributes.get('rel') ?? '')) return;
  for (const attribute of linkAttributes[name] ?? []) {
    const link = attributes.get(attribute);
    if (link !== undefined) yield link;
  }
  const candidates = attributes.get('srcset');
  if (candidates !== undefined && (name === 'img' || name === 'source')) yield* linksOfSrcset(candidates);
  if (name === 'meta' && attributes.get('http-equiv')?.toLowerCase() === 'refresh') {
    const target = /^[\s\d.]*[;,]\s*url\s*=\s*["']?([^"']*)/i.exec(attributes.get('content') ?? '');
    if (target?.[1] !== undefined) yield target[1];
  }
}

/** `small.png 1x, large.png 2x`: an address ends at white space, for it may hold commas itself. */
function* linksOfSrcset(candidates: string): Generator<string, void, undefined> {
  for (const [, link = ''] of candidates.matchAll(/[\s,]*(\S*[^\s,])(?:\s[^,]*)?(?:,|$)/g)) yield link;
}
