import type { Clock } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import type { Registry } from '../../platform/metrics.ts';
import { createLossTeller } from './tell-lost.ts';

/** The last of what was refused for one reason. */
export interface Refusal {
  /** Short and constant, such as `bad-value`: a label of `nines_intake_refused_total`. */
  readonly reason: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** In words: what was wrong, and what would be right. */
  readonly detail: string;
  /** What was sent, cut to 200 characters. */
  readonly example: string;
}

export interface IntakeState {
  /** Such as `statsd`. */
  readonly protocol: string;
  /** Undefined where it is a path on the main port. */
  readonly port: number | undefined;
  readonly open: boolean;
  /** Why it is not open. */
  readonly problem: string | undefined;
  /** Samples, or for StatsD what was sent to be counted. */
  readonly taken: number;
  /** Packets that the system dropped before nines read them. */
  readonly lost: number;
  readonly refusals: readonly Refusal[];
}

/** What one protocol took and refused. */
export interface Intake {
  readonly protocol: string;
  took(count: number): void;
  lost(count: number): void;
  /** @param example what was sent; called only for those that are kept */
  refuse(reason: string, detail: string, example: string, count?: number): void;
  opened(port: number | undefined): void;
  closed(problem?: string): void;
}

export interface IntakeBook {
  /** The same one for the same protocol. */
  intake(protocol: string, port?: number): Intake;
  list(): IntakeState[];
}

/** A sender can't make reasons: there are as many as the parsers know. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type State = Mutable<Omit<IntakeState, 'refusals'>> & { refusals: Map<string, Refusal> };

const MOST_SHOWN = 200;

/** Counts what every intake takes and refuses, and keeps an example of what was wrong: a sender over UDP hears of nothing. */
export function createIntakeBook({ registry, clock, health }: { registry: Registry; clock: Clock; health?: Health }): IntakeBook {
  const tellLost = health && createLossTeller({ health, clock });
  const taken = registry.counter({ name: 'nines_intake_taken_total', help: 'Samples that were pushed and taken.', labels: ['protocol'] });
  const refused = registry.counter({
    name: 'nines_intake_refused_total',
    help: 'Samples that were pushed and refused, by reason.',
    labels: ['protocol', 'reason'],
  });
  const lost = registry.counter({
    name: 'nines_intake_lost_packets_total',
    help: 'Packets that the operating system dropped because they came faster than they were read.',
    labels: ['protocol'],
  });
  const books = new Map<string, { state: State; intake: Intake }>();

  function make(protocol: string, port: number | undefined): { state: State; intake: Intake } {
    const state: State = { protocol, port, open: port === undefined, problem: undefined, taken: 0, lost: 0, refusals: new Map() };
    taken.inc({ protocol }, 0);
    const intake: Intake = {
      protocol,
      took(count) {
        state.taken += count;
        taken.inc({ protocol }, count);
      },
      lost(count) {
        state.lost += count;
        lost.inc({ protocol }, count);
        if (count > 0) tellLost?.(protocol);
      },
      refuse(reason, detail, example, count = 1) {
        refused.inc({ protocol, reason }, count);
        const before = state.refusals.get(reason)?.count ?? 0;
        state.refusals.set(reason, { reason, count: before + count, at: clock.now(), detail, example: shown(example) });
      },
      opened(openPort) {
        Object.assign(state, { open: true, port: openPort, problem: undefined });
      },
      closed(problem) {
        Object.assign(state, { open: false, problem });
      },
    };
    return { state, intake };
  }

  return {
    intake(protocol, port) {
      const known = books.get(protocol) ?? make(protocol, port);
      books.set(protocol, known);
      return known.intake;
    },
    list: () =>
      [...books.values()]
        .map(({ state }) => ({ ...state, refusals: [...state.refusals.values()].sort((a, b) => b.at - a.at) }))
        .sort((a, b) => (a.protocol < b.protocol ? -1 : 1)),
  };
}

/** Opens what an intake listens on, and writes in the book that it is open, or why not. */
export async function opening(intake: Intake, open: () => Promise<number>): Promise<void> {
  try {
    intake.opened(await open());
  } catch (error) {
    intake.closed((error as Error).message);
    throw error;
  }
}

/** Control characters would make a mess of a terminal. */
const shown = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text).replace(/[\u0000-\u001f\u007f]/g, '·');
