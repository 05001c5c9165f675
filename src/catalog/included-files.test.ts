import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFolder } from './included-files.ts';

let folder: string;
beforeEach(async () => void (folder = await realpath(await mkdtemp(join(tmpdir(), 'nines-included-')))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const kinds = [{ includes: (text: string) => text.split('\n').filter((line) => line.startsWith('./') || line.startsWith('/')) }];
const write = async (file: string, text = ''): Promise<void> => {
  await mkdir(join(folder, file, '..'), { recursive: true });
  await writeFile(join(folder, file), text);
};
const read = async (place: string): Promise<string[]> => (await readFolder(join(folder, place), kinds)).files.map(({ file }) => file);

test('files that documents name are read too, each once, wherever they are', async () => {
  await write('a/main.yml', `./rules/*.rules\n./b.yml\n./missing/*\n./missing.yml\n${folder}/else*/[ab].txt\n./../up.txt`);
  for (const file of ['a/b.yml', 'a/rules/x.rules', 'a/rules/y.rules', 'a/rules/z.txt', 'elsewhere/a.txt', 'elsewhere/c.txt', 'up.txt'])
    await write(file);
  expect((await read('a')).sort()).toEqual([
    '../up.txt',
    `${folder}/elsewhere/a.txt`,
    'b.yml',
    'main.yml',
    'rules/x.rules',
    'rules/y.rules',
  ]);
  // The one file, and what it names.
  expect((await read('a/main.yml')).sort()).toEqual(await read('a').then((files) => files.sort()));
});
