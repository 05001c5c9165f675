import { Problem } from '../../platform/problem.ts';

/** A question that Graphite can't answer: in the words of its HTTP answer, status 400. */
export class GraphiteError extends Problem {
  constructor(detail: string, extra: Record<string, unknown> = {}) {
    super(400, 'bad-request', detail, { extra });
    this.name = 'GraphiteError';
  }
}
