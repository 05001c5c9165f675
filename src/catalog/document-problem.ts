import type { DocumentProblem } from './contract.ts';
import type { Explained } from './explain-issues.ts';
import type { YamlDocument } from './yaml-document.ts';

/** A document and the file it stands in. */
export interface LocatedDocument {
  readonly file: string;
  readonly document: YamlDocument;
}

type Said = Pick<Explained, 'path' | 'message' | 'within'> & {
  aim?: 'key' | 'value';
  severity?: 'error' | 'warning';
  hint?: string | undefined;
};

/** A problem at a path of a document. */
export function problemAt({ file, document }: LocatedDocument, said: Said): DocumentProblem {
  const { path, aim = 'value', severity = 'error', message, hint = null, within } = said;
  return { file, ...document.locate(path, aim, within), severity, message, hint };
}

/** In the order in which a person reads: by file, then from top to bottom. */
export function sortProblems(problems: readonly DocumentProblem[]): DocumentProblem[] {
  const byPlace = (a: DocumentProblem, b: DocumentProblem): number =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
  return [...problems].sort(byPlace);
}

/** `services.yaml:7:3: error: unknown key 'ower'; did you mean 'owner'?` as compilers write, so that editors can follow. */
export const formatProblem = ({ file, line, column, severity, message, hint }: DocumentProblem): string =>
  `${file}:${line}:${column}: ${severity}: ${message}${hint === null ? '' : `; ${hint}`}`;
