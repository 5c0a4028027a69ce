import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from './command-line.js';
import { type Answer, decodeHtml, resolveLink, type Site } from './site.js';

const isHtml = (path: string): boolean => /\.x?html?$/i.test(path);

/** A site that lies in a folder, with the manners of a server: a folder leads to its index.html, what is not there is a 404. */
export class FolderSite implements Site {
  readonly root: string;
  readonly start: readonly URL[];

  private constructor(folder: string, start: readonly string[]) {
    this.root = pathToFileURL(`${folder}/`).href;
    this.start = start.map((path) => pathToFileURL(join(folder, path)));
  }

  /** Begins with index.html, or, where there is none, with every page that lies in the folder. */
  static async open(path: string): Promise<FolderSite> {
    const folder = resolve(path);
    const hasIndex = await access(join(folder, 'index.html')).then(
      () => true,
      () => false,
    );
    if (hasIndex) return new FolderSite(folder, ['index.html']);
    const pages = (await readdir(folder, { recursive: true })).filter(isHtml).sort();
    if (pages.length === 0) throw new UsageError(`no HTML page in ${path}`);
    return new FolderSite(folder, pages);
  }

  contains(url: URL): boolean {
    return url.href.startsWith(this.root);
  }

  resolve(link: string, base: URL): URL | undefined {
    // `/style.css` means the root of the site, not that of the disk.
    if (/^\/(?!\/)/.test(link)) return resolveLink(`.${link}`, new URL(this.root));
    return resolveLink(link, base);
  }

  async get(url: URL, signal: AbortSignal): Promise<Answer> {
    const path = new URL(url);
    path.search = ''; // a file has no query
    try {
      if ((await stat(path)).isDirectory()) {
        return { status: 301, location: `${path.pathname.replace(/\/?$/, '/')}index.html` };
      }
      if (!isHtml(path.pathname)) return { status: 200 };
      return { status: 200, html: decodeHtml(await readFile(path, { signal })) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return { status: 404 };
      throw error;
    }
  }
}
