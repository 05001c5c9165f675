import fs from 'node:fs/promises';
import path from 'node:path';
import { LimitError, Problem } from '../platform/problem.ts';
import type { SourceFile } from './check-documents.ts';
import type { DocumentProblem } from './contract.ts';

/** What a folder of documents may hold. */
export const FOLDER_LIMITS = { files: 5_000, fileBytes: 1_000_000, totalBytes: 32 * 2 ** 20, depth: 20 } as const;

export interface FoundFile {
  /** Path within the folder, with `/`. */
  readonly file: string;
  readonly absolute: string;
  readonly size: number;
  /** Changes when the file does, as far as its directory entry tells. */
  readonly signature: string;
}

export interface FolderListing {
  readonly files: readonly FoundFile[];
  /** The folder and those in it: what to watch. */
  readonly directories: readonly string[];
}

export interface FolderContent {
  readonly files: readonly SourceFile[];
  /** Files that can't be documents: too large, not text. */
  readonly problems: readonly DocumentProblem[];
}

/**
 * The `*.yaml` and `*.yml` files below a folder, or the one file that `place` is. Names that begin with a dot and
 * `node_modules` are passed over; links are followed only to what is inside the folder.
 * Throws a Problem where there is no such folder, a LimitError where it holds too much.
 */
export async function listFolder(place: string): Promise<FolderListing> {
  const root = await fs.realpath(place).catch((error: NodeJS.ErrnoException) => {
    throw new Problem(400, 'no-folder', `The folder of documents ${place} can't be read: ${reasonOf(error)}.`);
  });
  const stat = await fs.stat(root);
  // An editor may replace the file: the folder around it is what to watch.
  if (stat.isFile()) return { files: [foundFile(path.basename(place), root, stat)], directories: [path.dirname(path.resolve(place))] };
  const listing = { files: [] as FoundFile[], directories: [] as string[] };
  await listInto(listing, root, root, '', 0);
  listing.files.sort((a, b) => (a.file < b.file ? -1 : 1));
  return listing;
}

type Growing = { readonly files: FoundFile[]; readonly directories: string[] };

async function listInto(listing: Growing, root: string, directory: string, prefix: string, depth: number): Promise<void> {
  if (depth > FOLDER_LIMITS.depth) return;
  const { files } = listing;
  listing.directories.push(directory);
  for (const entry of await fs.readdir(directory, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const file = `${prefix}${entry.name}`;
    const absolute = entry.isSymbolicLink() ? await insideTarget(root, path.join(directory, entry.name)) : path.join(directory, entry.name);
    // What has gone since the folder was listed isn't there.
    const stat = absolute === undefined ? undefined : await fs.stat(absolute).catch(() => undefined);
    if (absolute === undefined || stat === undefined) continue;
    // A link to a folder may lead in a circle.
    if (stat.isDirectory() && !entry.isSymbolicLink()) await listInto(listing, root, absolute, `${file}/`, depth + 1);
    else if (stat.isFile() && /\.ya?ml$/i.test(entry.name)) {
      files.push(foundFile(file, absolute, stat));
      if (files.length > FOLDER_LIMITS.files)
        throw new LimitError(413, `There are too many documents in ${root}.`, { limit: FOLDER_LIMITS.files, setting: 'several folders' });
    }
  }
}

async function insideTarget(root: string, link: string): Promise<string | undefined> {
  const target = await fs.realpath(link).catch(() => undefined);
  return target?.startsWith(root + path.sep) === true ? target : undefined;
}

type Stat = Awaited<ReturnType<typeof fs.stat>>;
export const foundFile = (file: string, absolute: string, stat: Stat): FoundFile => ({
  file,
  absolute,
  size: Number(stat.size),
  signature: `${stat.ino}:${stat.size}:${stat.mtimeMs}`,
});

/** Reads what `listFolder` found. */
export async function readFiles(found: readonly FoundFile[]): Promise<FolderContent> {
  const files: SourceFile[] = [];
  const problems: DocumentProblem[] = [];
  let total = 0;
  for (const { file, absolute, size } of found) {
    const refuse = (message: string, hint: string | null): void =>
      void problems.push({ file, line: 1, column: 1, severity: 'error', message, hint });
    if (size > FOLDER_LIMITS.fileBytes) {
      refuse(`the file has ${size} bytes, more than ${FOLDER_LIMITS.fileBytes}`, 'split it into several');
      continue;
    }
    total += size;
    if (total > FOLDER_LIMITS.totalBytes)
      throw new LimitError(413, 'The documents are too large together, in bytes.', { limit: FOLDER_LIMITS.totalBytes, setting: 'several folders' }); // prettier-ignore
    try {
      files.push({ file, text: new TextDecoder('utf-8', { fatal: true }).decode(await fs.readFile(absolute)) });
    } catch (error) {
      if (error instanceof TypeError) refuse('the file is not UTF-8 text', 'save it as UTF-8');
      else refuse(`the file can't be read: ${reasonOf(error as NodeJS.ErrnoException)}`, null);
    }
  }
  return { files, problems };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission denied',
  ENOTDIR: 'it is not a folder',
  ELOOP: 'its links lead in a circle',
};
const reasonOf = (error: NodeJS.ErrnoException): string => REASONS[error.code ?? ''] ?? error.message;
