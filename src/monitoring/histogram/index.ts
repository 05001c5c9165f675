/** Native histograms: reckoning with them, telling resets, and writing them down. The shape is in ../histogram.ts. */
export { add, divide, multiply, subtract, type Combined } from './arithmetic.ts';
export { toSchema } from './align.ts';
export { CUSTOM } from './bounds.ts';
export { decodeHistogram, encodeHistogram } from './codec.ts';
export { isReset, withKnownHint } from './counter-reset.ts';
export { finishDraft, newDraft, readDeltas, readDoubles, readSpan, zigzag, type HistogramDraft } from './draft.ts';
export { equals } from './equal.ts';
export { bucketsOf, type Bucket } from './iterate.ts';
export { emptyLike, loosen, tighten, withHint } from './make.ts';
export { formatNotation, parseHistogram, type Notation } from './notation.ts';
export { fraction, quantile, variance } from './statistics.ts';
export { histogramText } from './text.ts';
export { trim } from './trim.ts';
export { histogramProblem } from './validate.ts';
