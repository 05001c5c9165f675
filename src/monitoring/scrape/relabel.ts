/** Relabelling, as https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config has it. */
import { createHash } from 'node:crypto';
import { compileRe2, expandTemplate } from '../promql/index.ts';
import type { RelabelStep } from './relabel-step.ts';
import type { Labels } from '../series.ts';

/** The labels after all steps, those without a value left out; undefined where a step drops them. */
export type Relabel = (labels: Labels) => Labels | undefined;

type Draft = Record<string, string>;
/** Changes the labels; false drops them. */
type Step = (labels: Draft) => boolean;

/** Throws an Error where an expression isn't one. */
export function compileRelabel(steps: readonly RelabelStep[]): Relabel {
  const compiled = steps.map(compileStep);
  return (labels) => {
    const draft: Draft = { ...labels };
    for (const step of compiled) if (!step(draft)) return undefined;
    for (const name in draft) if (draft[name] === '') delete draft[name];
    return draft;
  };
}

/** What is wrong with a step, or undefined. */
export function relabelProblem(step: RelabelStep): string | undefined {
  try {
    compileStep(step);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function compileStep(step: RelabelStep): Step {
  const { action, targetLabel: target = '', replacement } = step;
  const regexp = compileRe2(step.regex);
  const source = (labels: Draft): string => step.sourceLabels.map((name) => labels[name] ?? '').join(step.separator);
  const matches = (text: string): boolean => regexp.exec(text) !== null;
  const always =
    (change: (labels: Draft) => void): Step =>
    (labels) => {
      change(labels);
      return true;
    };
  switch (action) {
    case 'keep':
      return (labels) => matches(source(labels));
    case 'drop':
      return (labels) => !matches(source(labels));
    case 'keepequal':
      return (labels) => source(labels) === (labels[target] ?? '');
    case 'dropequal':
      return (labels) => source(labels) !== (labels[target] ?? '');
    case 'hashmod':
      return always((labels) => set(labels, target, hashOf(source(labels), step.modulus!)));
    case 'lowercase':
      return always((labels) => set(labels, target, source(labels).toLowerCase()));
    case 'uppercase':
      return always((labels) => set(labels, target, source(labels).toUpperCase()));
    case 'labelmap':
      return always((labels) => {
        for (const [name, value] of Object.entries(labels)) {
          const match = regexp.exec(name);
          if (match !== null) set(labels, expandTemplate(replacement, match), value);
        }
      });
    case 'labeldrop':
    case 'labelkeep':
      return always((labels) => {
        for (const name of Object.keys(labels)) if (matches(name) === (action === 'labeldrop')) delete labels[name];
      });
    default:
      return always((labels) => {
        const match = regexp.exec(source(labels));
        if (match === null) return;
        const name = expandTemplate(target, match);
        if (name !== '') set(labels, name, expandTemplate(replacement, match));
      });
  }
}

function set(labels: Draft, name: string, value: string): void {
  // An object can't hold a label of this name; no one means it well.
  if (name === '__proto__') return;
  labels[name] = value;
}

/** The last eight bytes of the MD5 sum, as a number, modulo `modulus`: what Prometheus takes. */
const hashOf = (text: string, modulus: number): string =>
  String(createHash('md5').update(text).digest().readBigUInt64BE(8) % BigInt(modulus));
