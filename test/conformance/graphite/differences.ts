import { expect } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { MemorySource, type Labels } from '../../../src/monitoring/index.ts';
import { Graphite } from '../../../src/monitoring/graphite/index.ts';
import { toJson } from '../../../src/monitoring/graphite/render/formats.ts';
import { renderRequest } from '../../../src/monitoring/graphite/render/request.ts';
import { Problem } from '../../../src/platform/problem.ts';
import { NOW } from './data.ts';
import type { PeerSeries } from './graphite-web.ts';
import { MemoryIndex } from './memory-index.ts';

interface Answered {
  readonly target: string;
  readonly datapoints: readonly (readonly [number | null, number])[];
}

/** What was answered, or why not. */
export type Answer = readonly Answered[] | { readonly status: number; readonly error: string };

/** nines over the same series as the peer. */
export function ninesOver(data: readonly PeerSeries[]): { readonly graphite: Graphite; readonly index: MemoryIndex } {
  const source = new MemorySource();
  const all: Labels[] = [];
  for (const { name, start, step, values } of data) {
    const [metric = '', ...tags] = name.split(';');
    const labels = { __name__: metric, ...Object.fromEntries(tags.map((tag) => tag.split('=') as [string, string])) };
    all.push(labels);
    const there = [...values.keys()].filter((i) => values[i] !== null);
    source.add(labels, there.map((i) => (start + i * step) * 1000), there.map((i) => values[i]!)); // prettier-ignore
  }
  const limits = { maxConcurrency: 20, timeout: 60_000, maxSamples: 50_000_000 };
  // Ours finds steps by looking; the data's are known, also of series with next to nothing in them.
  const steps = [{ pattern: '^slow\\.daily', step: 600 }, { pattern: '^slow', step: 300 }, { pattern: '', step: 60 }]; // prettier-ignore
  const index = new MemoryIndex(all);
  return { graphite: new Graphite({ source, index, clock: systemClock, limits, settings: { steps } }), index };
}

export async function askNines(graphite: Graphite, params: URLSearchParams): Promise<Answer> {
  try {
    const asked = renderRequest(params, NOW);
    const text = [...toJson(await graphite.render(asked.targets, asked), asked)].join('');
    return JSON.parse(text) as readonly Answered[];
  } catch (error) {
    if (error instanceof Problem) return { status: error.status, error: error.message };
    throw error;
  }
}

export async function askPeer(url: string, params: URLSearchParams): Promise<Answer> {
  const answer = await fetch(`${url}/render?${params.toString()}`);
  const text = await answer.text();
  if (!answer.ok) return { status: answer.status, error: text.slice(0, 300) };
  return JSON.parse(text.replace(/\bNaN\b/g, 'null')) as readonly Answered[];
}

const near = (a: number | null, b: number | null): boolean => {
  if (a === null || b === null) return a === b;
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) || Math.abs(a - b) < 1e-12;
};

/** The first difference of two answers; undefined where both say the same. What the peer fails at (5xx) is no answer. */
export function difference(ours: Answer, theirs: Answer): string | undefined {
  if ('error' in theirs) {
    if (theirs.status >= 500 || 'error' in ours) return undefined;
    return `ours answers, theirs ${theirs.error}`;
  }
  if ('error' in ours) return `ours ${ours.error}, theirs answers ${theirs.map(({ target }) => target).join(' | ').slice(0, 300)}`; // prettier-ignore
  const [mine, other] = [ours.map(({ target }) => target), theirs.map(({ target }) => target)];
  if (JSON.stringify(mine) !== JSON.stringify(other)) return `names: ours ${JSON.stringify(mine)}, theirs ${JSON.stringify(other)}`;
  for (const [i, { target, datapoints }] of theirs.entries()) {
    const points = ours[i]!.datapoints;
    if (points.length !== datapoints.length) return `${target}: ours ${points.length} points, theirs ${datapoints.length}`;
    for (const [j, [value, time]] of datapoints.entries()) {
      const [here, at] = points[j]!;
      if (at !== time || !near(here, value)) return `${target} [${j}]: ours ${here} at ${at}, theirs ${value} at ${time}`;
    }
  }
  return undefined;
}

export const expectNone = (differences: readonly string[]): void => expect(differences.join('\n')).toBe('');
