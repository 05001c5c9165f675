import { escapeHtml } from '../../delivery/index.ts';
import { drawFrozen } from '../../monitoring/index.ts';
import { percentLeft, type ReportData } from './report-data.ts';

const WIDTH = 900;
const MARGIN = 24;
const HALF = (WIDTH - 3 * MARGIN) / 2;
const ROW = 26;
const INK = {
  background: '#ffffff',
  text: '#1a1c20',
  faint: '#5b626d',
  track: '#e6e9ee',
  ok: '#2f7d4f',
  burning: '#b26a00',
  bad: '#b3261e',
};

/** A report as one picture (SVG): budgets, graphs of the last day, its pages, who is on call. For a phone's width as well as a desktop's. */
export function drawReport(data: ReportData): string {
  const parts: string[] = [];
  let y = MARGIN + 18;
  parts.push(text(MARGIN, y, data.team, 'font-size="22" font-weight="700"'));
  parts.push(text(WIDTH - MARGIN, y, data.day, `font-size="14" text-anchor="end" fill="${INK.faint}"`));
  y += 18;
  y = section(parts, y, 'Error budgets', data.objectives.length === 0 ? ['No objective yet.'] : []);
  for (const one of data.objectives) {
    y += ROW;
    budgetRow(parts, y, one);
  }
  if (data.graphs.length > 0) y = section(parts, y, 'Bad events, the last day', []) + 10;
  let tallest = 0;
  for (const [i, graph] of data.graphs.entries()) {
    const drawn = drawFrozen(graph, { theme: 'light', width: HALF, height: 230, annotations: [] });
    const height = Number(/ height="(\d+(?:\.\d+)?)"/.exec(drawn)?.[1] ?? 230);
    const left = MARGIN + (i % 2) * (HALF + MARGIN);
    // Each picture names its own title and description: several in one would share them.
    parts.push(drawn.replaceAll(/ (?:aria-labelledby|id)="[^"]*"/g, '').replace('<svg ', `<svg x="${left}" y="${y}" `));
    tallest = Math.max(tallest, height);
    if (i % 2 === 1 || i === data.graphs.length - 1) {
      y += tallest + 8;
      tallest = 0;
    }
  }
  const pages = data.pages.map(({ time, subject, answered }) => `${time}  ${subject} · ${answered}`);
  if (data.pagesMore > 0) pages.push(`and ${data.pagesMore} more`);
  y = section(parts, y, 'Pages since yesterday', pages.length === 0 ? ['None.'] : pages);
  y = section(
    parts,
    y,
    'On call',
    data.onCall.length === 0 ? ['No schedule.'] : data.onCall.map(({ schedule, who }) => `${schedule}: ${who}`),
  );
  const height = y + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="14">`,
    `<title>${safe(`${data.team}, ${data.day}`)}</title>`,
    `<rect width="100%" height="100%" fill="${INK.background}"/>`,
    ...parts,
    '</svg>',
  ].join('\n');
}

/** A heading and lines below it; returns where they end. */
function section(parts: string[], from: number, heading: string, lines: readonly string[]): number {
  let y = from + 34;
  parts.push(text(MARGIN, y, heading, 'font-size="15" font-weight="700"'));
  for (const line of lines) {
    y += ROW - 2;
    parts.push(text(MARGIN, y, line, ''));
  }
  return y;
}

/** A bar of what is left of a budget, its name before and its number behind it. */
function budgetRow(parts: string[], y: number, { title, budget, state }: ReportData['objectives'][number]): void {
  const left = MARGIN + 330;
  const width = 260;
  const share = Math.min(1, Math.max(0, budget.remaining ?? 0));
  const colour = state === 'exhausted' ? INK.bad : state === 'burning' ? INK.burning : state === 'ok' ? INK.ok : INK.faint;
  parts.push(text(MARGIN, y, title.length > 42 ? `${title.slice(0, 41)}…` : title, ''));
  parts.push(`<rect x="${left}" y="${y - 11}" width="${width}" height="12" rx="3" fill="${INK.track}"/>`);
  if (share > 0) parts.push(`<rect x="${left}" y="${y - 11}" width="${Math.max(2, share * width)}" height="12" rx="3" fill="${colour}"/>`);
  parts.push(
    text(
      left + width + 12,
      y,
      percentLeft(budget.remaining),
      state === 'ok' ? '' : `fill="${colour}"${state === 'no-data' ? '' : ' font-weight="700"'}`,
    ),
  );
}

const safe = (words: string): string => escapeHtml(words.toWellFormed().replaceAll(/[\p{Cc}\ufffe\uffff]/gu, ' '));
const text = (x: number, y: number, words: string, more: string): string =>
  `<text x="${x}" y="${y}"${more.includes('fill=') ? '' : ` fill="${INK.text}"`} ${more}>${safe(words)}</text>`;
