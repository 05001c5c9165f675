/** Whether it is a path with wildcards, as Graphite has them: `servers.*.cpu`, `web{1,2}.load`, `a.b[0-9]`. */
export const isPattern = (name: string): boolean => /[*?{[]/.test(name);

/**
 * The PromQL that selects what a Graphite pattern does (https://graphite.readthedocs.io/en/latest/render_api.html#paths-and-wildcards):
 * `*` and `?` stay within a part of the path, `{a,b}` is one of them, `[0-9]` one character of those.
 */
export function selectorOf(pattern: string): string {
  let regexp = '';
  let choosing = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const one = pattern[at]!;
    const end = one === '[' ? pattern.indexOf(']', at + 1) : -1;
    if (end > at + 1 && /^[\w-]+$/.test(pattern.slice(at + 1, end))) {
      regexp += pattern.slice(at, end + 1);
      at = end;
    } else if (one === '*') regexp += regexp.endsWith('[^.]*') ? '' : '[^.]*';
    else if (one === '?') regexp += '[^.]';
    else if (one === '{' && pattern.includes('}', at)) {
      regexp += '(?:';
      choosing = true;
    } else if (one === '}' && choosing) {
      regexp += ')';
      choosing = false;
    } else if (one === ',' && choosing) regexp += '|';
    else regexp += one.replace(/[^\w:-]/, '\\$&');
  }
  return `{__name__=~${JSON.stringify(regexp)}}`;
}
