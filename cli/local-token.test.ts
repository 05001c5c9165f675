import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findToken } from './settings.ts';
import { systemTerminal } from './terminal.ts';

test('the token of the server that was started last here is taken, be it the demo', () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-token-'));
  const before = process.cwd();
  const put = (folder: string, text: string, made: number): void => {
    fs.mkdirSync(path.join(home, folder), { recursive: true });
    fs.writeFileSync(path.join(home, folder, 'local-token'), text);
    fs.utimesSync(path.join(home, folder, 'local-token'), made, made);
  };
  const token = (): string | undefined => findToken(undefined, 'http://localhost:9900', { ...systemTerminal(), env: {}, home });
  try {
    process.chdir(home);
    expect(token()).toBeUndefined();
    put('demo-data/nines', 'http://localhost:9900 demo\n', 2);
    expect(token()).toBe('demo');
    put('nines-data', 'http://localhost:9900 older\n', 1);
    expect(token()).toBe('demo');
    put('nines-data', 'http://localhost:9900 newer\n', 3);
    expect(token()).toBe('newer');
    put('nines-data', 'http://localhost:9940 elsewhere\n', 4);
    expect(token()).toBe('demo');
  } finally {
    process.chdir(before);
    fs.rmSync(home, { recursive: true });
  }
});
