/** What the crawler has to know of a website, whether it is behind HTTP or in a folder. */
export interface Site {
  /** What the addresses of the site begin with. */
  readonly root: string;
  /** Where the crawl begins. */
  readonly start: readonly URL[];
  /** Whether an address belongs to the site; what does not is listed and left alone. */
  contains(url: URL): boolean;
  /** Counts one more address as the site's own, and all that belongs with it. */
  include?(url: URL): void;
  /** What a link on a page points at; undefined for what is no address. */
  resolve(link: string, base: URL): URL | undefined;
  /** One request. Rejects when there is no answer, and when the signal aborts. */
  get(url: URL, signal: AbortSignal): Promise<Answer>;
}

/** What one request brought. */
export interface Answer {
  readonly status: number;
  /** Where a redirect leads. */
  readonly location?: string | undefined;
  /** The text, of an HTML page only. */
  readonly html?: string | undefined;
}

/** `resolve` for most sites. */
export function resolveLink(link: string, base: URL): URL | undefined {
  const url = URL.canParse(link, base.href) ? new URL(link, base) : undefined;
  // mailto:, tel:, javascript: and data: are nothing that could be fetched.
  return url !== undefined && /^(https?|file):$/.test(url.protocol) ? url : undefined;
}

/** The text of a page, in the encoding that its header or its own first lines declare. */
export function decodeHtml(bytes: Uint8Array, contentType = ''): string {
  const opening = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  const declared =
    /charset=["']?([\w-]+)/i.exec(contentType) ?? /<meta[^>]*charset=["']?([\w-]+)/i.exec(opening);
  try {
    return new TextDecoder(declared?.[1]).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes); // an encoding that nobody knows
  }
}
