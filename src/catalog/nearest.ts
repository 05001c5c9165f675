/**
 * The known word that a mistyped one most likely stands for, or undefined where none is near. Case, `-`, `_` and spaces
 * don't count (`depends_on` is `dependsOn`); otherwise by the number of edits, a swap of neighbours being one.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = plain(word);
  // Longer than any name that is allowed: nothing is near, and comparing would take long.
  if (wanted === '' || wanted.length > 100) return undefined;
  const allowed = wanted.length <= 3 ? 1 : wanted.length <= 7 ? 2 : 3;
  let best: string | undefined;
  let fewest = allowed + 1;
  for (const candidate of known) {
    const other = plain(candidate);
    if (other.length > 100) continue;
    // `depends` is plainly the beginning of `dependsOn`, however many letters are missing.
    const begins = wanted.length >= 4 && (other.startsWith(wanted) || (other.length >= 4 && wanted.startsWith(other)));
    const edits = begins ? Math.min(editDistance(wanted, other), allowed) : editDistance(wanted, other);
    if (edits < fewest && edits < Math.max(wanted.length, other.length)) [best, fewest] = [candidate, edits];
  }
  return best;
}

const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, '');

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
