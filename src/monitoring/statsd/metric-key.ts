export type Kind = 'counter' | 'gauge' | 'timer' | 'histogram' | 'set' | 'check';

/** What a line is about, besides its value. */
export interface MetricKey {
  readonly kind: Kind;
  /** As it was sent, without tags. */
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
}

const MOST_TAGS = 1000;

/**
 * The name and the tags of a line. Tags come as DogStatsD has them (`|#env:prod,canary`), or in the name: `a,env=prod` (Telegraf),
 * `a;env=prod` (Graphite), `a#env=prod` (Librato). A tag without a value is "true"; the last of two of one name counts.
 */
export function readKey(kind: Kind, nameText: string, tagText: string): MetricKey {
  const tags = new Map<string, string>();
  let name = nameText;
  const at = nameText.search(/[,;#]/);
  if (at > 0) {
    const parts = nameText.slice(at + 1).split(nameText[at] === ';' ? ';' : ',', MOST_TAGS);
    if (parts.every((part) => part.indexOf('=') > 0)) {
      name = nameText.slice(0, at);
      for (const part of parts) setTag(tags, part, part.indexOf('='));
    }
  }
  if (tagText !== '') for (const part of tagText.split(',', MOST_TAGS)) setTag(tags, part, part.indexOf(':'));
  return { kind, name, tags };
}

function setTag(tags: Map<string, string>, text: string, at: number): void {
  const name = at < 0 ? text : text.slice(0, at);
  const value = at < 0 ? 'true' : text.slice(at + 1);
  if (name !== '' && value !== '') tags.set(name, value);
}
