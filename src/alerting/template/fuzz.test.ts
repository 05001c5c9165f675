/** Any text is either refused with a `TemplateError` or expanded, soon. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { compileTemplate } from './template.ts';
import { functionNames } from './run.ts';
import { alertmanagerFunctionNames } from './alertmanager-functions.ts';
import { expandNotification } from './alertmanager-template.ts';
import { TemplateError } from './template-error.ts';
import { Data, Listing, MethodMap, Time, type Value } from './values.ts';

const piece = fc.oneof(
  fc.constantFrom('{{', '}}', '{{-', '-}}', ' ', '|', '(', ')', '.', '$', ':=', '=', ',', '"', '`', "'", '/*', '*/', '\\', '\n', '\u00e9', '\ud800'),
  fc.constantFrom('if', 'else', 'end', 'range', 'with', 'define "a"', 'template "a"', 'block "b" .', 'break', 'continue', 'nil', 'true'),
  fc.constantFrom('$labels', '$value', '.Labels', '.Value', '$x', '$x := 1', '.i', '5', '1.5', '-0x1f', '"s"', '1e400', "'a'"),
  fc.constantFrom(...functionNames),
  fc.string({ maxLength: 5 }),
); // prettier-ignore

const operand = fc.constantFrom('$labels', '$value', '.', '$', '.Value', '.Labels.a', '"s"', '"%5.2f%v"', '1', '2.5', 'nil', 'true', '(query "q")', '(toTime 1)', '(args 1 .)'); // prettier-ignore
const command = fc.tuple(fc.constantFrom(...functionNames), fc.array(operand, { maxLength: 3 })).map(([name, args]) => [name, ...args].join(' ')); // prettier-ignore
const pipeline = fc.array(command, { minLength: 1, maxLength: 3 }).map((commands) => commands.join(' | '));
const { template } = fc.letrec<{ template: string }>((tie) => ({
  template: fc
    .array(
      fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('text', ' '),
        pipeline.map((text) => `{{ ${text} }}`),
        fc
          .tuple(fc.constantFrom('if', 'range', 'with'), fc.oneof(operand, pipeline), tie('template'), tie('template'))
          .map(([word, test, then, otherwise]) => `{{ ${word} ${test} }}${then}{{ else }}${otherwise}{{ end }}`),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join('')),
}));

const check = (text: string): void => {
  const began = performance.now();
  try {
    expect(typeof compileTemplate(text).expand({ labels: { a: 'b' }, value: 1.5, name: 'A' })).toBe('string');
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateError);
  }
  expect(performance.now() - began).toBeLessThan(1_000);
};

test('pieces in any order', async () => {
  await fuzz(fc.property(fc.array(piece, { maxLength: 20 }).map((parts) => parts.join('')), check), 3_000); // prettier-ignore
});

test('templates that are well formed', async () => {
  await fuzz(fc.property(template, check), 3_000);
});

const notified = new Data(new Map<string, Value>([['Alerts', new Listing([1n, 'a'], 'template.Alerts', { Firing: () => [] })], ['Labels', new MethodMap({ a: 'b' }, { Names: () => ['a'] })], ['At', new Time(0)]])); // prettier-ignore
const DOTS = ['.', '.Alerts', '.Alerts.Firing', '.Labels.Names', '.Labels.a', '.At', '(stringSlice "a" "b")', '"s"', '1', '(.At.Sub .At)'];
const called = fc.tuple(fc.constantFrom(...alertmanagerFunctionNames), fc.array(fc.constantFrom(...DOTS), { maxLength: 3 })).map(([name, args]) => [name, ...args].join(' ')); // prettier-ignore

test('templates of receivers', async () => {
  const pipes = fc.array(called, { minLength: 1, maxLength: 3 }).map((calls) => `{{ ${calls.join(' | ')} }}`);
  const text = fc.oneof(pipes, fc.tuple(fc.constantFrom(...DOTS), pipes).map(([dot, body]) => `{{ range ${dot} }}${body}{{ end }}`)); // prettier-ignore
  const expand = (given: string): void => {
    const began = performance.now();
    try {
      expect(typeof expandNotification(given, notified, { definitions: new Map(), now: 0, escape: given.length % 2 === 0 })).toBe('string');
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateError);
    }
    expect(performance.now() - began).toBeLessThan(1_000);
  };
  await fuzz(fc.property(text, expand), 3_000);
  await fuzz(
    fc.property(
      fc.array(piece, { maxLength: 20 }).map((parts) => parts.join('')),
      expand,
    ),
    1_000,
  );
});
