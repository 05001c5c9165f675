/** The shapes of a program's own metrics, as the registry gives them and the store takes them. */
export type MetricLabels = Readonly<Record<string, string>>;

export interface MetricSample {
  readonly name: string;
  readonly labels: MetricLabels;
  readonly value: number;
}

export type RegistryMetricType = 'counter' | 'gauge' | 'histogram';

export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  readonly type: RegistryMetricType;
}
