/** Relabelling as documents have it: the steps of Prometheus' `relabel_config`, in the spelling of nines' own documents. */
import { z } from 'zod';

const ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
] as const;

const NEEDS_TARGET: readonly string[] = ['replace', 'keepequal', 'dropequal', 'hashmod', 'lowercase', 'uppercase'];

export const relabelStep = z
  .strictObject({
    sourceLabels: z.array(z.string().min(1).max(512)).max(50).default([]).describe('Their values, joined, are what the step looks at.'),
    separator: z.string().max(100).default(';').describe('Put between the values.'),
    regex: z.string().max(10_000).default('(.*)').describe('An RE2 expression that must match the whole.'),
    modulus: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional().describe('For `hashmod`.'),
    targetLabel: z.string().min(1).max(512).optional().describe('The label that the step writes or compares; `$1` is a group of `regex`.'),
    replacement: z.string().max(8_192).default('$1').describe('What is written; `$1` is a group of `regex`.'),
    action: z.enum(ACTIONS).default('replace'),
  })
  .check((context) => {
    const { action, targetLabel, modulus } = context.value;
    const issue = (path: string, message: string): void =>
      void context.issues.push({ code: 'custom', path: [path], message, input: context.value });
    if (targetLabel === undefined && NEEDS_TARGET.includes(action)) issue('targetLabel', `the action ${action} needs a targetLabel`);
    if (modulus === undefined && action === 'hashmod') issue('modulus', 'the action hashmod needs a modulus');
  });

export const relabelSteps = z.array(relabelStep).max(1_000);
export type RelabelStep = z.output<typeof relabelStep>;
