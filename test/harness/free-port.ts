import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** Below the ports that a system gives out by itself (from 32768 on Linux), so that nobody's `listen(0)` is given one of them. */
const [FIRST, PAST] = [12_000, 32_000];
/** Which are spoken for, by whom: a file each, with the process it is for. All test runs of a machine share it. */
const TAKEN = path.join(os.tmpdir(), 'nines-test-ports');
const mine = new Set<string>();

/**
 * A port on loopback that nothing listens on and that no other test is given while this process lives: between the asking and the
 * listening of a program that is started with it, it stays free.
 */
export async function freePort(): Promise<number> {
  fs.mkdirSync(TAKEN, { recursive: true });
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (PAST - FIRST));
    if (reserve(port) && (await isFree(port))) return port;
  }
}

function reserve(port: number): boolean {
  const file = path.join(TAKEN, String(port));
  try {
    if (!isAlive(Number(fs.readFileSync(file, 'utf8')))) fs.rmSync(file, { force: true });
  } catch {
    // Nobody's.
  }
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    return false;
  }
  if (mine.size === 0) process.once('exit', () => mine.forEach((one) => fs.rmSync(one, { force: true })));
  mine.add(file);
  return true;
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}
