import { escapeHtml } from '../../delivery/index.ts';
import { drawFrozen } from '../../monitoring/index.ts';
import { formatDuration } from '../../platform/duration.ts';
import { percentLeft, type ReportData, reportText } from './report-data.ts';

/** Of a phone's shape: on one 360 pixels wide, its text still has the size of a newspaper's. */
const WIDTH = 600;
const MARGIN = 24;
const INNER = WIDTH - 2 * MARGIN;
const SIZE = { title: 30, heading: 20, text: 19, small: 16 } as const;
/** Graphs are drawn for a smaller place, and made larger with all that is written in them. */
const GRAPH = { width: 380, height: 190 } as const;
const INK = { background: '#ffffff', text: '#1a1c20', faint: '#555c66', track: '#e3e6eb', line: '#d5d9df' } as const;

/** A state in colour, in a sign and in a word: whoever sees no colours, or no picture on a bright day, reads the same. */
interface Look {
  readonly ink: string;
  readonly tint: string;
  readonly sign: string;
  readonly word: string;
}
const LOOKS: Readonly<Record<ReportData['objectives'][number]['state'], Look>> = {
  ok: { ink: '#22683f', tint: '#e8f5ed', sign: '✓', word: 'ok' },
  burning: { ink: '#8a5200', tint: '#fff3dc', sign: '▲', word: 'burning' },
  exhausted: { ink: '#b3261e', tint: '#fdeceb', sign: '✕', word: 'spent' },
  'no-data': { ink: INK.faint, tint: '#eef0f3', sign: '–', word: 'no data' },
};

