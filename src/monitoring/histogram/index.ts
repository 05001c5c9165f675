/** Native histograms: telling resets, writing them down, checking them. The shape is in ../histogram.ts. */
export { toSchema } from './align.ts';
export { CUSTOM, HIGHEST_SCHEMA } from './bounds.ts';
export { decodeHistogram, encodeHistogram } from './codec.ts';
export { withKnownHint } from './counter-reset.ts';
export { loosen, tighten } from './make.ts';
export { formatNotation, parseHistogram } from './notation.ts';
export { histogramProblem, MOST_BUCKETS } from './validate.ts';
