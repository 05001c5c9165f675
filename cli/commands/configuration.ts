import { Option } from 'commander';
import type { ApplyAnswer, DiffAnswer, DocumentProblem, ResourceChange } from '../../src/catalog/contract.ts';
import type { RuleFileSpec } from '../../src/app/index.ts';
import { CliError, EXIT_NO, EXIT_OK } from '../cli-error.ts';
import type { Context, Setup } from '../context.ts';
import { loadChecker, loadFolderReader } from '../load-app.ts';
import { failedTests, runTests, showTests, type FileTests } from '../rule-tests.ts';
import { showProblems, summary } from '../show-problems.ts';
import type { Colour } from '../style.ts';

interface Folder {
  readonly files: { file: string; text: string }[];
  readonly problems: DocumentProblem[];
}

async function read(directory: string): Promise<Folder> {
  const readFolder = await loadFolderReader();
  try {
    const { files, problems } = await readFolder(directory);
    if (files.length === 0 && problems.length === 0)
      throw new CliError(`There are no documents in ${directory}.`, { hint: 'documents are files that end in .yaml or .yml' });
    return { files: [...files], problems: [...problems] };
  } catch (error) {
    // A Problem says what is wrong with the folder; anything else is not for the person.
    if (typeof (error as { slug?: unknown }).slug !== 'string') throw error;
    throw new CliError((error as Error).message, { hint: 'name a folder of documents, or one file' });
  }
}

export const configurationCommands: Setup = (program, run) => {
  program
    .command('check')
    .description('check folders of documents and run the unit tests of rules, without a server')
    .argument('[folders...]', 'folders, or single files', ['.'])
    .option('--strict', 'take warnings for errors')
    .option('--links', 'ask whether the documentation that alerts link to is there')
    .option('--docs-url <url>', 'where the documentation of alerts begins (default: NINES_DOCS_URL, or docsUrl of nines.yaml)')
    .action(
      // An argument that may be given often is a list of its own.
      run((context, args, options: CheckOptions) => check(context, args.flat(), options)),
    );
  program
    .command('diff')
    .description('show what applying a folder would change')
    .argument('[folder]', 'the folder, or one file', '.')
    .option('--exit-code', 'exit with 1 where there are changes')
    .action(run((context, [folder = '.'], options: { exitCode?: boolean }) => diff(context, folder, options.exitCode === true)));
  program
    .command('apply')
    .description('put a folder in force: all of it, or nothing where a document is wrong')
    .argument('[folder]', 'the folder, or one file', '.')
    .addOption(new Option('--dry-run', 'show what would change, and change nothing'))
    .action(run((context, [folder = '.'], options: { dryRun?: boolean }) => (options.dryRun === true ? diff(context, folder, false) : apply(context, folder)))); // prettier-ignore
};

interface CheckOptions {
  readonly strict?: boolean;
  readonly links?: boolean;
  readonly docsUrl?: string;
}

/** Checks a folder; where links are to be asked it is gone through once more, with what became of them. */
async function checkFolder(context: Context, place: string, { links, docsUrl }: CheckOptions) {
  const { checkDocuments, kinds, lintSettingsOf, linksOfFile, checkLinks, ruleFileKind } = await loadChecker();
  const folder = await read(place);
  const found = lintSettingsOf(place, context.terminal.env);
  const lint = docsUrl === undefined ? found : { ...found, docsUrl };
  const checked = checkDocuments(folder.files, kinds(lint), context.now);
  if (links !== true) return { folder, checked };
  const all = checked.set.list<RuleFileSpec>(ruleFileKind).flatMap((file) => linksOfFile(file, checked.set, lint));
  const deadLinks = await checkLinks(all, (url, init) => context.terminal.fetch(url, init));
  return { folder, checked: deadLinks.size === 0 ? checked : checkDocuments(folder.files, kinds({ ...lint, deadLinks }), context.now) };
}

