import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The folder that files in documents are relative to: that of the documents, or where the one document lies. */
export function configRoot(config: string | undefined): string {
  if (config === undefined) return process.cwd();
  const place = resolve(config);
  return statSync(place, { throwIfNoEntry: false })?.isFile() === true ? dirname(place) : place;
}
