import type { RunningRule } from './running-rule.ts';

/** All rules together: a pass over those that arrival concerns is followed by so many times its work in rest, and more where it is long. */
const REST_PER_PASS = 4;
const REST_PER_LONG_PASS = 20;
const LONG_PASS_MS = 500;
/** The most that a rule's first evaluation at arrival counts. */
const FIRST_MS = 1;

/** What evaluating rules whenever their samples arrive takes, all of them together. */
export class ArrivalLoad {
  /** A pass over all rules, in milliseconds. */
  #passMs = 0;

  /** These rules are the ones in force. */
  replace(rules: Iterable<RunningRule>): void {
    this.#passMs = 0;
    for (const { arrivalMs } of rules) this.#passMs += arrivalMs;
  }

  /** So long must they rest after a pass, in milliseconds. */
  get restMs(): number {
    return this.#passMs * (this.#passMs > LONG_PASS_MS ? REST_PER_LONG_PASS : REST_PER_PASS);
  }

  /** A rule was evaluated. After a busy moment arrival is believed to take less with each turn: else alerts would wait for their interval for ever. */
  note(running: RunningRule, tookMs: number, atArrival: boolean): void {
    const before = running.arrivalMs;
    // What is slow once was held up by something else, and the first time says little.
    if (atArrival) running.arrivalMs = Math.min(tookMs, before === 0 ? FIRST_MS : before * 1.5);
    else if (tookMs < before) running.arrivalMs = Math.max(tookMs, before / 2);
    this.#passMs += running.arrivalMs - before;
  }
}
