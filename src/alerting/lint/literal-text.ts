/** What a template says whatever its values are. */
export interface LiteralText {
  /** The text outside of `{{ … }}`, runs of white space as one. */
  readonly text: string;
  /** Whether it begins with a value. */
  readonly beginsWithValue: boolean;
  readonly templated: boolean;
}

/** What stands in braces without saying anything itself. */
const CONTROL = /^\s*\{\{-?\s*(?:(?:if|with|range|define|block|template)\s|\/\*|\$\w+\s*:?=)/;

const BRANCH = /^\{\{-?\s*(?:if|else|end|with|range)\b/;

/** The literal parts of a label's or an annotation's template: what is inside braces is nobody's to know before it fires. */
export function literalText(template: string): LiteralText {
  let text = '';
  let from = 0;
  for (;;) {
    const open = template.indexOf('{{', from);
    if (open < 0) break;
    text += template.slice(from, open);
    const close = closing(template, open + 2);
    // Branches are of different sentences.
    if (BRANCH.test(template.slice(open, close))) text += ' ';
    from = close < 0 ? template.length : close + 2;
  }
  text += template.slice(from);
  return {
    text: text.replaceAll(/\s+/g, ' ').trim(),
    beginsWithValue: /^\s*\{\{/.test(template) && !CONTROL.test(template),
    templated: template.includes('{{'),
  };
}

/** Where an action that was opened ends: braces within its strings don't count. */
function closing(template: string, from: number): number {
  let quote = '';
  for (let i = from; i < template.length; i++) {
    const char = template[i]!;
    if (quote !== '') {
      if (char === '\\' && quote === '"') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (char === '}' && template[i + 1] === '}') return i;
  }
  return -1;
}
