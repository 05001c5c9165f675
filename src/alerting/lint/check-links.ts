/** Asks whether documentation is there: the page answers, and has the place that the link names. */

export interface LinkLimits {
  /** How many are asked side by side; 5. */
  readonly concurrency?: number;
  /** The longest that one may take, in milliseconds; 5,000. */
  readonly timeoutMs?: number;
  /** How many pages are asked; 500. */
  readonly most?: number;
}

type Fetch = (url: string, init: { signal: AbortSignal; headers: Record<string, string> }) => Promise<Response>;

/** A page is read up to here for its places. */
const MOST_BYTES = 2 * 2 ** 20;

/**
 * What is wrong with each of these links, by its address; those that are well are not in it. A page is asked once, whatever number
 * of its places are linked to.
 */
export async function checkLinks(links: readonly string[], fetch: Fetch, limits: LinkLimits = {}): Promise<Map<string, string>> {
  const { concurrency = 5, timeoutMs = 5_000, most = 500 } = limits;
  const pages = new Map<string, string[]>();
  const dead = new Map<string, string>();
  for (const link of new Set(links)) {
    const page = pageOf(link);
    if (page === undefined) dead.set(link, 'is no address that can be asked: it takes http:// or https://');
    else pages.set(page, [...(pages.get(page) ?? []), link]);
  }
  const waiting = [...pages];
  for (const [page, its] of waiting.splice(most)) for (const link of its) dead.set(link, `was not asked: ${most} pages were before ${page}`);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [page, its] = next;
      const answer = await ask(page, fetch, timeoutMs, its.some((link) => fragmentOf(link) !== ''));
      for (const link of its) {
        const problem = answer.problem ?? missingPlace(answer.html, fragmentOf(link));
        if (problem !== undefined) dead.set(link, problem);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, waiting.length) }, work));
  return dead;
} // prettier-ignore

function pageOf(link: string): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return undefined;
  url.hash = '';
  return url.href;
}

const fragmentOf = (link: string): string => new URL(link).hash.slice(1);

/** `html` is undefined where it is no page whose places could be looked for. */
interface Answer {
  readonly problem?: string;
  readonly html?: string;
}

async function ask(page: string, fetch: Fetch, timeoutMs: number, read: boolean): Promise<Answer> {
  const abort = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(page, { signal: abort, headers: { accept: 'text/html, */*;q=0.5', 'user-agent': 'nines check --links' } });
    if (!response.ok) {
      await response.body?.cancel();
      // Behind a door it may well be there: only a person who may come in can tell.
      return response.status === 401 || response.status === 403 ? {} : { problem: `answers ${response.status}` };
    }
    if (!read || !(response.headers.get('content-type') ?? '').includes('html')) {
      await response.body?.cancel();
      return {};
    }
    return { html: await upTo(response, MOST_BYTES) };
  } catch (error) {
    if (abort.aborted) return { problem: `does not answer within ${timeoutMs / 1000} s` };
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    return { problem: `can't be reached (${cause?.code ?? cause?.message ?? (error as Error).message})` };
  }
}

async function upTo(response: Response, most: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (bytes > most) break;
  }
  return text;
}

/** A place is an `id`, or a `name` of old; GitHub puts `user-content-` before it. What scripts make can't be seen: a page without any place may have some. */
function missingPlace(html: string | undefined, fragment: string): string | undefined {
  if (html === undefined || fragment === '' || fragment.startsWith(':~:')) return undefined;
  let name = fragment;
  try {
    name = decodeURIComponent(fragment);
  } catch {
    // Not encoded: it is as it stands.
  }
  const names = [name, fragment, `user-content-${name}`].map((one) => one.replaceAll('&', '&amp;').replaceAll('"', '&quot;'));
  const found = names.some((one) =>
    ['id', 'name'].some((attribute) => [`${attribute}="${one}"`, `${attribute}='${one}'`, `${attribute}=${one}>`, `${attribute}=${one} `].some((place) => html.includes(place))),
  );
  return found || !/\sid=/.test(html) ? undefined : `has no place '#${fragment}'`;
} // prettier-ignore
