import { nearest, type Resource, type ResourceSet } from '../../catalog/index.ts';
import type { WhoFound } from './contract.ts';

/** In this order where several fit as well: what is broken has a service, who mends it a team. */
const KINDS = [
  ['service', 'Service'],
  ['team', 'Team'],
  ['schedule', 'Schedule'],
  ['policy', 'EscalationPolicy'],
  ['person', 'Person'],
] as const;
const MOST_ALTERNATIVES = 5;
/** A sentence is read this far. */
const MOST_WORDS = 20;
/** Words that name nothing. */
const EMPTY = new Set(['the', 'and', 'for', 'who', 'call', 'about', 'now', 'service', 'team', 'oncall', 'not', 'with']);

interface Candidate extends WhoFound {
  readonly words: readonly string[];
  readonly description: readonly string[];
}

/**
 * What some words are about, the likeliest first: a name or a title as it is, then one that has the words in it, then one
 * whose description has, then the nearest to a slip of the finger. Empty where nothing is near.
 */
export function findSubject(set: ResourceSet, about: string): WhoFound[] {
  const candidates = KINDS.flatMap(([kind, of]) => set.list(of).map((one) => candidate(kind, one)));
  const text = about.trim().toLowerCase();
  const words = wordsOf(text).filter((word) => word.length > 2 && !EMPTY.has(word)).slice(0, MOST_WORDS); // prettier-ignore
  const scored = candidates.map((one, i) => ({ one, i, score: scoreOf(one, text, words) })).filter(({ score }) => score > 0);
  scored.sort((a, b) => b.score - a.score || a.i - b.i);
  const found = scored.length > 0 ? scored.map(({ one }) => one) : nearestTo(candidates, [text, ...words]);
  return found.slice(0, MOST_ALTERNATIVES + 1).map(({ kind, name, title }) => ({ kind, name, title }));
}

function candidate(kind: WhoFound['kind'], { name, title, spec }: Resource): Candidate {
  const { description = '' } = spec as { description?: string };
  return { kind, name, title, words: [...wordsOf(name), ...wordsOf(title)], description: wordsOf(description) };
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''); // prettier-ignore

function scoreOf({ name, title, words, description }: Candidate, text: string, wanted: readonly string[]): number {
  if (name === text) return 1_000;
  if (title.toLowerCase() === text) return 900;
  const inName = wanted.filter((word) => words.includes(word)).length;
  // `pay` is the beginning of `payments`.
  const begins = wanted.filter((word) => words.some((one) => one.startsWith(word))).length;
  const told = wanted.filter((word) => description.includes(word)).length;
  // Of two that have the word, the one that has nothing else is meant.
  return inName * 20 + begins * 10 + told - (inName > 0 ? Math.min(9, words.length / 10) : 0);
}

function nearestTo(candidates: readonly Candidate[], wanted: readonly string[]): Candidate[] {
  for (const word of wanted) {
    const name = nearest(
      word,
      candidates.flatMap((one) => [one.name, one.title]),
    );
    const near = candidates.filter((one) => name !== undefined && (one.name === name || one.title === name));
    if (near.length > 0) return near;
  }
  return [];
}
