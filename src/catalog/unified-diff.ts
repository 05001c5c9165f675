/** Lines of unchanged text around each change. */
const CONTEXT = 3;
/** Longest common subsequences of more cells than this are not worth their time: everything between is replaced. */
const MAX_CELLS = 4_000_000;

type Edit = readonly [sign: ' ' | '-' | '+', line: string];

/** The unified diff of two texts (as `diff -u`, without the file names); empty where they are the same. */
export function unifiedDiff(before: string, after: string): string {
  const edits = editLines(linesOf(before), linesOf(after));
  const hunks: string[] = [];
  let i = 0;
  for (;;) {
    const first = edits.findIndex(([sign], at) => at >= i && sign !== ' ');
    if (first === -1) return hunks.join('');
    let end = first;
    // A hunk goes on as long as the next change is within reach of both contexts.
    for (let at = first; at < edits.length && at - end <= 2 * CONTEXT; at++) if (edits[at]![0] !== ' ') end = at;
    const from = Math.max(i, first - CONTEXT);
    i = Math.min(edits.length, end + CONTEXT + 1);
    hunks.push(hunk(edits, from, i));
  }
}

function hunk(edits: readonly Edit[], from: number, to: number): string {
  const count = (part: readonly Edit[], without: '-' | '+'): number => part.filter(([sign]) => sign !== without).length;
  const [head, body] = [edits.slice(0, from), edits.slice(from, to)];
  const range = (without: '-' | '+'): string => {
    const length = count(body, without);
    return `${count(head, without) + (length === 0 ? 0 : 1)},${length}`;
  };
  return `@@ -${range('+')} +${range('-')} @@\n${body.map(([sign, line]) => `${sign}${line}\n`).join('')}`;
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

function editLines(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (line: string): Edit => [' ', line];
  return [
    ...before.slice(0, start).map(same),
    ...editMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function editMiddle(a: readonly string[], b: readonly string[]): Edit[] {
  if (a.length * b.length > MAX_CELLS) return [...a.map((line): Edit => ['-', line]), ...b.map((line): Edit => ['+', line])];
  const width = b.length + 1;
  // common[i * width + j]: length of the longest common subsequence of a from i and b from j.
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push([' ', a[i]!]);
      [i, j] = [i + 1, j + 1];
    } else if (i < a.length && (j === b.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) edits.push(['-', a[i++]!]);
    else edits.push(['+', b[j++]!]);
  }
  return edits;
}

/** The text before a diff that `unifiedDiff` made, from the one after it. Undefined where they don't belong together. */
export function undoDiff(after: string, diff: string): string | undefined {
  const lines = linesOf(after);
  const before: string[] = [];
  let at = 0;
  let rest = 0;
  for (const line of linesOf(diff)) {
    const hunk = /^@@ -\d+,\d+ \+(\d{1,9}),(\d{1,9}) @@$/.exec(line);
    if (hunk !== null) {
      const [start, count] = [Number(hunk[1]), Number(hunk[2])];
      const first = count === 0 ? start : start - 1;
      if (rest !== 0 || first < at || first > lines.length) return undefined;
      before.push(...lines.slice(at, first));
      [at, rest] = [first, count];
      continue;
    }
    const [sign, text] = [line[0], line.slice(1)];
    if (sign !== '-') {
      if (--rest < 0 || lines[at++] !== text) return undefined;
    }
    if (sign !== '+') before.push(text);
  }
  if (rest !== 0) return undefined;
  return [...before, ...lines.slice(at)].map((line) => `${line}\n`).join('');
}
