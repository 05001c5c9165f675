import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDocuments } from './check-documents.ts';
import { diffSets, withRemoved } from './diff-sets.ts';
import { catalogKinds, type TeamSpec } from './kinds.ts';
import { pastSets, type PastVersion } from './past-sets.ts';
import { undoDiff, unifiedDiff } from './unified-diff.ts';

const registry = { kinds: catalogKinds, foreignKinds: [] };
const setOf = (teams: Readonly<Record<string, string>>) => {
  const people = ['ana', 'ben', 'cid'].map((name) => `kind: Person\nmetadata: { name: ${name} }\nspec: { email: ${name}@example.org }\n`);
  const documents = Object.entries(teams).map(([name, members]) => `kind: Team\nmetadata: { name: ${name}, displayName: The ${name} }\nspec: { members: [${members}] }\n`); // prettier-ignore
  const text = [...people, ...documents].map((one) => `apiVersion: nines/v1\n${one}`).join('---\n');
  return checkDocuments([{ file: 'all.yaml', text }], registry, 0).set;
};

/** What was in force, from the first to now; each a hundred after the one before. */
const STORY = [
  setOf({}),
  setOf({ db: 'ana', web: 'ana, ben' }),
  setOf({ db: 'ana, ben', web: 'ana, ben' }),
  setOf({ db: 'cid', web: 'ana, ben' }),
  setOf({ web: 'ben' }),
];
const versions: PastVersion[] = STORY.slice(1).map((set, i) => ({ version: i + 1, appliedAt: 100 * (i + 1), changes: withRemoved(diffSets(STORY[i]!, set, registry), STORY[i]!, registry) })).reverse(); // prettier-ignore
const members = (at: number, given = versions) => {
  const set = pastSets(STORY.at(-1)!, given, new Set(['Team']), registry).at(at);
  return Object.fromEntries(set.list<TeamSpec>('Team').map(({ name, spec }) => [name, spec.members.join('+')]));
};

test.each([
  [50, {}],
  [100, { db: 'ana', web: 'ana+ben' }],
  [250, { db: 'ana+ben', web: 'ana+ben' }],
  [399, { db: 'cid', web: 'ana+ben' }],
  [400, { web: 'ben' }],
  [9_999, { web: 'ben' }],
])('at %s', (at, expected) => expect(members(at)).toEqual(expected));

test('what a version of nines did not keep is taken as it was later, and told', () => {
  const older = versions.map((one) => ({ ...one, changes: one.changes.map((change) => (change.action === 'delete' ? { ...change, diff: null } : change)) }));
  expect(members(350, older)).toEqual({ web: 'ana+ben' });
  const { changed, unknown } = pastSets(STORY.at(-1)!, older, new Set(['Team']), registry);
  expect({ changed, unknown }).toEqual({ changed: 4, unknown: ['Team db before version 4', 'Team db before version 3', 'Team db before version 2'] });
  expect(pastSets(STORY.at(-1)!, versions, new Set(['Person']), registry).changed).toBe(0);
}); // prettier-ignore

const lines = fc.array(fc.constantFrom('a', 'b', '- c', '@@', ''), { maxLength: 30 }).map((all) => all.map((one) => `${one}\n`).join(''));

test('a diff undone is the text before it', () => {
  fc.assert(fc.property(lines, lines, (before, after) => undoDiff(after, unifiedDiff(before, after)) === before));
});

test('a diff of another text is refused or harmless, whatever it holds', () => {
  const diff = fc.oneof(fc.string(), fc.tuple(lines, lines).map(([a, b]) => unifiedDiff(a, b)), fc.constant('@@ -1,1 +999999999,1 @@\n x\n'));
  fc.assert(fc.property(lines, diff, (text, given) => /^(string|undefined)$/.test(typeof undoDiff(text, given))));
}); // prettier-ignore
