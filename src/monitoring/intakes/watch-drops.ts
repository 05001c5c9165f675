import type { Clock, Timer } from '../../platform/clock.ts';
import { readUdpDrops } from './udp-drops.ts';

const EVERY_MS = 10_000;

/** Tells how many packets the system dropped at a UDP port since the time before, until it is stopped, when it tells of the last. */
export async function watchDrops(port: number, clock: Clock, lost: (count: number) => void): Promise<{ stop(): Promise<void> }> {
  let before = await readUdpDrops(port);
  let timer: Timer | undefined;
  let stopped = false;
  async function look(): Promise<void> {
    const now = await readUdpDrops(port);
    if (now !== undefined && before !== undefined && now > before) lost(now - before);
    before = now ?? before;
  }
  const again = (): void => {
    if (!stopped) timer = clock.after(EVERY_MS, () => void look().then(again));
  };
  again();
  return {
    async stop() {
      stopped = true;
      timer?.cancel();
      await look();
    },
  };
}
