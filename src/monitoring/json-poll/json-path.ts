/** A step of a path: a key of an object, an index of an array, or each of them. */
export type Step = string | number | typeof EACH;
export const EACH = Symbol('*');

export interface Found {
  readonly value: unknown;
  /** What stood for each `*`, in order. */
  readonly keys: readonly string[];
}

const MOST_STEPS = 50;

/**
 * Reads the part of JSONPath that finds numbers: `queue.depth`, `$.disks[0].free`, `$['a b'].*`, `disks[*].free`. Throws an Error with the
 * column where it goes wrong. Source: https://www.rfc-editor.org/rfc/rfc9535
 */
export function parseJsonPath(path: string): Step[] {
  const steps: Step[] = [];
  const token = /\.?(?:\[(?:(\d{1,9})|(\*)|'([^'\\]{1,200})'|"([^"\\]{1,200})")\]|(\*)|([^.[\]*'"\s]{1,200}))/y;
  let at = path.startsWith('$') ? 1 : 0;
  while (at < path.length) {
    token.lastIndex = at;
    const match = token.exec(path);
    // The first name needs no dot, and all names after it do.
    if (!match || (at > 0 && match[0][0] !== '.' && match[0][0] !== '['))
      throw new Error(`a path is such as queue.depth or $.disks[*].free: see column ${at + 1}`);
    const [, index, each, single, double, star, name] = match;
    if (index !== undefined) steps.push(Number(index));
    else if (each !== undefined || star !== undefined) steps.push(EACH);
    else steps.push(single ?? double ?? name ?? '');
    at += match[0].length;
    if (steps.length > MOST_STEPS) throw new Error(`a path has at most ${MOST_STEPS} steps`);
  }
  if (steps.length === 0) throw new Error('a path names something, such as queue.depth');
  return steps;
}

/** What is at the path, each with what stood for `*`. `keys` says what `*` stands for, as far as it goes. */
export function findAll(document: unknown, steps: readonly Step[], keys: readonly string[] = []): Found[] {
  let found: Found[] = [{ value: document, keys: [] }];
  for (const step of steps) {
    found = found.flatMap(({ value, keys: before }) => {
      if (typeof value !== 'object' || value === null) return [];
      const known = step === EACH ? keys[before.length] : String(step);
      if (step === EACH && known === undefined)
        return Object.entries(value).map(([key, one]) => ({ value: one as unknown, keys: [...before, key] }));
      if (known === undefined || !Object.hasOwn(value, known)) return [];
      return [{ value: (value as Record<string, unknown>)[known], keys: step === EACH ? [...before, known] : before }];
    });
  }
  return found;
}
