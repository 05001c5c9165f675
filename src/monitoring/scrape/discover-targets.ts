/** One look at where targets are found: files, and the answer of an HTTP address. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Found } from './discovery.ts';
import { readTargetGroups, type TargetGroup } from './target-groups.ts';

const LARGEST_FILE = 16 * 2 ** 20;

/** Each file that the patterns name, in order. One that isn't there has no targets; one that can't be read keeps those that it had. */
export async function discoverFiles(patterns: readonly string[]): Promise<Found[]> {
  const found = new Map<string, Found>();
  for (const pattern of patterns) {
    let files: string[];
    try {
      files = await filesOf(pattern);
    } catch (error) {
      found.set(pattern, missing(pattern, error));
      continue;
    }
    for (const file of files) if (!found.has(file)) found.set(file, await readFound(file));
  }
  return [...found.values()];
}

async function filesOf(pattern: string): Promise<string[]> {
  const [folder, name] = [dirname(pattern), basename(pattern)];
  if (!name.includes('*')) return [pattern];
  const parts = name.split('*');
  const names = (await readdir(folder)).filter((one) => fits(one, parts));
  return names.sort().map((one) => join(folder, one));
}

async function readFound(file: string): Promise<Found> {
  try {
    return { source: file, groups: await readGroups(file) };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? missing(file, error)
      : { source: file, groups: undefined, problem: (error as Error).message };
  }
}

const missing = (source: string, error: unknown): Found => ({ source, groups: [], problem: (error as Error).message });

/** Whether a name is made of the parts, in order, with anything between. */
function fits(name: string, parts: readonly string[]): boolean {
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

async function readGroups(file: string): Promise<TargetGroup[]> {
  const { size } = await stat(file);
  if (size > LARGEST_FILE) throw new Error(`${file}: ${size} bytes, more than ${LARGEST_FILE}`);
  const text = await readFile(file, 'utf8');
  try {
    const value: unknown = file.endsWith('.json') ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
    return readTargetGroups(value, { __meta_filepath: file });
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message.slice(0, 500)}`, { cause: error });
  }
}

/** @param url where the text was asked for. Throws an Error in words where it is no list of targets. */
export function discoverHttp(text: string, url: string): Found[] {
  return [{ source: url, groups: readTargetGroups(JSON.parse(text), { __meta_url: url }) }];
}
