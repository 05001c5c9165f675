import type { LedgerEvent } from '../../src/ledger/contract.ts';
import type { World } from './world.ts';

export interface FixtureServer {
  readonly url: string;
  readonly world: World;
  /** Tells an event on the stream, and keeps it. */
  tell(event: Partial<LedgerEvent> & Pick<LedgerEvent, 'kind' | 'title'>): void;
  /** Ends the open streams and refuses new ones while `cut`. */
  cutStreams(cut: boolean): void;
  /** Answers that fail: by the beginning of the path. */
  readonly failing: Map<string, number>;
  close(): Promise<void>;
}

export const problem = (status: number, detail: string): unknown => ({
  type: '/docs/problems#fixture',
  title: 'Problem',
  status,
  detail,
  requestId: 'fixture-1',
});
