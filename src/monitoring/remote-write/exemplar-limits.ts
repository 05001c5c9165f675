import type { TimeBounds } from './time-bounds.ts';

/** As OpenMetrics has it: the characters of all names and values together. */
const MOST_CHARACTERS = 128;

/** What is wrong with an exemplar, if anything. */
export function exemplarProblem(
  pairs: readonly (readonly [name: string, value: string])[],
  time: number,
  bounds: TimeBounds,
): string | undefined {
  let characters = 0;
  for (const [name, value] of pairs) {
    if (name === '' || name === '__proto__') return 'an exemplar has a label without a name';
    characters += name.length + value.length;
  }
  if (characters > MOST_CHARACTERS) return `an exemplar's labels have ${characters} characters; the most is ${MOST_CHARACTERS}`;
  if (!(time >= bounds.oldest && time <= bounds.newest)) return `an exemplar has the time ${time}, outside of what is kept`;
  return undefined;
}
