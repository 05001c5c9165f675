#!/usr/bin/env node
// Writes docs/reference/documents.md, command.md and settings.md: the schemas of the kinds and of the settings,
// and the command's own options, read from the source. `--check` writes nothing and fails where they are stale.
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import '../bench/typescript.mjs';
import { EXAMPLES } from './reference-examples.mjs';

const root = path.resolve(import.meta.dirname, '..');
const { kinds } = await import('../src/app/kinds.ts');
const { checkDocuments, formatProblem } = await import('../src/catalog/index.ts');
const { buildProgram } = await import('../cli/program.ts');
const { settingsSchema } = await import('../src/app/settings.ts');
const { functionList } = await import('../src/monitoring/graphite/function-list.ts');

const ENVIRONMENT = {
  url: 'NINES_URL',
  port: 'NINES_PORT',
  host: 'NINES_HOST',
  data: 'NINES_DATA',
  config: 'NINES_CONFIG',
  docsUrl: 'NINES_DOCS_URL',
  logLevel: 'NINES_LOG_LEVEL',
  postgres: 'NINES_POSTGRES_URL',
  mailbox: 'NINES_MAILBOX',
  maxEventStreams: 'NINES_MAX_EVENT_STREAMS',
};

const MADE = '<!-- Made by `node scripts/reference.mjs` from the schemas and the command: edit those. -->';
const registry = kinds();

const pages = {
  'documents.md': documentsPage(),
  'command.md': commandPage(),
  'settings.md': settingsPage(),
  'graphite-functions.md': graphitePage(),
};
const check = process.argv.includes('--check');
const stale = Object.entries(pages).filter(([name, text]) => read(name) !== text);
for (const [name, text] of stale) {
  if (check) console.error(`docs/reference/${name} is stale: run node scripts/reference.mjs`);
  else {
    fs.mkdirSync(path.join(root, 'docs/reference'), { recursive: true });
    fs.writeFileSync(path.join(root, 'docs/reference', name), text);
    console.log(`wrote docs/reference/${name}`);
  }
}
process.exitCode = check && stale.length > 0 ? 1 : 0;

function read(name) {
  try {
    return fs.readFileSync(path.join(root, 'docs/reference', name), 'utf8');
  } catch {
    return undefined;
  }
}

/** A default as a person writes it: sizes in MB, durations in the largest unit that fits. */
function settingDefault(name, value) {
  if (value === undefined || (typeof value === 'object' && value !== null)) return '';
  if (typeof value === 'number' && /Memory|Bytes$|maxBody/.test(name)) return `\`${value / 2 ** 20}MB\``;
  if (typeof value === 'number' && /retention|Interval|timeout|^keep$/.test(name) && value >= 1_000)
    return `\`${value % 86_400_000 === 0 ? `${value / 86_400_000}d` : `${value / 1000}s`}\``;
  return `\`${value}\``;
}

function settingsPage() {
  const { properties } = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' });
  const defaults = settingsSchema.parse({});
  const rows = [];
  for (const [name, one] of Object.entries(properties)) {
    // One, or a list of such: told as one, which says that it may be a list.
    const inner = one.properties ?? one.anyOf?.find((way) => way.properties)?.properties;
    if (one.anyOf && inner) rows.push([name, '', '', one.description ?? '']);
    if (!inner)
      rows.push([name, settingDefault(name, defaults[name]), ENVIRONMENT[name] ? `\`${ENVIRONMENT[name]}\`` : '', one.description ?? '']);
    else
      for (const [key, two] of Object.entries(inner))
        rows.push([`${name}.${key}`, settingDefault(key, two.default ?? defaults[name]?.[key]), '', two.description ?? '']);
  }
  const table = rows.map(([name, fallback, variable, text]) => `| \`${name}\` | ${fallback} | ${variable} | ${text} |`).join('\n');
  return `${MADE}

# Settings

\`nines.yaml\`, in the documents' folder or where nines is started (\`--settings FILE\` names another). Flags win over the environment, the
environment over the file. \`\${NAME}\` in a value is the environment's. An unknown or wrong setting stops the start and is named.

| setting | default | environment | |
| --- | --- | --- | --- |
${table}

Only in the environment: \`NINES_ADMIN_TOKEN\`, a bearer token with every right, for set-up by a script.
`;
}

