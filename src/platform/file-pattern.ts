/**
 * Whether a path fits a pattern of Go's filepath.Glob: `*` and `?` stand for anything but `/`, `[a-z]` and `[^a-z]` for one of these
 * characters, `\` takes the next one literally. Works in time proportional to the product of both lengths.
 */
export function matchesPattern(path: string, pattern: string): boolean {
  const [parts, wanted] = [path.split('/'), pattern.split('/')];
  return parts.length === wanted.length && parts.every((part, i) => fits(part, wanted[i]!));
}

/** Greedy, with a step back to the last `*` alone: never more than the product of the lengths. */
export function fits(name: string, pattern: string): boolean {
  let [n, p] = [0, 0];
  let star: { readonly n: number; readonly p: number } | undefined;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = { n, p };
      p += 1;
      continue;
    }
    const length = p < pattern.length ? matchOne(name[n]!, pattern, p) : 0;
    if (length > 0) {
      n += 1;
      p += length;
    } else if (star !== undefined) {
      star = { n: star.n + 1, p: star.p };
      n = star.n;
      p = star.p + 1;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** How much of the pattern the character took; 0 where it doesn't fit. */
function matchOne(char: string, pattern: string, at: number): number {
  const first = pattern[at]!;
  if (first === '?') return 1;
  if (first === '\\') return pattern[at + 1] === char ? 2 : 0;
  if (first !== '[') return first === char ? 1 : 0;
  const close = pattern.indexOf(']', at + 2);
  if (close === -1) return 0;
  const negated = pattern[at + 1] === '^';
  let found = false;
  for (let i = at + (negated ? 2 : 1); i < close; i++) {
    if (pattern[i + 1] === '-' && i + 2 < close) {
      found ||= pattern[i]! <= char && char <= pattern[i + 2]!;
      i += 2;
    } else found ||= pattern[i] === char;
  }
  return found === negated ? 0 : close - at + 1;
}
