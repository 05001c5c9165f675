/** The number that an expression ends with, after a comparison: what a slider can move. The server reads the expression itself; this is for the eye. */
const END = /^([\s\S]*(?:==|!=|>=|<=|>|<)\s*(?:bool\s+)?)(-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)([\s)]*)$/i;

export function endOf(expr: string): number | undefined {
  const number = END.exec(expr.slice(0, 20_000))?.[2];
  return number === undefined ? undefined : Number(number);
}

export const replaceEnd = (expr: string, value: number): string =>
  expr.replace(END, (_, before: string, __, after: string) => `${before}${value}${after}`);
