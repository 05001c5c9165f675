/** How OpenTelemetry's names become Prometheus', after Prometheus' `otlp.translation_strategy`. */
export type Translation =
  | 'UnderscoreEscapingWithSuffixes'
  | 'UnderscoreEscapingWithoutSuffixes'
  | 'NoUTF8EscapingWithSuffixes'
  | 'NoTranslation';

/** Settings of OTLP metrics, under `otlp:` in nines.yaml. */
export interface OtlpSettings {
  readonly translation: Translation;
  /** Resource attributes that become labels of every series; the others are labels of `target_info`. */
  readonly promoteResourceAttributes: readonly string[];
  /** Scope name, version and attributes as labels `otel_scope_…`. */
  readonly promoteScope: boolean;
}

export const DEFAULT_OTLP_SETTINGS: OtlpSettings = {
  translation: 'UnderscoreEscapingWithSuffixes',
  promoteResourceAttributes: [],
  promoteScope: false,
};
