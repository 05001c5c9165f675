import { badRequest } from '../../platform/problem.ts';
import { isAllowedFunction } from './allowed-functions.ts';

/** The parts of a SELECT. What isn't among them (`Set` of SETTINGS, `Explain`, whatever the engine learns next) is refused. */
const PARTS = new Set(
  `SelectWithUnionQuery SelectIntersectExceptQuery SelectQuery ExpressionList Function Identifier TableIdentifier Literal Asterisk
  QualifiedAsterisk ColumnsTransformerList ColumnsExceptTransformer ColumnsReplaceTransformer ColumnsReplaceTransformer::Replacement
  TablesInSelectQuery TablesInSelectQueryElement TableExpression TableJoin ArrayJoin Subquery WithElement OrderByElement WindowListElement
  WindowDefinition InterpolateElement FillElement`
    .split(/\s+/)
    .filter(Boolean),
);
/** Databases of the engine; all of ours is in the one that needs no name. */
const DATABASES = /^(?:system|information_schema|default|_temporary_and_external_tables|_)\s*\./i;

const refused = (what: string): Error =>
  badRequest(`SQL may ask nines' own tables and nothing else, and ${what}. The tables and the functions are in the documentation of SQL.`);

/**
 * Looks at a statement as the engine's parser has it (`EXPLAIN AST`: a node a line, a space a level) and throws for what is more than
 * a SELECT from tables of ours with functions that compute.
 * @throws Problem 400
 */
export function checkTree(tree: string): void {
  const lines = tree.split('\n').filter((line) => line.trim() !== '');
  if (!/^SelectWithUnionQuery \(children 1\)$/.test(lines[0] ?? ''))
    throw refused('this is no SELECT, or it has FORMAT, INTO OUTFILE or SETTINGS');
  const parents: string[] = [];
  for (const line of lines) {
    const level = line.search(/[^ ]/);
    const [node = '', name = ''] = line.trim().split(' ', 2);
    if (!PARTS.has(node)) throw refused(`it has ${JSON.stringify(node.slice(0, 60))}`);
    const parent = parents[level - 1] ?? '';
    parents[level] = node;
    parents.length = level + 1;
    if (node === 'Function') checkFunction(name, parent);
    if (node === 'TableIdentifier' && name.includes('.'))
      throw refused(`it asks ${JSON.stringify(name.slice(0, 60))}, which is not a table of it`);
    // After IN a table may stand as an identifier.
    if (node === 'Identifier' && DATABASES.test(name)) throw refused(`it asks ${JSON.stringify(name.slice(0, 60))}`);
    if (node === 'SelectWithUnionQuery' && level > 0 && !line.trim().endsWith('(children 1)'))
      throw refused('a part of it has FORMAT, INTO OUTFILE or SETTINGS');
  }
}

function checkFunction(name: string, parent: string): void {
  if (parent === 'TableExpression') throw refused(`it asks the table function ${JSON.stringify(name.slice(0, 60))}`);
  if (!isAllowedFunction(name))
    throw refused(`it calls ${JSON.stringify(name.slice(0, 60))}, which is none of the functions that it may call`);
}
