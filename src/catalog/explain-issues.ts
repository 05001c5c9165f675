import type { z } from 'zod';
import { describeFormat, describeType, describeValue, listSome, nameOf, quote, typeHint } from './explain-value.ts';
import { nearest } from './nearest.ts';
import { definitionOf, knownKeys, schemasAt } from './schema-shape.ts';
import type { Path, Position } from './place.ts';

/** What is wrong with a document, for a person, and the path to where. */
export interface Explained {
  readonly path: Path;
  /** Whether the key or the value at `path` is what is wrong. */
  readonly aim: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
  /** Where in the text that is the value, as a parser of such texts told it. */
  readonly within?: Position;
  /** For an unknown key: what it probably stands for, so that the same key isn't called missing too. */
  readonly meant?: Path;
}

/** Stands for 'the schema's author wrote no message': then the explanation is ours. */
const UNEXPLAINED = '\0';

export interface ExplainOptions {
  /** Keys that belong to another place of the document, and where: `{ owner: "under 'spec'" }`. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/** Checks a value; on failure explains each issue, in the order of the schema's complaints, consequences left out. */
export function validate<T>(
  schema: z.ZodType<T>,
  value: unknown,
  options: ExplainOptions = {},
): { ok: true; value: T } | { ok: false; problems: Explained[] } {
  const result = schema.safeParse(value, { error: () => UNEXPLAINED, reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: explain(schema, result.error.issues, [], options) };
}

const MAX_UNKNOWN_KEYS = 20;

function explain(schema: z.ZodType, issues: readonly z.core.$ZodIssue[], base: Path, options: ExplainOptions): Explained[] {
  const all = issues.flatMap((issue) => explainOne(schema, issue, base, options));
  const meant = new Set(all.flatMap((one) => (one.meant === undefined ? [] : [one.meant.join('\0')])));
  return all.filter((one) => !(one.aim === 'value' && one.message.startsWith('missing key') && meant.has(one.path.join('\0'))));
}

function explainOne(schema: z.ZodType, issue: z.core.$ZodIssue, base: Path, options: ExplainOptions): Explained[] {
  const path: Path = [...base, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') return explainUnknownKeys(schema, path, issue.keys, options);
  if (issue.code === 'invalid_union') return explainUnion(schema, issue, path, options);
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    const said = inner !== undefined && inner.message !== UNEXPLAINED ? inner.message : undefined;
    const key = String(path.at(-1));
    return [{ path, aim: 'key', message: `${quote(key)} is not a valid key here`, ...(said !== undefined && { hint: said }) }];
  }
  if (issue.message !== UNEXPLAINED) {
    const [, line, column, said] = /^(\d{1,6}):(\d{1,6}): (.*)$/s.exec(issue.message) ?? [];
    if (said === undefined) return [{ path, aim: 'value', ...withName(path, issue.message, issue.input) }];
    return [{ path, aim: 'value', within: { line: Number(line), column: Number(column) }, ...withName(path, said, undefined) }];
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) return [explainMissing(schema, path)];
  return [{ path, aim: 'value', ...explainValue(schema, issue, path) }];
}

/** The message of a schema's author, who says what is wrong or what would be right, and seldom of which value. */
function withName(path: Path, said: string, value: unknown): { message: string; hint?: string } {
  const [, wrong = said, right] = /^(.*?)(?:: (?=did you mean |write )|; )(.*)$/s.exec(said) ?? [];
  const name = nameOf(path);
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (isScalar && right === undefined && !said.includes(String(value)))
    return value === '' ? { message: `${name} is empty`, hint: said } : { message: `${name} can't be ${quote(String(value))}`, hint: said };
  return { message: wrong.includes(name) ? wrong : `${name}: ${wrong}`, ...(right !== undefined && { hint: right }) };
}

function explainMissing(schema: z.ZodType, path: Path): Explained {
  const key = path.at(-1);
  if (typeof key !== 'string') return { path, aim: 'value', message: `${nameOf(path)} is missing` };
  const [expected] = schemasAt(schema, path);
  if (expected === undefined) return { path, aim: 'value', message: `missing key '${key}'` };
  const about = expected.description?.replace(/\.$/, '');
  const keys = knownKeys(schema, path);
  const type = keys.length === 0 ? describeType(definitionOf(expected).type) : `a mapping with the keys ${listSome(keys, 15)}`;
  const hint = about === undefined ? `add '${key}', which is ${type}` : `add '${key}', which is ${type}: ${about[0]!.toLowerCase()}${about.slice(1)}`; // prettier-ignore
  return { path, aim: 'value', message: `missing key '${key}'`, hint };
}

function explainUnknownKeys(schema: z.ZodType, path: Path, keys: readonly string[], { elsewhere = {} }: ExplainOptions): Explained[] {
  const known = knownKeys(schema, path);
  return keys.slice(0, MAX_UNKNOWN_KEYS).map((key): Explained => {
    const at = { path: [...path, key], aim: 'key' as const, message: `unknown key ${quote(key)}` };
    const place = Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined;
    if (place !== undefined) return { ...at, hint: `'${key}' belongs ${place}` };
    const right = nearest(key, known);
    if (right !== undefined) return { ...at, hint: `did you mean '${right}'?`, meant: [...path, right] };
    return known.length === 0 ? at : { ...at, hint: `the keys here are ${listSome(known, 15)}` };
  });
}

/** Explains by the alternative that the writer most likely had in mind: the one with the least to complain about. */
function explainUnion(schema: z.ZodType, issue: z.core.$ZodIssueInvalidUnion, path: Path, options: ExplainOptions): Explained[] {
  if (issue.errors.length === 0) {
    // A discriminated union that has no alternative of that name.
    const names = (issue as { options?: readonly unknown[] }).options?.map(String) ?? [];
    const key = String(issue.discriminator);
    const given = (issue.input as Record<string, unknown> | undefined)?.[key];
    if (given === undefined) return [{ path, aim: 'value', message: `missing key '${key}'`, hint: `its values are ${listSome(names)}` }];
    return [{ path, aim: 'value', ...explainChoice(path, given, names) }];
  }
  const here = (one: z.core.$ZodIssue): boolean => one.path.length === 0 && one.code !== 'unrecognized_keys';
  const inside = issue.errors.filter((errors) => !errors.some((one) => here(one) && one.code === 'invalid_type'));
  if (inside.length === 0) {
    if (issue.input === undefined) return [explainMissing(schema, path)];
    const types = [...new Set(issue.errors.flat().flatMap((one) => (one.code === 'invalid_type' ? [describeType(one.expected)] : [])))];
    return [{ path, aim: 'value', message: mustBe(path, types.join(' or '), issue.input), ...keysHint(schema, path) }];
  }
  const explained = inside.map((errors) => explain(schema, errors, path, options));
  return explained.reduce((best, one) => (one.length < best.length ? one : best));
}

const mustBe = (path: Path, expected: string, value: unknown): string =>
  `${nameOf(path)} must be ${expected}, but is ${describeValue(value)}`;

function keysHint(schema: z.ZodType, path: Path): { hint?: string } {
  const keys = knownKeys(schema, path);
  return keys.length === 0 ? {} : { hint: `its keys are ${listSome(keys, 15)}` };
}

function explainValue(schema: z.ZodType, issue: z.core.$ZodIssue, path: Path): { message: string; hint?: string } {
  const name = nameOf(path);
  switch (issue.code) {
    case 'invalid_type': {
      const isWhole = issue.expected === 'number' && schemasAt(schema, path).every((one) => definitionOf(one).format === 'safeint');
      const expected = isWhole ? 'int' : issue.expected;
      const hint = typeHint(expected, issue.input);
      const message = mustBe(path, describeType(expected), issue.input);
      return hint === undefined ? { message, ...(expected === 'object' && keysHint(schema, path)) } : { message, hint };
    }
    case 'invalid_value':
      return explainChoice(path, issue.input, issue.values.map(String));
    case 'invalid_format': {
      const format = describeFormat(issue.format);
      const shown = quote(String(issue.input));
      if (issue.format === 'starts_with') return { message: `${name} must begin with '${(issue as { prefix?: string }).prefix ?? ''}', but is ${shown}` };
      if (format !== undefined) return { message: `${name} is ${shown}, which is not ${format.split(',')[0]!}`, hint: `write ${format}` };
      return { message: `${name} is ${shown}, which does not match ${issue.pattern ?? issue.format}` };
    }
    case 'too_small':
      return { message: `${name} ${bound('at least', issue.origin, Number(issue.minimum), issue.inclusive, issue.input)}` };
    case 'too_big':
      return { message: `${name} ${bound('at most', issue.origin, Number(issue.maximum), issue.inclusive, issue.input)}` };
    case 'not_multiple_of':
      return { message: `${name} must be a multiple of ${issue.divisor}, but is ${describeValue(issue.input)}` };
    default:
      return { message: `${name} is not valid` };
  }
} // prettier-ignore

function explainChoice(path: Path, value: unknown, choices: readonly string[]): { message: string; hint: string } {
  const is = typeof value === 'string' && value !== '' ? quote(value) : describeValue(value);
  const right = typeof value === 'string' ? nearest(value, choices) : undefined;
  const allowed = `${choices.length === 1 ? 'the only value is' : 'the values are'} ${listSome(choices, 15)}`;
  return {
    message: `${nameOf(path)} is ${is}, which is not one of its values`,
    hint: right === undefined ? allowed : `did you mean '${right}'? ${allowed[0]!.toUpperCase()}${allowed.slice(1)}`,
  };
}

function bound(which: 'at least' | 'at most', origin: string, limit: number, inclusive: boolean | undefined, value: unknown): string {
  const more = which === 'at least';
  if (origin === 'string') {
    if (more && limit === 1) return 'must not be empty';
    return `must have ${which} ${limit} characters, but has ${String(value).length}`;
  }
  if (origin === 'array' || origin === 'set') {
    if (more && limit === 1) return 'must have at least one item';
    return `must have ${which} ${limit} items, but has ${Array.isArray(value) ? value.length : 0}`;
  }
  if (origin === 'object' || origin === 'record' || origin === 'map') return `must have ${which} ${limit} keys`;
  const than = inclusive === false ? (more ? 'more than' : 'less than') : which;
  return `must be ${than} ${limit}, but is ${String(value)}`;
}
