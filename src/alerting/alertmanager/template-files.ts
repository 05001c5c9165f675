/** The files that `templates` of alertmanager.yml names: what they define, receivers may invoke. */
import { open, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import { definitionsIn, mergeDefinitions, TemplateError, type Definitions } from '../template/index.ts';
import { DEFAULT_TEMPLATES } from './default-templates.ts';
import type { Routing } from './routing.ts';

export interface TemplateFiles {
  /** Alertmanager's own and those of the files; read anew a minute after they were read, or with another alertmanager.yml. */
  definitions(): Promise<Definitions>;
}

interface FilesDeps {
  readonly routing: () => Routing;
  /** The folder of documents: names of files are relative to the alertmanager.yml in it. */
  readonly root: string;
  readonly clock: Clock;
  readonly health: Health;
}

const FRESH_MS = 60_000;
const MOST_FILES = 100;
const LARGEST = 512 * 1024;
const HEALTH = 'alerting.templates';

export function createTemplateFiles({ routing, root, clock, health }: FilesDeps): TemplateFiles {
  let known: { readonly spec: unknown; readonly at: number; readonly definitions: Promise<Definitions> } | undefined;
  let told = false;
  async function readAll(): Promise<Definitions> {
    const { spec, file } = routing();
    const problems: string[] = [];
    const all = [DEFAULT_TEMPLATES];
    for (const pattern of spec?.templates ?? []) {
      for (const name of await filesOf(resolve(root, dirname(file ?? '.'), pattern), problems)) {
        try {
          all.push(definitionsIn(await readText(name)));
        } catch (error) {
          problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
    if (problems.length > 0 || told) health.report(HEALTH, problems.length > 0 ? 'degraded' : 'ok', problems.slice(0, 5).join('; '));
    told = problems.length > 0;
    return mergeDefinitions(...all);
  }
  return {
    definitions() {
      const { spec } = routing();
      const now = clock.now();
      if (spec?.templates == null || spec.templates.length === 0) return Promise.resolve(DEFAULT_TEMPLATES);
      if (known?.spec !== spec || now - known.at >= FRESH_MS) known = { spec, at: now, definitions: readAll() };
      return known.definitions;
    },
  };
}

/** A pattern with `*`, `?` or `[…]` in its last part, as Go's filepath.Glob has it. Without any of these it must be there. */
async function filesOf(path: string, problems: string[]): Promise<string[]> {
  const [folder, last] = [dirname(path), basename(path)];
  if (!/[*?[]/.test(path)) return [path];
  if (/[*?[]/.test(folder)) {
    problems.push(`${path}: a pattern may stand in the last part of a path only`);
    return [];
  }
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => matches(last, name)).sort();
  if (found.length > MOST_FILES) problems.push(`${path}: there are ${found.length} such files, and the first ${MOST_FILES} are read`);
  return found.slice(0, MOST_FILES).map((name) => join(folder, name));
}

/** Without backtracking into anything but the last star. */
function matches(pattern: string, name: string): boolean {
  let [at, star, from] = [0, -1, 0];
  for (let i = 0; i < name.length;) {
    const one = oneOf(pattern, at);
    if (pattern[at] === '*') [star, from, at] = [at, i, at + 1];
    else if (one !== undefined && one.takes(name[i]!)) [at, i] = [one.end, i + 1];
    else if (star >= 0) [at, i, from] = [star + 1, from + 1, from + 1];
    else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

function oneOf(pattern: string, at: number): { end: number; takes: (character: string) => boolean } | undefined {
  const character = pattern[at];
  if (character === undefined) return undefined;
  if (character === '?') return { end: at + 1, takes: () => true };
  const end = character === '[' ? pattern.indexOf(']', at + 2) : -1;
  if (end < 0) return { end: at + 1, takes: (given) => given === character };
  const not = pattern[at + 1] === '^';
  const set = pattern.slice(at + (not ? 2 : 1), end);
  const within = (given: string): boolean => {
    for (let i = 0; i < set.length; i++) {
      if (set[i + 1] === '-' && set[i + 2] !== undefined) {
        if (given >= set[i]! && given <= set[i + 2]!) return true;
        i += 2;
      } else if (set[i] === given) return true;
    }
    return false;
  };
  return { end: end + 1, takes: (given) => within(given) !== not };
}

/** @throws Error in words; what is in the file is told to nobody who can't read it */
async function readText(name: string): Promise<string> {
  const handle = await open(name, 'r').catch(() => {
    throw new TemplateError("can't be read");
  });
  try {
    const { size } = await handle.stat();
    if (size > LARGEST) throw new TemplateError(`has ${size} bytes, and ${LARGEST} are read at most`);
    const buffer = Buffer.alloc(LARGEST);
    const { bytesRead } = await handle.read(buffer, 0, LARGEST, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
