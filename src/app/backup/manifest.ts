import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Problem } from '../../platform/problem.ts';

export const MANIFEST = 'manifest.json';
export const STATE = 'state.jsonl.gz';
export const TELEMETRY = 'telemetry';
/** Files of the data folder that nothing else tells. */
export const SECRETS = ['webhook-secret'];

/** What a backup says of itself. Written last: a folder without it is no backup. */
export const manifestSchema = z.object({
  format: z.literal(1),
  version: z.string(),
  createdAt: z.iso.datetime(),
  /** The schema of the state, step by step. */
  migrations: z.array(z.string()),
  /** Rows by table. */
  state: z.record(z.string(), z.number()),
  /** SHA-256 of the state's file, in hexadecimal. The telemetry has checksums of its own. */
  stateSum: z.string(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** @throws Problem 400 when the folder is no backup */
export async function readManifest(folder: string): Promise<Manifest> {
  let text: string;
  try {
    text = await fs.readFile(path.join(folder, MANIFEST), 'utf8');
  } catch (error) {
    throw new Problem(400, 'no-backup', `${folder} is no backup: it has no ${MANIFEST} that can be read.`, { cause: error });
  }
  const parsed = manifestSchema.safeParse(safeJson(text));
  if (!parsed.success)
    throw new Problem(400, 'no-backup', `${folder} is no backup that this nines can read: its ${MANIFEST} is damaged or newer.`);
  return parsed.data;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
