import fs from 'node:fs';
import path from 'node:path';
import { Problem } from '../problem.ts';

/** When the process started, in clock ticks since boot, or '' where /proc doesn't tell: a pid alone may be another's by now. */
function startOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Takes the directory for this process and returns what gives it back. A lock whose process is gone (`kill -9`, a
 * reboot) is taken over. Throws a Problem that names the other process where it is alive.
 */
export function lockDirectory(directory: string): () => void {
  const file = path.join(directory, 'lock');
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (;;) {
    try {
      fs.writeFileSync(file, mine, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const [pid = '', start = ''] = fs.readFileSync(file, 'utf8').split(' ');
      const held = Number(pid) !== process.pid && isAlive(Number(pid)) && startOf(Number(pid)) === start;
      if (held || heldHere.has(file)) {
        throw new Problem(
          409,
          'directory-in-use',
          `${directory} is in use by process ${pid}. Stop that one first, or give this one another --data.`,
        );
      }
      fs.rmSync(file, { force: true });
    }
  }
  heldHere.add(file);
  return () => {
    if (heldHere.delete(file)) fs.rmSync(file, { force: true });
  };
}

/** Locks that this very process holds: its own pid in a lock file means a stale one otherwise. */
const heldHere = new Set<string>();
