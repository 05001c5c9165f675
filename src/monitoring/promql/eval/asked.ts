import type { WindowUse } from '../../series.ts';
import type { Context } from './context.ts';

/** What a selector's windows are for, as the source is told, and what the source made of it. */
export class Asked implements WindowUse {
  readonly use: string;
  readonly first: number;
  readonly step: number;
  readonly last: number;
  readonly range: number;
  readonly resolution: string;
  /** The range that windows have to have, which rollups may make longer. */
  answered: number;
  /** Whether windows begin and end where what was read does. */
  exact = true;
  private readonly context: Context;

  constructor(context: Context, use: string, ends: Pick<WindowUse, 'first' | 'step' | 'last'>, range: number) {
    this.context = context;
    this.use = use;
    this.first = ends.first;
    this.step = ends.step;
    this.last = ends.last;
    this.range = range;
    this.answered = range;
    this.resolution = context.options.resolution ?? 'auto';
  }

  report({ note, range, exact }: Parameters<WindowUse['report']>[0]): void {
    this.exact &&= exact;
    this.answered = Math.max(this.answered, range);
    if (note !== undefined) this.context.infos.add(note);
  }
}
