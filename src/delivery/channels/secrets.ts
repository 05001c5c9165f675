import type { Message } from '../messages/index.ts';

/** Shorter parts of an address are words, such as `webhooks`. */
const SHORTEST_PART = 16;
const HIDDEN = '***';

/**
 * What stands in no error and no answer that is kept of a message: the address where it is a link (whoever has an incoming webhook's
 * may post), the link that acknowledges, what an address book found, and `own`: the account's that sends.
 */
export function secretsOf(
  { action, address, credential, headers = {} }: Pick<Message, 'action' | 'address' | 'credential' | 'headers'>,
  ...own: readonly (string | undefined)[]
): string[] {
  const links = [address, action?.url ?? ''].flatMap(partsOf);
  return [...links, credential, ...Object.values(headers), ...own].filter((one) => one !== undefined && one.length > 3) as string[];
}

/** A link, what is behind its host, and each part of that which is long enough to be a key. */
function partsOf(link: string): string[] {
  if (!URL.canParse(link) || !/^https?:/i.test(link)) return [];
  const { href, pathname, search, searchParams, password } = new URL(link);
  const path = `${pathname}${search}`;
  const long = [...pathname.split('/'), ...searchParams.values(), path].filter((part) => part.length >= SHORTEST_PART);
  return [link, href, ...long, password];
}

/** What someone else said, without what only they and nines should know; also where they repeat it as it is spelled in a form. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const spelled = secrets.flatMap((one) => [one, encodeURIComponent(one)]).filter((one) => one !== '');
  return spelled.toSorted((a, b) => b.length - a.length).reduce((told, one) => told.replaceAll(one, HIDDEN), text);
}
