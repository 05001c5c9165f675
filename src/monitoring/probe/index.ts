export type { Probe, ProbeOptions } from './http-probe.ts';
export { probeKind } from './probe-kind.ts';
export type { CertificateSummary, Hop, Phase, PhaseTimes, ProbeResult } from './probe-result.ts';
export { createProbeRunner, type ProbeRunner, type ProbeRunnerOptions, type ProbeState } from './probe-runner.ts';
