import { base, type World } from './world-base.ts';
import { furnished } from './world-calm.ts';
import { trouble } from './world-trouble.ts';

export type { World } from './world-base.ts';

export type WorldName = 'trouble' | 'calm' | 'empty';

/** A URL shortener at three in the morning: its links are served with errors since a deploy, its store is slow. */
export function makeWorld(name: WorldName, now = Date.now()): World {
  const ago = (ms: number): string => new Date(now - ms).toISOString();
  const world = base(ago);
  if (name === 'empty') return world;
  Object.assign(world, furnished(ago, now));
  if (name === 'trouble') Object.assign(world, trouble(ago, now));
  return world;
}
