/** The messages of an OTLP metrics request as protobuf's JSON form has them: what each field is called, its number and its kind. */
export type FieldKind = 'string' | 'bool' | 'double' | 'fixed64' | 'sfixed64' | 'uint64' | 'int64' | 'uint32' | 'sint32' | 'bytes' | 'hex';

export interface Field {
  readonly number: number;
  readonly kind: FieldKind | Message;
  readonly repeated?: true;
}
export type Message = Readonly<Record<string, Field>>;

const one = (number: number, kind: Field['kind']): Field => ({ number, kind });
const many = (number: number, kind: Field['kind']): Field => ({ number, kind, repeated: true });

const anyValue: Record<string, Field> = {
  stringValue: one(1, 'string'),
  boolValue: one(2, 'bool'),
  intValue: one(3, 'int64'),
  doubleValue: one(4, 'double'),
  bytesValue: one(7, 'bytes'),
};
const keyValue: Message = { key: one(1, 'string'), value: one(2, anyValue) };
anyValue['arrayValue'] = one(5, { values: many(1, anyValue) });
anyValue['kvlistValue'] = one(6, { values: many(1, keyValue) });

const exemplar: Message = {
  timeUnixNano: one(2, 'fixed64'),
  asDouble: one(3, 'double'),
  spanId: one(4, 'hex'),
  traceId: one(5, 'hex'),
  asInt: one(6, 'sfixed64'),
  filteredAttributes: many(7, keyValue),
};
const numberPoint: Message = {
  startTimeUnixNano: one(2, 'fixed64'),
  timeUnixNano: one(3, 'fixed64'),
  asDouble: one(4, 'double'),
  exemplars: many(5, exemplar),
  asInt: one(6, 'sfixed64'),
  attributes: many(7, keyValue),
  flags: one(8, 'uint32'),
};
const histogramPoint: Message = {
  startTimeUnixNano: one(2, 'fixed64'),
  timeUnixNano: one(3, 'fixed64'),
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  bucketCounts: many(6, 'fixed64'),
  explicitBounds: many(7, 'double'),
  exemplars: many(8, exemplar),
  attributes: many(9, keyValue),
  flags: one(10, 'uint32'),
  min: one(11, 'double'),
  max: one(12, 'double'),
};
const buckets: Message = { offset: one(1, 'sint32'), bucketCounts: many(2, 'uint64') };
const exponentialPoint: Message = {
  attributes: many(1, keyValue),
  startTimeUnixNano: one(2, 'fixed64'),
  timeUnixNano: one(3, 'fixed64'),
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  scale: one(6, 'sint32'),
  zeroCount: one(7, 'fixed64'),
  positive: one(8, buckets),
  negative: one(9, buckets),
  flags: one(10, 'uint32'),
  exemplars: many(11, exemplar),
  min: one(12, 'double'),
  max: one(13, 'double'),
  zeroThreshold: one(14, 'double'),
};
const summaryPoint: Message = {
  startTimeUnixNano: one(2, 'fixed64'),
  timeUnixNano: one(3, 'fixed64'),
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  quantileValues: many(6, { quantile: one(1, 'double'), value: one(2, 'double') }),
  attributes: many(7, keyValue),
  flags: one(8, 'uint32'),
};
const metric: Message = {
  name: one(1, 'string'),
  description: one(2, 'string'),
  unit: one(3, 'string'),
  gauge: one(5, { dataPoints: many(1, numberPoint) }),
  sum: one(7, { dataPoints: many(1, numberPoint), aggregationTemporality: one(2, 'uint32'), isMonotonic: one(3, 'bool') }),
  histogram: one(9, { dataPoints: many(1, histogramPoint), aggregationTemporality: one(2, 'uint32') }),
  exponentialHistogram: one(10, { dataPoints: many(1, exponentialPoint), aggregationTemporality: one(2, 'uint32') }),
  summary: one(11, { dataPoints: many(1, summaryPoint) }),
};
const scope: Message = { name: one(1, 'string'), version: one(2, 'string'), attributes: many(3, keyValue) };

export const metricsRequest: Message = {
  resourceMetrics: many(1, {
    resource: one(1, { attributes: many(1, keyValue) }),
    scopeMetrics: many(2, { scope: one(1, scope), metrics: many(2, metric) }),
  }),
};
