import fs from 'node:fs/promises';
import path from 'node:path';
import { fits } from '../platform/file-pattern.ts';
import { FOLDER_LIMITS, foundFile, listFolder, readFiles, type FolderContent, type FolderListing, type FoundFile } from './read-folder.ts';
import type { ForeignKind } from './resource-kind.ts';

/** Adds to a folder's files those that its documents name by patterns, wherever they are. */
export type Includes = (place: string, listing: FolderListing) => Promise<FolderListing>;

/** Remembers what a file names as long as it stays the same: a folder is looked at every few seconds. */
export function createIncludes(kinds: readonly Pick<ForeignKind, 'includes'>[]): Includes {
  const known = new Map<string, { readonly signature: string; readonly patterns: readonly string[] }>();

  async function patternsOf({ absolute, signature, size }: FoundFile): Promise<readonly string[]> {
    const before = known.get(absolute);
    if (before?.signature === signature) return before.patterns;
    const text = size > FOLDER_LIMITS.fileBytes ? '' : await fs.readFile(absolute, 'utf8').catch(() => '');
    const patterns = kinds.flatMap((kind) => kind.includes?.(text) ?? []);
    known.set(absolute, { signature, patterns });
    return patterns;
  }

  return async (place, listing) => {
    const real = await fs.realpath(place).catch(() => place);
    const single = listing.files.length === 1 && listing.files[0]!.absolute === real;
    const root = single ? path.dirname(real) : real;
    const have = new Set(listing.files.map(({ absolute }) => absolute));
    const files = [...listing.files];
    const directories = new Set(listing.directories);
    for (const file of listing.files) {
      for (const pattern of await patternsOf(file)) {
        const found = await expand(path.resolve(path.dirname(file.absolute), pattern));
        for (const folder of found.directories) directories.add(folder);
        for (const absolute of found.files) {
          if (have.has(absolute) || files.length >= FOLDER_LIMITS.files) continue;
          have.add(absolute);
          const stat = await fs.stat(absolute).catch(() => undefined);
          if (stat?.isFile() !== true) continue;
          const relative = path.relative(root, absolute);
          // As the pattern names it, so that it is known to be meant.
          files.push(foundFile(path.isAbsolute(pattern) && relative.startsWith('..') ? absolute : relative, absolute, stat));
        }
      }
    }
    return { files: files.sort((a, b) => (a.file < b.file ? -1 : 1)), directories: [...directories] };
  };
}

const hasWildcard = (part: string): boolean => /[*?[\\]/.test(part);

/** Part by part; a folder that isn't there holds nothing. */
async function expand(pattern: string): Promise<{ files: string[]; directories: string[] }> {
  const parts = pattern.split(path.sep).slice(1);
  const directories: string[] = [];
  let places = ['/'];
  for (const [i, part] of parts.entries()) {
    if (!hasWildcard(part)) {
      if (i === parts.length - 1) directories.push(...places);
      places = places.map((place) => path.join(place, part));
      continue;
    }
    directories.push(...places);
    const inside = await Promise.all(
      places.map(async (place) => {
        const names = await fs.readdir(place).catch((): string[] => []);
        return names.filter((name) => fits(name, part)).map((name) => path.join(place, name));
      }),
    );
    places = inside.flat().sort().slice(0, FOLDER_LIMITS.files);
  }
  const there = await Promise.all(directories.map((place) => fs.access(place).then(() => [place], () => []))); // prettier-ignore
  return { files: places, directories: there.flat() };
}

/** All documents of a folder, or the one file that it is, and what they name. */
export async function readFolder(place: string, kinds: readonly Pick<ForeignKind, 'includes'>[]): Promise<FolderContent> {
  const listing = await createIncludes(kinds)(place, await listFolder(place));
  return readFiles(listing.files);
}
