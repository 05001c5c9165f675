/** What the documentation shows receivers of webhooks is run as it stands there. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signWebhook } from './signature.ts';

const docs = fs.readFileSync(path.join(import.meta.dirname, '../../../../docs/how-to/reach-people.md'), 'utf8');
const section = docs.slice(docs.indexOf('## Verify a webhook'), docs.indexOf('\n## ', docs.indexOf('## Verify a webhook') + 4));
const snippet = (language: string): string => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(section)![1]!;

const BODY = '{"subject":"Restart the cache","text":"Ütf-8 and \\"quotes\\""}\n';
const SECRET = "a secret with 'quotes' $HOME";
let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-verify-'));
  fs.writeFileSync(path.join(folder, 'body'), BODY);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

interface Language {
  /** What the reader has to have. */
  readonly program: string;
  readonly file: string;
  /** Calls the snippet with the secret, the body's file and each header; prints yes or no for each. */
  readonly call: string;
}
const languages: Record<string, Language> = {
  js: { program: process.execPath, file: 'verify.mjs', call: "import fs from 'node:fs';\nconst [secret, file, ...headers] = process.argv.slice(2);\nfor (const header of headers) console.log(isFromNines(secret, header, fs.readFileSync(file)) ? 'yes' : 'no');" },
  python: { program: 'python3', file: 'verify.py', call: "import sys\nfor header in sys.argv[3:]:\n    print('yes' if is_from_nines(sys.argv[1], header, open(sys.argv[2], 'rb').read()) else 'no')" },
  sh: { program: 'sh', file: 'verify.sh', call: 'secret=$1; file=$2; shift 2\nfor header; do if is_from_nines "$secret" "$header" "$file"; then echo yes; else echo no; fi; done' },
}; // prettier-ignore

const now = Date.now();
const right = signWebhook(BODY, SECRET, now);
const headers: [string, string, 'yes' | 'no'][] = [
  ['right', right, 'yes'],
  ['of another body', signWebhook(`${BODY} `, SECRET, now), 'no'],
  ['by another secret', signWebhook(BODY, 'other', now), 'no'],
  ['of six minutes ago', signWebhook(BODY, SECRET, now - 360_000), 'no'],
  ['with another time than was signed', right.replace(/t=\d+/, `t=${Math.floor(now / 1000) - 1}`), 'no'],
  ['cut short', right.slice(0, -10), 'no'],
  ['empty', '', 'no'],
  ['nonsense', 't=now,v1=$(touch gone)', 'no'],
];

test.each(Object.keys(languages))('the %s of the documentation knows right signatures from wrong ones', (language) => {
  const { program, file, call } = languages[language]!;
  if (spawnSync(program, ['-c', '']).error) return;
  fs.writeFileSync(path.join(folder, file), `${snippet(language)}\n${call}\n`);
  const { stdout, stderr } = spawnSync(program, [file, SECRET, 'body', ...headers.map(([, header]) => header)], {
    cwd: folder,
    encoding: 'utf8',
  });
  const said = stdout.trim().split('\n');
  expect(Object.fromEntries(headers.map(([name], i) => [name, said[i]])), stderr).toEqual(
    Object.fromEntries(headers.map(([name, , right]) => [name, right])),
  );
  expect(fs.existsSync(path.join(folder, 'gone'))).toBe(false);
});
