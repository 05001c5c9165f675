import { expvarSamples } from './expvar.ts';
import { findAll, parseJsonPath } from './json-path.ts';
import type { JsonSample } from './json-sample.ts';

/** The `json` part of a Scrape. */
export interface JsonSpec {
  readonly expvar?: boolean | undefined;
  readonly values?: readonly JsonValue[] | undefined;
}

interface JsonValue {
  readonly name: string;
  readonly path: string;
  readonly each?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly labelPaths?: Readonly<Record<string, string>> | undefined;
}

/**
 * A JSON document as the exposition that it stands for, so that all else of a scrape is the same. Throws an Error in words for a person
 * where it is no JSON, or has none of the numbers.
 */
export function jsonExposition(text: string, spec: JsonSpec): string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new Error(`the body is not JSON: ${(error as Error).message.slice(0, 200)}`, { cause: error });
  }
  const samples = [
    ...(spec.expvar === true ? expvarSamples(document) : []),
    ...(spec.values ?? []).flatMap((value) => samplesOf(document, value)),
  ];
  if (samples.length === 0) {
    const paths = (spec.values ?? []).map(({ path }) => path).slice(0, 5);
    throw new Error(paths.length === 0 ? 'the body has no numbers' : `there is no number at ${paths.join(', ')}`);
  }
  return samples.map(lineOf).join('');
}

function samplesOf(document: unknown, { name, path, each = [], labels = {}, labelPaths = {} }: JsonValue): JsonSample[] {
  return findAll(document, parseJsonPath(path)).flatMap(({ value, keys }) => {
    const number = numberOf(value);
    if (number === undefined) return [];
    const all: Record<string, string> = { ...labels };
    for (const [i, label] of each.entries()) if (keys[i] !== undefined) all[label] = keys[i];
    for (const [label, where] of Object.entries(labelPaths)) {
      const text = findAll(document, parseJsonPath(where), keys)[0]?.value;
      if (typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean') all[label] = String(text);
    }
    return [{ name, labels: all, value: number }];
  });
}

/** Programs write numbers as texts too, so that no digit is lost. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && value.length < 100 && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?\s*$/.test(value)
    ? Number(value)
    : undefined;
}

function lineOf({ name, labels, value }: JsonSample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
