import type { Clock } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';

/** Said for so long after the last loss. */
const TOLD_MS = 600_000;

/** Says in health that packets of a protocol are lost, until none was for ten minutes. Its senders hear of nothing. */
export function createLossTeller({ health, clock }: { health: Health; clock: Clock }): (protocol: string) => void {
  const last = new Map<string, number>();

  function look(protocol: string): void {
    const quiet = clock.monotonic() - (last.get(protocol) ?? 0);
    if (quiet < TOLD_MS) {
      clock.after(TOLD_MS - quiet, () => look(protocol));
      return;
    }
    last.delete(protocol);
    health.report(`intake.${protocol}`, 'ok');
  }

  return (protocol) => {
    const known = last.has(protocol);
    last.set(protocol, clock.monotonic());
    if (known) return;
    health.report(
      `intake.${protocol}`,
      'degraded',
      `Packets of ${protocol} are lost, because they come faster than the system's buffer for them has room: nines_intake_lost_packets_total says how many. ` +
        'Make the buffer larger (sysctl net.core.rmem_max=16777216, then restart nines), or have senders put several metrics in a packet.',
    );
    clock.after(TOLD_MS, () => look(protocol));
  };
}
