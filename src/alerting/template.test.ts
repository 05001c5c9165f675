import { expect, test } from 'vitest';
import { compileTemplate } from './template.ts';

const input = { labels: { instance: 'web-1:9100', service: 'shop', code: '500' }, value: 0.123456 };

test.each([
  ['plain', 'plain'],
  ['{{ $labels.instance }} is down', 'web-1:9100 is down'],
  ['{{ .Labels.instance }}', 'web-1:9100'],
  ['{{ $.labels.service }}', 'shop'],
  ['{{ $labels.nothing }}!', '!'],
  ['{{ $value }}', '0.123456'],
  ['{{ .Value | printf "%.2f" }}', '0.12'],
  ['{{ printf "%.1f%% of %s" $value $labels.service }}', '0.1% of shop'],
  ['{{ $value | humanizePercentage }}', '12.35%'],
  ['{{ humanize 1234567.0 }}', '1.235M'],
  ['{{ 0.0042 | humanize }}', '4.2m'],
  ['{{ 1048576 | humanize1024 }}B', '1MiB'],
  ['{{ humanizeDuration 93784 }}', '1d 2h 3m 4s'],
  ['{{ humanizeDuration 0.0123 }}', '12.3ms'],
  ['{{ humanizeDuration 59.5 }}', '59.5s'],
  ['{{ humanizeTimestamp 1435065584.128 }}', '2015-06-23 13:19:44.128 +0000 UTC'],
  ['{{ humanizeTimestamp 1435065580 }}', '2015-06-23 13:19:40 +0000 UTC'],
  ['{{ $labels.service | toUpper }}', 'SHOP'],
  ['{{ "a small shop" | title }}', 'A Small Shop'],
  ['{{ reReplaceAll "(.*):.*" "host $1" $labels.instance }}', 'host web-1'],
  ['{{ $labels.instance | reReplaceAll ":\\\\d+" "" }}', 'web-1'],
  ['{{ index $labels "code" }}', '500'],
  ['{{ stripPort $labels.instance }}', 'web-1'],
  ['a {{- /* nothing */ -}} b', 'ab'],
  ['a {{- $labels.code -}} b', 'a500b'],
  ['a {{- $labels.code }} b', 'a500 b'],
  ['{{ if gt $value 0.1 }}high{{ else }}low{{ end }}', 'high'],
  ['{{ if eq $labels.code "404" }}missing{{ else if eq $labels.code "500" }}broken{{ else }}?{{ end }}.', 'broken.'],
  ['{{ if $labels.nothing }}x{{ end }}y', 'y'],
  ['{{ if match "5.." $labels.code }}5xx{{ end }}', '5xx'],
  ['{{ printf "%5.1f|%-4s|%04.0f" 2.25 "ab" 7.0 }}', '  2.3|ab  |0007'],
  ['{{ ($value | printf "%.1f") | toUpper }}', '0.1'],
  ['{{ $value | toUpper | humanize }}{{ "x" | humanize }}', '<error expanding template: "x" is not a number>'],
])('%s', (template, expected) => {
  expect(compileTemplate(template).expand(input)).toBe(expected);
});

test.each([
  ['{{ range query "up" }}{{ end }}', 'range'],
  ['{{ query "up" }}', 'query'],
  ['{{ $x := 1 }}', '$x'],
  ['{{ $labels.a', 'not closed'],
  ['{{ nonsense $value }}', 'unknown function nonsense'],
  ['{{ if $value }}x', 'without {{ end }}'],
  ['x{{ end }}', 'without {{ if }}'],
  ['{{ $value | "x" }}', 'not a function'],
  ['{{ }}', 'empty'],
])('%s is refused', (template, reason) => {
  expect(() => compileTemplate(template)).toThrow(reason);
});

test.each([
  [0, '0'],
  [1e21, '1e+21'],
  [0.00001, '1e-05'],
  [Infinity, '+Inf'],
  [NaN, 'NaN'],
  [1234567, '1.234567e+06'],
])('$value %d', (value, expected) => {
  expect(compileTemplate('{{ $value }}').expand({ labels: {}, value })).toBe(expected);
});
