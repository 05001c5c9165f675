import type { Mute } from '../muting/index.ts';
import type { Suppression } from './shown-alert.ts';

/** What Alertmanager knows of a mute: silences by their ids; what another alert explains; and all else. */
export function suppressionOf({ by, ref }: Mute): Suppression {
  const inhibits = by === 'inhibition' || by === 'dependency';
  return {
    silencedBy: by === 'silence' ? [ref] : [],
    inhibitedBy: inhibits ? [ref] : [],
    mutedBy: by === 'silence' || inhibits ? [] : [ref],
  };
}
