import fs from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PLACE = /(file:\/\/[^\s()]+\.m?js):(\d+):(\d+)/g;
/** A map takes some 50 ms to read and megabytes to keep, so it isn't kept; and a flood of defects must not hold up what still works. */
const REST_MS = 10_000;
const MOST_KNOWN = 1_000;

/** By place in what was built, the place in the source. */
const known = new Map<string, string>();
let mayReadAt = Number.NEGATIVE_INFINITY;

/**
 * A stack trace with its places in the source (`src/…ts`) in place of those in the few files that the program is built of. As it is where
 * no map tells them, and for a few seconds after maps were read.
 */
export function sourceStack(stack: string): string {
  if (performance.now() >= mayReadAt) learn(stack);
  return stack.replace(PLACE, (place) => known.get(place) ?? place);
}

function learn(stack: string): void {
  const maps = new Map<string, SourceMap | undefined>();
  for (const [place, url = '', line, column] of stack.matchAll(PLACE)) {
    if (known.has(place)) continue;
    if (!maps.has(url)) maps.set(url, readMap(url));
    const entry = maps.get(url)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) continue;
    const source = pathToFileURL(path.resolve(path.dirname(fileURLToPath(url)), entry.originalSource)).href;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(place, `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`);
  }
  if ([...maps.values()].some((map) => map !== undefined)) mayReadAt = performance.now() + REST_MS;
}

function readMap(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(fs.readFileSync(`${fileURLToPath(url)}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    // Packages have none beside them, mostly.
    return undefined;
  }
}
