const NOT_KEPT = /\\u(?:0000|d[89a-f])/i;

/** JSON that PostgreSQL can keep: NUL and halves of characters, which it refuses, become U+FFFD, in names too. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  // Nearly never: a backslash before such digits may be text as well.
  return NOT_KEPT.test(text) ? JSON.stringify(mended(JSON.parse(text))) : text;
}

function mended(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(mended);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [storableText(name), mended(one)]));
}

const storableText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