/** Graphite's functions by group, from the same table that answers `/functions`. */
function graphitePage() {
  const groups = JSON.parse(functionList(new URLSearchParams('grouped=1')));
  const sections = Object.keys(groups)
    .sort()
    .map((group) => {
      const rows = Object.values(groups[group]).map(
        (one) => `| \`${one.function}\` | ${one.description.split('\n').at(-1).replaceAll('|', '\\|')} |`,
      );
      return `## ${group}\n\n| call | |\n| --- | --- |\n${rows.join('\n')}\n`;
    });
  return `${MADE}

# Graphite functions

What targets of \`/render\` may call. \`*name\` is any number of arguments, \`name=value\` one that may be left out; any may be given by its name.

${sections.join('\n')}`;
}

function documentsPage() {
  const examples = [...registry.kinds, ...registry.foreignKinds].map((kind) => [kind, EXAMPLES[kind.kind] ?? kind.example]);
  checkExamples(examples);
  const own = examples.map(([kind, example]) => kindSection(kind, example)).join('\n');
  return `${MADE}

# Documents

nines is set up by a folder of YAML documents. A file may hold several, separated by \`---\`; names that begin with a dot
and \`node_modules\` are passed over. \`nines check DIR\` says what is wrong with a folder, where, and what would be right;
\`nines diff DIR\` shows what applying it would change; \`nines apply DIR\` does it, all or nothing; \`nines up --config DIR\`
keeps a folder in force, applies edits as they are saved, and refuses a bad one while the last good one stays in force.

Bounds: 5,000 files, 1 MB a file, 32 MB together, 100 levels of nesting.

Every document has the same four keys:

| key | | |
| --- | --- | --- |
| \`apiVersion\` | **required** | \`nines/v1\`, but where a kind says otherwise |
| \`kind\` | **required** | ${registry.kinds.map(({ kind }) => `[${kind}](#${kind.toLowerCase()})`).join(', ')} |
| \`metadata.name\` | **required** | what other documents call it: 1 to 63 lowercase letters, digits and \`-\` |
| \`metadata.displayName\` | optional | what people read instead of the name |
| \`metadata.labels\`, \`metadata.annotations\` | optional | text by name |
| \`spec\` | **required** | what the kind says below |

Durations are written as \`30s\`, \`5m\`, \`1d12h\`; sizes as \`64KB\`, \`1MB\`.
${registry.foreignKinds.map(({ kind, summary }) => `\nOther files are taken as they are: [${kind}](#${kind.toLowerCase()}). ${summary}`).join('')}

${own}`;
}

/** The reference must not teach what nines refuses. */
function checkExamples(examples) {
  const files = examples.filter(([, text]) => text !== undefined).map(([{ kind }, text]) => ({ file: `${kind}.yaml`, text }));
  const missing = examples.filter(([, text]) => text === undefined).map(([{ kind }]) => kind);
  if (missing.length > 0)
    throw new Error(`No example for ${missing.join(', ')}: add one to the kind, or to scripts/reference-examples.mjs`);
  const { problems } = checkDocuments(files, registry, Date.parse('2026-03-02T00:00:00Z'));
  if (problems.length > 0) throw new Error(`The examples are wrong:\n${problems.map(formatProblem).join('\n')}`);
}

function kindSection(kind, example) {
  const isForeign = 'recognises' in kind;
  const schema = z.toJSONSchema(kind.spec, { io: 'input', unrepresentable: 'any' });
  const rows = fieldRows(schema, isForeign ? '' : 'spec.');
  const version = kind.apiVersion === undefined ? '' : ` \`apiVersion: ${kind.apiVersion}\`.`;
  return `## ${kind.kind}

${kind.summary}${version}

| key | type | default | |
| --- | --- | --- | --- |
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

\`\`\`yaml
${example.trimEnd()}
\`\`\`
`;
}

/** The keys of an object in the order of its schema, each followed by those within it; of alternatives, the keys of all. */
function fieldRows(schema, prefix) {
  const objects = objectsIn(schema);
  const keys = [...new Set(objects.flatMap(({ properties }) => Object.keys(properties)))];
  return keys.flatMap((key) => {
    const holders = objects.filter(({ properties }) => key in properties);
    const given = holders.map(({ properties }) => properties[key]);
    // A key that nines takes and does nothing with says no type.
    if (given.every((one) => Object.keys(one).length === 0)) return [];
    const inner = given.length === 1 ? given[0] : { anyOf: given };
    const [fallback] = given.flatMap((one) => (one.default === undefined ? [] : [one.default]));
    const required = holders.length === objects.length && holders.every((one) => one.required?.includes(key));
    const about = [...new Set(given.flatMap(({ description }) => (description === undefined ? [] : [description])))].join(' ');
    const name = `${prefix}${key}`;
    const presence = fallback === undefined ? (required ? '**required**' : 'optional') : `\`${JSON.stringify(fallback)}\``;
    return [[`\`${name}\``, typeText(inner), presence, cell(about)], ...fieldRows(inner, `${name}${isList(inner) ? '[]' : ''}.`)];
  });
}

function branches(schema) {
  return (schema.anyOf ?? schema.oneOf ?? [schema]).flatMap((one) => (one.anyOf || one.oneOf ? branches(one) : [one]));
}

function isList(schema) {
  return branches(schema).some(({ type }) => type === 'array');
}

function objectsIn(schema) {
  return branches(schema).flatMap((one) => {
    if (one.type === 'array') return objectsIn(one.items ?? {});
    return one.properties === undefined ? [] : [one];
  });
}

function typeText(schema) {
  const texts = branches(schema).map((one) => {
    if (one.enum !== undefined) return one.enum.map((value) => `\`${value}\``).join(', ');
    if (one.const !== undefined) return `\`${one.const}\``;
    const types = [one.type].flat().filter((type) => type !== 'null');
    return types.map((type) => simpleType(type, one)).join(' or ');
  });
  return cell([...new Set(texts)].filter((text) => text !== '').join(' or '));
}

function simpleType(type, schema) {
  if (type === 'array') {
    const items = typeText(schema.items ?? {}) || 'anything';
    return items === 'mapping' ? 'list of mappings' : `list of ${items}`;
  }
  if (type === 'object') return schema.properties === undefined ? 'text by name' : 'mapping';
  if (type === 'boolean') return 'true or false';
  if (type === 'integer' || type === 'number') {
    const { minimum, maximum } = schema;
    const bounded = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
    return `${type === 'integer' ? 'whole number' : 'number'}${bounded ? ` ${minimum} to ${maximum}` : ''}`;
  }
  if (schema.format === 'email') return 'e-mail address';
  if (schema.format === 'uri') return 'address';
  return type === 'string' ? 'text' : '';
}

function cell(text) {
  return text.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ');
}

function commandPage() {
  const terminal = { out: () => {}, err: () => {}, env: {}, interactive: false, columns: 100 };
  const program = buildProgram(terminal, () => {});
  const sections = [];
  const visit = (command, name) => {
    const inner = command.commands.filter((one) => one.name() !== 'help');
    if (name !== 'nines') sections.push(`## ${name}\n\n\`\`\`text\n${ownHelp(command)}\n\`\`\`\n`);
    for (const one of inner) visit(one, `${name} ${one.name()}`);
  };
  visit(program, 'nines');
  let help = '';
  program.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return `${MADE}

# The nines command

\`\`\`text
${help.trimEnd()}
\`\`\`

${sections.join('\n')}`;
}

/** A command's help without the options of every command, which stand once at the top. */
function ownHelp(command) {
  const text = command.helpInformation().trimEnd();
  return text.slice(0, text.lastIndexOf('\n\nOptions of every command:'));
}
