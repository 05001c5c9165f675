import { expect, test } from 'vitest';
import { Queries } from './queries.ts';
import { compileTemplate, type TemplateInput } from './template.ts';
import { Sample } from './values.ts';

const input: TemplateInput = {
  name: 'Down',
  now: 1_435_065_584_000,
  externalLabels: { region: 'eu' },
  externalUrl: 'http://prometheus.example/path',
  labels: { instance: 'web-1:9100', service: 'shop', code: '500' },
  value: 0.123456,
};

test.each([
  ['plain', 'plain'],
  ['{{ $labels.instance }} is down', 'web-1:9100 is down'],
  ['{{ .Labels.instance }}', 'web-1:9100'],
  ['{{ $.Labels.service }}', 'shop'],
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
  ['{{ index $labels "code" }}', '500'],
  ['{{ stripPort $labels.instance }}', 'web-1'],
  ['a {{- /* nothing */ -}} b', 'ab'],
  ['a {{- $labels.code -}} b', 'a500b'],
  ['a {{- $labels.code }} b', 'a500 b'],
  ['{{ if gt $value 0.1 }}high{{ else }}low{{ end }}', 'high'],
  ['{{ if eq $labels.code "404" }}missing{{ else if eq $labels.code "500" }}broken{{ else }}?{{ end }}.', 'broken.'],
  ['{{ if $labels.nothing }}x{{ end }}y', 'y'],
  ['{{ if match "5.." $labels.code }}5xx{{ end }}', '5xx'],
  ['{{ printf "%5.1f|%-4s|%04.0f" 2.25 "ab" 7.0 }}', '  2.2|ab  |0007'],
  ['{{ ($value | printf "%.1f") | toUpper }}', '0.1'],
])('%s', (template, expected) => {
  expect(compileTemplate(template).expand(input)).toBe(expected);
});

const ANSWERS: Readonly<Record<string, readonly Sample[] | string>> = {
  q: [new Sample({ i: 'b' }, 2), new Sample({ i: 'a' }, 1), new Sample({ i: 'c' }, 3)],
  'q{i="a"}': [new Sample({ i: 'a' }, 1)],
  none: [],
  'q{': '1:3: parse error: unexpected end of input inside braces',
};

async function expand(text: string): Promise<{ text: string; rounds: number }> {
  const template = compileTemplate(text);
  const queries = new Queries();
  const ask = async (expr: string) => ANSWERS[expr] ?? [];
  let expanded = template.expand({ ...input, queries });
  let rounds = 0;
  while (await queries.resolve(ask)) {
    rounds++;
    expanded = template.expand({ ...input, queries });
  }
  return { text: expanded, rounds };
}

/** Held against promtool in test/conformance/rule-tests.test.ts: these are what it printed. */
const place = (at: number, what: string): string =>
  `<error expanding template: error executing template __alert_Down: template: __alert_Down:1:${at}: executing "__alert_Down" at ${what}>`;

