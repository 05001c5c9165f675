import { LimitError } from '../../../platform/problem.ts';
import type { Labels, Source } from '../../series.ts';

/** What one source of samples has in the store. */
export interface SourceStats extends Source {
  /** Series that it was the first to send, and that are still kept. */
  readonly series: number;
  /** How often a new series of it was refused since the start, because it had too many. */
  readonly refused: number;
}

interface Owner extends Source {
  readonly text: string;
  series: number;
  refused: number;
  complaint: { readonly at: number; readonly text: string } | undefined;
}

/** Senders choose names and addresses: beyond this many, those of a protocol count as one. */
const MOST_SOURCES = 1000;
const OTHERS = '(others)';
const LONGEST_NAME = 200;
/** Whoever has too many series is told so many times a second; who is to blame is worked out no more often than this. */
const COMPLAINT_MS = 30_000;
/** The newest of a source's series, which tell what it makes too many of. */
const SERIES_LOOKED_AT = 20_000;

/**
 * Whose series they are: a series belongs to the source that sent it first. Sources are numbered from 0, which stands for what is
 * not known (series from before sources were counted) and has no limit.
 */
export class SourceBook {
  readonly #limit: number;
  readonly #now: () => number;
  readonly #owners: Owner[] = [];
  readonly #numbers = new Map<string, number>();
  /** By series id: its source's number. */
  #ownerOf = new Uint16Array(1024);
  #end = 0;

  constructor(options: { readonly limit: number; readonly now: () => number }) {
    this.#limit = options.limit;
    this.#now = options.now;
    this.#add({ protocol: '', name: '' });
  }

  /** The source's number, the same for as long as the process lives. */
  numberOf({ protocol, name }: Source): number {
    const source = { protocol, name: name.slice(0, LONGEST_NAME) };
    const known = this.#numbers.get(textOf(source));
    if (known !== undefined) return known;
    if (this.#owners.length <= MOST_SOURCES) return this.#add(source);
    const others = { protocol: protocol.slice(0, 32), name: OTHERS };
    return this.#numbers.get(textOf(others)) ?? (this.#owners.length < MOST_SOURCES * 2 ? this.#add(others) : 0);
  }

  /** What a record of a series says of its source: `protocol/name`. */
  textOf(number: number): string {
    return this.#owners[number]?.text ?? '';
  }

  /** The number of the source that `textOf` gave a text for, in this process or an earlier one. */
  numberOfText(text: string): number {
    const slash = text.indexOf('/');
    return slash < 0 ? 0 : (this.#numbers.get(text) ?? this.numberOf({ protocol: text.slice(0, slash), name: text.slice(slash + 1) }));
  }

  /**
   * @param labelsOf the labels of a series, for the complaint
   * @throws LimitError when the source may not have another series
   */
  check(number: number, labelsOf: (id: number) => Labels | undefined): void {
    const owner = this.#owners[number];
    if (!owner || number === 0 || owner.series < this.#limit) return;
    owner.refused++;
    const now = this.#now();
    if (!owner.complaint || now - owner.complaint.at >= COMPLAINT_MS || now < owner.complaint.at)
      owner.complaint = { at: now, text: this.#complaintOf(number, owner, labelsOf) };
    throw new LimitError(429, owner.complaint.text, { limit: this.#limit, setting: 'store.maxSeriesPerSource', retryAfter: 60 });
  }

  /** The series belongs to the source from now on. Ids must grow. */
  own(id: number, number: number): void {
    const owner = this.#owners[number];
    if (!owner) return;
    if (id >= this.#ownerOf.length) {
      const larger = new Uint16Array(Math.max(id + 1, this.#ownerOf.length * 2));
      larger.set(this.#ownerOf);
      this.#ownerOf = larger;
    }
    this.#ownerOf[id] = number;
    this.#end = id + 1;
    owner.series++;
  }

  /** The source of a series, as `textOf` has it. */
  sourceOf(id: number): string {
    return this.textOf(this.#ownerOf[id] ?? 0);
  }

  /** Those with series, or refused some, the most series first. */
  list(): SourceStats[] {
    return this.#owners
      .filter(({ series, refused }) => series > 0 || refused > 0)
      .map(({ protocol, name, series, refused }) => ({ protocol, name, series, refused }))
      .sort((a, b) => b.series - a.series);
  }

  #add({ protocol, name }: Source): number {
    const text = textOf({ protocol, name });
    const number = this.#owners.length;
    this.#owners.push({ protocol, name, text: number === 0 ? '' : text, series: 0, refused: 0, complaint: undefined });
    if (number > 0) this.#numbers.set(text, number);
    return number;
  }

  #complaintOf(number: number, owner: Owner, labelsOf: (id: number) => Labels | undefined): string {
    const metrics = new Map<string, number>();
    const values = new Map<string, Set<string>>();
    let looked = 0;
    for (let id = this.#end - 1; id > 0 && looked < SERIES_LOOKED_AT; id--) {
      if (this.#ownerOf[id] !== number) continue;
      const labels = labelsOf(id);
      if (!labels) continue;
      looked++;
      for (const name in labels) {
        const value = labels[name] as string;
        if (name === '__name__') metrics.set(value, (metrics.get(value) ?? 0) + 1);
        else values.set(name, (values.get(name) ?? new Set<string>()).add(value));
      }
    }
    const [metric, count] = largest(metrics, (n) => n);
    const [label, several] = largest(values, (set) => set.size);
    const who = owner.name === '' ? owner.protocol : `${owner.protocol} '${owner.name}'`;
    return (
      `The source ${who} has ${owner.series} series, so no new one of it is taken; the others are. ` +
      `Of its newest ${looked}, ${count} are of the metric '${metric}', and the label '${label}' has the most values, ${several}.`
    );
  }
}

const textOf = ({ protocol, name }: Source): string => `${protocol}/${name}`;

function largest<T>(counts: ReadonlyMap<string, T>, sizeOf: (value: T) => number): [name: string, size: number] {
  let best: [string, number] = ['', 0];
  for (const [name, value] of counts) if (sizeOf(value) > best[1]) best = [name, sizeOf(value)];
  return best;
}
