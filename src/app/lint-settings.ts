import fs from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { LintSettings } from '../alerting/index.ts';

/** What of `nines.yaml` says how alerts are linted; the rest of it needs a server's environment, and is left alone. */
const told = z.object({
  docsUrl: z.url({ protocol: /^https?$/ }).optional().catch(undefined),
  docsLink: z.string().min(1).max(2_000).optional().catch(undefined),
  rules: z.object({ lint: z.enum(['warning', 'error', 'off']).optional().catch(undefined) }).optional().catch(undefined),
}); // prettier-ignore

/** For `nines check`: the settings of a server that would watch this folder, as far as its file and the environment tell. */
export function lintSettingsOf(place: string, env: Readonly<Record<string, string | undefined>>): LintSettings {
  const folder = fs.statSync(place, { throwIfNoEntry: false })?.isFile() === true ? path.dirname(place) : place;
  const file = [folder, '.'].map((one) => path.join(one, 'nines.yaml')).find((one) => fs.existsSync(one));
  const { docsUrl, docsLink, rules } = read(file);
  return { docsUrl: env['NINES_DOCS_URL'] || docsUrl, docsLink, level: rules?.lint };
}

function read(file: string | undefined): z.output<typeof told> {
  try {
    return told.parse(file === undefined ? {} : (parseYaml(fs.readFileSync(file, 'utf8')) ?? {}));
  } catch {
    // What is wrong with it is said where it is used.
    return {};
  }
}
