import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { relabelStep } from './relabel-step.ts';
import type { Labels } from '../series.ts';
import { compileRelabel, relabelProblem } from './relabel.ts';

const relabel = (labels: Labels, ...steps: unknown[]) => compileRelabel(steps.map((step) => relabelStep.parse(step)))(labels);
const hash = (text: string, modulus: bigint) => String(BigInt(`0x${createHash('md5').update(text).digest('hex').slice(16)}`) % modulus);

test.each<[labels: Labels, step: unknown, after: Labels | undefined]>([
  [{ a: 'foo' }, { sourceLabels: ['a'], targetLabel: 'b' }, { a: 'foo', b: 'foo' }],
  [
    { a: 'foo', b: 'bar' },
    { sourceLabels: ['a', 'b'], regex: '(.)oo;(.)ar', targetLabel: 'c', replacement: '${1}_$2' },
    { a: 'foo', b: 'bar', c: 'f_b' },
  ],
  [{ a: 'foo' }, { sourceLabels: ['a'], regex: 'fo', targetLabel: 'b' }, { a: 'foo' }],
  [{ a: 'foo', b: 'x' }, { sourceLabels: ['a'], targetLabel: 'b', replacement: '' }, { a: 'foo' }],
  [{ a: 'foo' }, { sourceLabels: ['a'], targetLabel: '${1}_total', replacement: 'y' }, { a: 'foo', foo_total: 'y' }],
  [{ a: 'foo' }, { sourceLabels: ['a'], regex: 'f.*', action: 'keep' }, { a: 'foo' }],
  [{ a: 'foo' }, { sourceLabels: ['a'], regex: 'o', action: 'keep' }, undefined],
  [{ a: 'foo' }, { sourceLabels: ['a'], regex: 'foo|bar', action: 'drop' }, undefined],
  [{}, { sourceLabels: ['none'], regex: '', action: 'drop' }, undefined],
  [
    { a: 'x', b: 'x' },
    { sourceLabels: ['a'], targetLabel: 'b', action: 'keepequal' },
    { a: 'x', b: 'x' },
  ],
  [{ a: 'x', b: 'y' }, { sourceLabels: ['a'], targetLabel: 'b', action: 'keepequal' }, undefined],
  [{ a: 'x', b: 'x' }, { sourceLabels: ['a'], targetLabel: 'b', action: 'dropequal' }, undefined],
  [{ a: 'x' }, { sourceLabels: ['a'], targetLabel: 'm', modulus: 1000, action: 'hashmod' }, { a: 'x', m: hash('x', 1000n) }],
  [{ a: 'Ab' }, { sourceLabels: ['a'], targetLabel: 'a', action: 'lowercase' }, { a: 'ab' }],
  [{ a: 'Ab' }, { sourceLabels: ['a'], targetLabel: 'a', action: 'uppercase' }, { a: 'AB' }],
  [
    { __meta_x: '1', y: '2' },
    { regex: '__meta_(.+)', action: 'labelmap' },
    { __meta_x: '1', x: '1', y: '2' },
  ],
  [{ a1: '1', b: '2' }, { regex: 'a.', action: 'labeldrop' }, { b: '2' }],
  [{ a1: '1', b: '2' }, { regex: 'a.', action: 'labelkeep' }, { a1: '1' }],
  [{ a: '1' }, { targetLabel: '__proto__', replacement: 'x' }, { a: '1' }],
])('%j after %j', (labels, step, after) => {
  expect(relabel(labels, step)).toEqual(after);
});

test('steps take what the ones before them left', () => {
  const steps = [
    { sourceLabels: ['a'], targetLabel: 'b' },
    { regex: 'a', action: 'labeldrop' },
    { sourceLabels: ['b'], regex: '1', action: 'keep' },
  ];
  expect(relabel({ a: '1' }, ...steps)).toEqual({ b: '1' });
});

test('a step that lacks what its action needs is refused', () => {
  expect(() => relabelStep.parse({ action: 'hashmod', targetLabel: 'a' })).toThrow('needs a modulus');
  expect(() => relabelStep.parse({})).toThrow('needs a targetLabel');
  expect(relabelProblem(relabelStep.parse({ regex: '(', action: 'keep' }))).toContain('missing closing )');
});

test('any expression relabels in time or is refused', async () => {
  const piece = fc.constantFrom('(', ')', '.*', '(a+)+', '[a-z]', '|', '$', '^', 'a', '\\d', '{2,}', '?', '(?i)');
  const expression = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
  );
  await fuzz(
    fc.property(expression, fc.string({ maxLength: 60 }), (regex, value) => {
      const step = relabelStep.parse({ regex, sourceLabels: ['a'], targetLabel: 'b' });
      if (relabelProblem(step) === undefined) compileRelabel([step])({ a: `${value}${'a'.repeat(40)}` });
    }),
    500,
  );
});
