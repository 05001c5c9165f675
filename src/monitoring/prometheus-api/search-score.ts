export interface SearchTerms {
  /** One of them is enough; none at all fits every name. */
  readonly texts: readonly string[];
  /** 0 to 1: the least score. At 0 a name must contain the text. */
  readonly threshold: number;
  readonly algorithm: 'subsequence' | 'jarowinkler';
  readonly caseSensitive: boolean;
}

/** How well a name fits, from 0 to 1, or undefined where it doesn't. */
export function scoreOf(name: string, { texts, threshold, algorithm, caseSensitive }: SearchTerms): number | undefined {
  if (texts.length === 0) return 1;
  const fold = (text: string): string => (caseSensitive ? text : text.toLowerCase());
  const inside = fold(name);
  let best: number | undefined;
  for (const text of texts) {
    const term = fold(text);
    const score = inside.includes(term) ? (inside.startsWith(term) ? 1 : 0.95) : fuzzy(inside, term, threshold, algorithm);
    if (score !== undefined && (best === undefined || score > best)) best = score;
  }
  return best;
}

function fuzzy(name: string, term: string, threshold: number, algorithm: SearchTerms['algorithm']): number | undefined {
  if (threshold === 0) return undefined;
  const score = algorithm === 'subsequence' ? subsequence(name, term) : jaroWinkler(name, term);
  return score > 0 && score >= threshold ? score : undefined;
}

/** The share of the span that the term's letters take in the name, in their order; 0 where they aren't all there. */
function subsequence(name: string, term: string): number {
  let at = -1;
  let first = -1;
  for (const letter of term) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) return 0;
    if (first < 0) first = at;
  }
  return term.length / (at - first + 1);
}

/** Source: https://en.wikipedia.org/wiki/Jaro-Winkler_distance */
function jaroWinkler(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Uint8Array(b.length);
  const matched: string[] = [];
  for (let i = 0; i < a.length; i++) {
    const end = Math.min(b.length, i + reach + 1);
    for (let k = Math.max(0, i - reach); k < end; k++) {
      if (taken[k] === 1 || a[i] !== b[k]) continue;
      taken[k] = 1;
      matched.push(a[i]!);
      break;
    }
  }
  if (matched.length === 0) return 0;
  const others = b.split('').filter((_, k) => taken[k] === 1);
  const moved = matched.filter((letter, i) => letter !== others[i]).length / 2;
  const m = matched.length;
  const jaro = (m / a.length + m / b.length + (m - moved) / m) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < b.length && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}