test.each([
  ['{{ range query "q" }}{{ .Labels.i }}={{ .Value }} {{ end }}', 'b=2 a=1 c=3 '],
  ['{{ range $n, $s := query "q" | sortByLabel "i" }}{{ $n }}:{{ $s | label "i" }}={{ value $s }},{{ end }}', '0:a=1,1:b=2,2:c=3,'],
  ['{{ with query "q" }}{{ . | first | value | humanize }}{{ end }}', '2'],
  ['{{ with query "none" }}{{ . | first | value }}{{ else }}none{{ end }}', 'none'],
  ['{{ range query "none" }}x{{ else }}empty{{ end }}', 'empty'],
  ['{{ range query "q" }}{{ if eq .Value 1.0 }}{{ break }}{{ end }}{{ .Value }}{{ end }}', '2'],
  ['{{ range query "q" }}{{ if eq .Value 1.0 }}{{ continue }}{{ end }}{{ .Value }}{{ end }}', '23'],
  ['{{ query "none" | first | value }}', place(130, '<first>: error calling first: first() called on vector with no elements')],
  ['{{ query "q{" }}', place(115, '<query "q{">: error calling query: 1:3: parse error: unexpected end of input inside braces')],
  ['{{ if gt $value 1 }}x{{ end }}', place(118, '<gt $value 1>: error calling gt: incompatible types for comparison')],
  ['{{ .Foo }}', place(115, "<.Foo>: can't evaluate field Foo in type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }")],
  ['{{ toUpper 5 }}', place(123, '<5>: expected string; found 5')],
  ['{{ $value | toUpper }}', place(124, '<toUpper>: wrong type for value; expected string; got float64')],
  ['{{ template "nothere" }}', place(124, '<{{template "nothere"}}>: template "nothere" not defined')],
  ['{{ define "t" }}[{{ .arg0 }}-{{ .arg1 }}]{{ end }}{{ template "t" (args 1 "x") }}{{ tmpl "t" (args 2 $labels.code) }}', '[1-x][2-500]'],
  ['{{ block "b" $labels }}{{ .code }}{{ end }}', '500'],
  ['{{ $x := 5 }}{{ $x }}{{ $x = 6 }}{{ if true }}{{ $x = 7 }}{{ $x := 8 }}{{ $x }}{{ end }}{{ $x }}', '587'],
  ['{{ range $k, $v := $labels }}{{ $k }}:{{ $v }};{{ end }}', 'code:500;instance:web-1:9100;service:shop;'],
  ['{{ externalURL }} {{ pathPrefix }} {{ $externalURL }} {{ $externalLabels.region }} {{ .ExternalLabels }}', 'http://prometheus.example/path /path http://prometheus.example/path eu map[region:eu]'],
  ['{{ graphLink "up == 0" }} {{ tableLink "x" }}', '/graph?g0.expr=up+%3D%3D+0&g0.tab=0 /graph?g0.expr=x&g0.tab=1'],
  ['{{ printf "%d|%5d|%-5d|%05d|%x|%X|%o|%b|%c|%U|%t" 42 42 42 42 255 255 8 5 65 65 true }}', '42|   42|42   |00042|ff|FF|10|101|A|U+0041|true'],
  ['{{ printf "%d" "x" }} {{ printf "%s" 1 }} {{ printf "%d" }} {{ printf "a" 1 "x" }} {{ printf "%!" }} {{ printf "%[2]d %[1]d" 1 2 }} {{ printf "%*d|" 5 1 }}', '%!d(string=x) %!s(int=1) %!d(MISSING) a%!(EXTRA int=1, string=x) %!!(NOVERB) 2 1     1|'],
  ['{{ print 1 2 "a" 3 4 }} {{ len "héllo" }} {{ slice "abcdef" 1 3 }} {{ index "abc" 1 }}', '1 2a3 4 6 bc 98'],
  [`{{ html "<a href='x'>&" }} {{ js "it's <b>=" }} {{ urlquery "a b&c/é" }} {{ urlQueryEscape "a/b" }} {{ safeHtml "<b>" }}`, "&lt;a href=&#39;x&#39;&gt;&amp; it\\'s \\u003Cb\\u003E\\u003D a+b%26c%2F%C3%A9 a%2Fb <b>"],
  ['{{ and 1 0 2 }} {{ or 0 "" "x" }} {{ not 1 }} {{ or true (index $labels 1) }}', '0 x false true'],
  ['{{ (index (query "q") 1).Value }} {{ (query "q" | first).Labels.i }} {{ strvalue (query "q" | first) }}|', '1 b |'],
  ['{{ parseDuration "1h30m" }} {{ (1435065584.128 | toTime).Format "2006-01-02T15:04:05.000Z07:00" }} {{ (toTime 0).Year }} {{ toDuration 90.5 }} {{ now }}', '5400 2015-06-23T13:19:44.128Z 1970 1m30.5s 1.435065584e+09'],
  ['{{ printf "%08.3f|%+d|% d|%#x|%x" 3.14159 5 5 255 "hi" }} {{ printf "%.0f %.0f %.1f %.3g %e" 2.5 3.5 2.25 1234.5678 0.00012 }}', '0003.142|+5| 5|0xff|6869 2 4 2.2 1.23e+03 1.200000e-04'],
  ['{{ stripDomain "web.example.com:80" }} {{ stripDomain "10.0.0.1:90" }} {{ stripDomain "[::1]:90" }} {{ stripPort "::1" }} {{ reReplaceAll "a*" "x" "baaac" }}', 'web:80 10.0.0.1:90 [::1]:90 ::1 xbxcx'],
])('%s', async (text, expected) => {
  expect((await expand(text)).text).toBe(expected);
}); // prettier-ignore

test('a query made of the answer of another is asked in a round of its own', async () => {
  const text = '{{ range query "q" }}{{ range printf "q{i=%q}" .Labels.i | query }}{{ .Value }}{{ end }}{{ end }}';
  expect(await expand(text)).toEqual({ text: '1', rounds: 2 });
});

test.each([
  ['{{ $x }}', 'undefined variable "$x"'],
  ['{{ $labels.a', 'unclosed action'],
  ['{{ nonsense $value }}', 'function "nonsense" not defined; known are and, args'],
  ['{{ if $value }}x', 'without {{end}}'],
  ['x{{ end }}', 'unexpected {{end}}'],
  ['{{ $value | "x" }}', 'non executable command in pipeline stage 2'],
  ['{{ }}', 'empty'],
  ['{{ break }}', 'outside {{range}}'],
  ['{{ (1 }}', 'unclosed left paren'],
  ['{{ "a }}', 'unterminated quoted string'],
  ['a\nb {{ /* x }}', 'line 2 of the template: unexpected "/"'],
  ['{{/* x }}', 'unclosed comment'],
  ['{{ range $a, $b, $c := . }}{{ end }}', 'too many declarations'],
  ['{{ 1.x }}', 'number'],
  ['{{ if 1 }}'.repeat(200), 'nested more than 100 deep'],
  ['{{ define "a" }}{{ define "b" }}{{ end }}{{ end }}', 'unexpected {{define}}'],
])('%s is refused', (template, reason) => {
  expect(() => compileTemplate(template)).toThrow(reason);
});

test.each([
  ['an endless loop', '{{ range 1000000000 }}{{ end }}', 'steps'],
  ['one that calls itself', '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}', 'exceeded maximum template depth'],
  ['one that doubles itself', `{{ $x := "xxxxxxxxxx" }}${'{{ $x = print $x $x }}'.repeat(40)}`, 'longer than'],
  ['one that fans out', `${Array.from({ length: 40 }, (_, i) => `{{ define "t${i}" }}{{ template "t${i + 1}" }}{{ template "t${i + 1}" }}{{ end }}`).join('')}{{ define "t40" }}{{ end }}{{ template "t0" }}`, 'steps'],
  ['a wide number', '{{ range 100 }}{{ printf "%9999d" 1 }}{{ end }}', 'longer than'],
  ['an expression made to hang', `{{ match "(a|a){1,100}b" "${'a'.repeat(100)}" }}`, 'takes too long'],
])('%s ends within a second', (_, text, reason) => {
  const began = performance.now();
  expect(compileTemplate(text).expand(input)).toContain(reason);
  expect(performance.now() - began).toBeLessThan(1000);
}); // prettier-ignore

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
