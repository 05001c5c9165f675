export { createOtlpIntake } from './otlp-intake.ts';
export { DEFAULT_OTLP_SETTINGS, type OtlpSettings } from './settings.ts';
