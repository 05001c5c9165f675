import { checkLabels, type LabelLimits } from '../label-limits.ts';
import type { Labels } from '../series.ts';

/**
 * The labels of a path, or what is wrong with it. `a.b.c` is the series named so and has no labels; `disk.used;dc=x` is named
 * `disk.used` and has the label `dc`. As in carbon a tag `name` is the path itself, and the last of two tags of one name counts.
 * Source: https://graphite.readthedocs.io/en/latest/tags.html
 */
export function parseGraphitePath(text: string, limits: LabelLimits): Labels | string {
  if (text.length > limits.maxNameLength + limits.maxLabels * (limits.maxNameLength + limits.maxValueLength)) return 'the path is too long';
  if (text.includes('\ufffd')) return 'the path is not UTF-8';
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f]/.test(text)) return 'the path has a space or a control character in it';
  const [path = '', ...tags] = text.split(';', limits.maxLabels + 2);
  if (path === '') return 'there is no path';
  if (path.length > limits.maxNameLength)
    return `the path has ${path.length} characters; the most is ${limits.maxNameLength} (intake.maxNameLength)`;
  if (/^\.|\.\.|\.$/.test(path)) return 'the path has an empty part: write a.b.c';
  const pairs = new Map<string, string>([['__name__', path]]);
  for (const tag of tags) {
    const at = tag.indexOf('=');
    const wrong = tagProblem(tag.slice(0, Math.max(at, 0)), tag.slice(at + 1), at);
    if (wrong !== undefined) return `the tag '${tag.slice(0, 80)}' ${wrong}`;
    if (tag.slice(0, at) !== 'name') pairs.set(tag.slice(0, at), tag.slice(at + 1));
  }
  return checkLabels([...pairs], limits);
}

function tagProblem(name: string, value: string, at: number): string | undefined {
  if (at <= 0) return 'is not written name=value';
  if (/[!^]/.test(name)) return "has '!' or '^' in its name";
  if (name === '__name__') return 'has a name that is reserved';
  if (value === '') return 'has no value';
  return value.startsWith('~') ? "has a value that starts with '~'" : undefined;
}
