import type { WindowUse } from '../../series.ts';
import type { Context } from './context.ts';

/** What a selector's windows are for, as the source is told, and what the source made of it. */
export class Asked implements WindowUse {
  readonly use: string;
  readonly first: number;
  readonly step: number;
  readonly last: number;
  readonly range: number;
  readonly skipped: number;
  readonly resolution: string;
  /** The range that windows have to have, which rollups may make longer. */
  answered: number;
  /** The width of the buckets that were read, where windows don't begin and end with them. */
  width: number | undefined;
  private readonly context: Context;

  constructor(context: Context, use: string, ends: Pick<WindowUse, 'first' | 'step' | 'last'>, range: number) {
    this.context = context;
    this.use = use;
    this.first = ends.first;
    this.step = ends.step;
    this.last = ends.last;
    this.range = range;
    this.answered = range;
    this.skipped = context.options.skipped ?? 0;
    this.resolution = context.options.resolution ?? 'auto';
  }

  report({ note, range, width }: Parameters<WindowUse['report']>[0]): void {
    this.context.infos.add(note);
    this.answered = Math.max(this.answered, range);
    if (width !== undefined) this.width = Math.max(width, this.width ?? 0);
  }
}