/** Each place by itself: what is named twice in two folders is no mistake. */
async function check(context: Context, places: readonly string[], options: CheckOptions): Promise<number> {
  const strict = options.strict === true;
  const all = { problems: [] as DocumentProblem[], documents: 0, files: 0, tests: [] as FileTests[] };
  for (const place of places) {
    const { folder, checked } = await checkFolder(context, place, options);
    const problems = [...folder.problems, ...checked.problems];
    all.problems.push(...problems);
    all.documents += checked.documents;
    all.files += folder.files.length;
    all.tests.push(...(await runTests(place, checked.set)));
    if (!context.json) showProblems(context, problems, folder.files);
  }
  const { problems, documents, files, tests } = all;
  const ok = !problems.some(({ severity }) => strict || severity === 'error') && !failedTests(tests);
  if (context.json) context.printJson({ ok, problems, documents, ...(tests.length > 0 && { tests }) });
  else {
    if (tests.length > 0) showTests(context, tests);
    const good = !problems.some(({ severity }) => strict || severity === 'error');
    context.say(context.paint(good ? 'green' : 'red', summary(problems, documents, files)));
  }
  return ok ? EXIT_OK : EXIT_NO;
}

async function diff(context: Context, directory: string, exitCode: boolean): Promise<number> {
  const folder = await read(directory);
  const answer = await context.client.send<DiffAnswer>('POST', '/nines/v1/resources/diff', { files: folder.files });
  const problems = [...folder.problems, ...answer.problems];
  const failed = problems.some(({ severity }) => severity === 'error');
  if (context.json) context.printJson({ ...answer, problems });
  else {
    showProblems(context, problems, folder.files);
    if (failed) context.say(context.paint('red', 'These documents can not be applied.'));
    else showChanges(context, answer.changes, true);
  }
  return failed || (exitCode && answer.changes.length > 0) ? EXIT_NO : EXIT_OK;
}

async function apply(context: Context, directory: string): Promise<number> {
  const folder = await read(directory);
  if (folder.problems.length > 0) {
    if (context.json) context.printJson({ applied: false, problems: folder.problems, changes: [] });
    else showProblems(context, folder.problems, folder.files);
    return EXIT_NO;
  }
  const answer = await context.client.send<ApplyAnswer>('POST', '/nines/v1/resources/apply', { files: folder.files }, [422]);
  // 422 is also how a server says that the request itself was wrong.
  if (typeof answer.applied !== 'boolean') throw new CliError((answer as { detail?: string }).detail ?? 'The server refused the documents.');
  if (context.json) context.printJson(answer);
  else {
    showProblems(context, answer.problems, folder.files);
    if (answer.applied) {
      showChanges(context, answer.changes, false);
      context.say(context.paint('green', `Configuration ${answer.version} is in force.`));
    } else context.say(context.paint('red', 'Nothing was applied.'));
  }
  return answer.applied ? EXIT_OK : EXIT_NO;
} // prettier-ignore

const SIGNS: Readonly<Record<ResourceChange['action'], readonly [string, Colour]>> = {
  create: ['+', 'green'],
  update: ['~', 'yellow'],
  delete: ['-', 'red'],
};

function showChanges({ paint, say }: Context, changes: readonly ResourceChange[], withDiff: boolean): void {
  if (changes.length === 0) say('Nothing changes.');
  for (const { action, kind, name, file, diff } of changes) {
    const [sign, colour] = SIGNS[action];
    say(`${paint(colour, `${sign} ${action} ${kind} ${name}`)}${file === null ? '' : paint('dim', `  ${file}`)}`);
    if (!withDiff || diff === null) continue;
    for (const line of diff.trimEnd().split('\n')) {
      const first = line[0];
      say(`    ${paint(first === '+' ? 'green' : first === '-' ? 'red' : first === '@' ? 'dim' : undefined, line)}`);
    }
  }
}
