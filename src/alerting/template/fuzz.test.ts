/** Any text is either refused with a `TemplateError` or expanded, soon. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { compileTemplate } from './template.ts';
import { functionNames } from './run.ts';
import { TemplateError } from './template-error.ts';

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
