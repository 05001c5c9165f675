import type { YAMLParseError, YAMLWarning } from 'yaml';

/** What a YAML error means for the person who wrote the file. */
export function explainYamlError(error: YAMLParseError | YAMLWarning): { message: string; hint?: string } {
  if (error.message.startsWith('Flow '))
    return { message: 'a bracket is not closed before this line', hint: `close it with '${error.message.at(-1)}'` };
  if (error.message.startsWith('Missing closing'))
    return { message: 'this quote is not closed', hint: 'end the value with the same quote' };
  const known = EXPLANATIONS[error.code];
  if (known !== undefined) return known;
  const message = error.message.replace(/\n[^]*$/, '').replace(/[.:]$/, '');
  return { message: `not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}` };
}

const COLON_HINT = "a value that contains ': ' needs quotes around it, and a nested key a line of its own";

const EXPLANATIONS: Readonly<Record<string, { message: string; hint?: string }>> = {
  TAB_AS_INDENT: { message: 'a tab is used to indent', hint: 'indent with spaces' },
  BLOCK_AS_IMPLICIT_KEY: { message: "there is a second ': ' where one value was expected", hint: COLON_HINT },
  MULTILINE_IMPLICIT_KEY: { message: "a key must be on one line and end with ':'", hint: "is a ':' missing, or is the next line indented wrongly?" },
  BAD_INDENT: { message: 'this line is indented differently from its neighbours', hint: 'indent all keys of one mapping alike, and close every bracket' },
  BAD_SCALAR_START: { message: 'a value must not begin with this character', hint: 'put the value in quotes' },
  MISSING_CHAR: { message: 'something that was opened is not closed', hint: 'look for a missing quote, bracket or comma before here' },
  TAG_RESOLVE_FAILED: { message: 'this tag is not known', hint: "leave it out; a value that begins with '!' needs quotes" },
  BLOCK_IN_FLOW: { message: 'an indented block is inside brackets', hint: 'is a closing bracket missing before here?' },
  UNEXPECTED_TOKEN: { message: 'this does not belong here', hint: 'is this line indented wrongly, or a quote missing before it?' },
}; // prettier-ignore