/** Characters of a line at a size, of the letters that people use. */
const fitting = (words: string, size: number, width: number = INNER): string => {
  const most = Math.floor(width / (size * 0.56));
  const all = Array.from(words);
  return all.length <= most
    ? words
    : `${all
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
};

/** A report as one picture (SVG): how it stands in a word, budgets, graphs of the last day, its pages, who is on call. */
export function drawReport(data: ReportData): string {
  const sheet = new Sheet();
  sheet.text(data.team, { size: SIZE.title, weight: 700, after: 40 });
  sheet.text(data.day, { size: SIZE.small, ink: INK.faint, after: 26 });
  headline(sheet, data);
  sheet.heading('Error budgets');
  if (data.objectives.length === 0) sheet.text('No objective yet.', { after: 30 });
  for (const one of data.objectives) budget(sheet, one);
  if (data.graphs.length > 0) sheet.heading('Bad events, the last day');
  for (const graph of data.graphs) sheet.graph(drawFrozen(graph, { theme: 'light', ...GRAPH, annotations: [], timeZone: data.timeZone }));
  sheet.heading('Pages since yesterday');
  if (data.pages.length === 0) sheet.text('None.', { after: 30 });
  for (const { time, subject, answered } of data.pages) page(sheet, { time, subject, answered });
  if (data.pagesMore > 0) sheet.text(`and ${data.pagesMore} more`, { ink: INK.faint, after: 30 });
  sheet.heading('On call');
  if (data.onCall.length === 0) sheet.text('No schedule.', { after: 30 });
  for (const { schedule, who } of data.onCall) {
    const alone = who === 'nobody' || who.startsWith('nobody,');
    sheet.text(`${alone ? `${LOOKS.exhausted.sign} ` : ''}${schedule}: ${who}`, { after: 30, ...(alone && { ink: LOOKS.exhausted.ink, weight: 700 }) });
  }
  return sheet.svg(`${data.team}, ${data.day}`);
} // prettier-ignore

/** The one thing to know, for who looks for a second. */
function headline(sheet: Sheet, data: ReportData): void {
  const worst = (['exhausted', 'burning'] as const).find((state) => data.objectives.some((one) => one.state === state));
  const open = data.pages.some(({ answered }) => answered === 'open');
  const look = LOOKS[worst ?? (open ? 'burning' : 'ok')];
  const { subject } = reportText(data);
  sheet.band(`${look.sign}  ${subject.charAt(0).toUpperCase()}${subject.slice(1)}`, look);
}

function budget(sheet: Sheet, { title, budget, state, attainment, target, windowMs }: ReportData['objectives'][number]): void {
  const look = LOOKS[state];
  const word = `${look.sign} ${look.word}`;
  sheet.text(word, { ink: look.ink, weight: 700, end: true, after: 0 });
  sheet.text(fitting(title, SIZE.text, INNER - word.length * SIZE.text * 0.6 - 12), { after: 12 });
  sheet.bar(Math.min(1, Math.max(0, budget.remaining ?? 0)), look.ink);
  const had = attainment === null ? '' : ` · ${percent(attainment)} of ${percent(target)} over ${formatDuration(windowMs)}`;
  sheet.text(`${percentLeft(budget.remaining)}${had}`, { size: SIZE.small, ink: INK.faint, after: 38 });
}

/** As many digits as it takes to tell it from all: 99.95 %, and not 100 %. */
const percent = (share: number): string => `${Number((share * 100).toFixed(share > 0.999 ? 3 : 2))} %`;

function page(sheet: Sheet, { time, subject, answered }: ReportData['pages'][number]): void {
  sheet.text(fitting(`${time}  ${subject}`, SIZE.text), { after: 24 });
  const open = answered === 'open';
  const said = open ? `${LOOKS.exhausted.sign} open: nobody has it` : answered === 'ended by itself' ? answered : `answered by ${answered}`;
  sheet.text(fitting(said, SIZE.small), { size: SIZE.small, ink: open ? LOOKS.exhausted.ink : INK.faint, after: 34, ...(open && { weight: 700 }) }); // prettier-ignore
}

interface Written {
  readonly size?: number;
  readonly weight?: number;
  readonly ink?: string;
  /** At the right. */
  readonly end?: boolean;
  /** How far the next stands below. */
  readonly after: number;
}

/** What is written from the top down. */
class Sheet {
  readonly #parts: string[] = [];
  #y = MARGIN + 26;

  text(words: string, { size = SIZE.text, weight = 400, ink = INK.text, end = false, after }: Written): void {
    const place = end ? `x="${WIDTH - MARGIN}" text-anchor="end"` : `x="${MARGIN}"`;
    this.#parts.push(`<text ${place} y="${this.#y}" font-size="${size}" font-weight="${weight}" fill="${ink}" xml:space="preserve">${safe(words)}</text>`); // prettier-ignore
    this.#y += after;
  }

  heading(words: string): void {
    this.#parts.push(`<path d="M${MARGIN} ${this.#y - 14}H${WIDTH - MARGIN}" stroke="${INK.line}"/>`);
    this.#y += 18;
    this.text(words, { size: SIZE.heading, weight: 700, after: 34 });
  }

  band(words: string, { ink, tint }: Look): void {
    this.#parts.push(`<rect x="${MARGIN}" y="${this.#y - 18}" width="${INNER}" height="56" rx="10" fill="${tint}"/>`);
    this.#parts.push(`<text x="${MARGIN + 18}" y="${this.#y + 18}" font-size="23" font-weight="700" fill="${ink}" xml:space="preserve">${safe(fitting(words, 23))}</text>`); // prettier-ignore
    this.#y += 74;
  }

  bar(share: number, ink: string): void {
    this.#parts.push(`<rect x="${MARGIN}" y="${this.#y}" width="${INNER}" height="12" rx="4" fill="${INK.track}"/>`);
    if (share > 0) this.#parts.push(`<rect x="${MARGIN}" y="${this.#y}" width="${Math.max(3, share * INNER)}" height="12" rx="4" fill="${ink}"/>`);
    this.#y += 32;
  } // prettier-ignore

  /** Each names its own title and description: several in one would share them. */
  graph(svg: string): void {
    const height = Number(/ height="(\d+(?:\.\d+)?)"/.exec(svg)?.[1] ?? GRAPH.height);
    const scaled = (height * INNER) / GRAPH.width;
    const placed = `<svg x="${MARGIN}" y="${this.#y - 18}" width="${INNER}" height="${scaled}"`;
    this.#parts.push(svg.replaceAll(/ (?:aria-labelledby|id)="[^"]*"/g, '').replace(/^<svg ([^>]*?) ?width="[^"]*" height="[^"]*"/, `${placed} $1`)); // prettier-ignore
    this.#y += scaled + 14;
  }

  svg(title: string): string {
    const height = this.#y;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, 'DejaVu Sans', sans-serif">`,
      `<title>${safe(title)}</title>`,
      `<rect width="100%" height="100%" fill="${INK.background}"/>`,
      ...this.#parts,
      '</svg>',
    ].join('\n');
  }
}

const safe = (words: string): string => escapeHtml(words.toWellFormed().replaceAll(/[\p{Cc}\ufffe\uffff]/gu, ' '));
