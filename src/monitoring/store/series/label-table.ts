import { randomInt } from 'node:crypto';
import type { Labels } from '../../series.ts';

/** Labels by id and ids by labels: a hash table of ids, so that a series costs no key besides its labels. */
export class LabelTable {
  readonly #labels: (Labels | undefined)[] = [undefined];
  #hashes = new Uint32Array(1024);
  #slots = new Uint32Array(1024);
  #size = 0;
  /** What was looked for in vain the last time is mostly added next. */
  #missed: { readonly labels: Labels; readonly hash: number } | undefined;

  get end(): number {
    return this.#labels.length;
  }

  labelsOf(id: number): Labels | undefined {
    return this.#labels[id];
  }

  find(labels: Labels): number {
    const mask = this.#slots.length - 1;
    const hash = hashOf(labels);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] as number;
      if (id !== 0 && (this.#hashes[slot] !== hash || !same(this.#labels[id] as Labels, labels))) continue;
      if (id === 0) this.#missed = { labels, hash };
      return id;
    }
  }

  /** Adds labels that `find` doesn't know, under an id that isn't below `end`. They are kept as they are. `asked`: as they were looked for. */
  add(id: number, labels: Labels, asked = labels): void {
    this.skipTo(id);
    this.#labels.push(labels);
    if ((this.#size + 1) * 2 > this.#slots.length) this.#grow();
    this.#put(id, this.#missed?.labels === asked ? this.#missed.hash : hashOf(labels));
    this.#missed = undefined;
    this.#size++;
  }

  /** Gives no id below this from now on. */
  skipTo(id: number): void {
    while (this.#labels.length < id) this.#labels.push(undefined);
  }

  #put(id: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = id;
    this.#hashes[slot] = hash;
  }

  #grow(): void {
    const slots = this.#slots;
    const hashes = this.#hashes;
    this.#slots = new Uint32Array(slots.length * 2);
    this.#hashes = new Uint32Array(slots.length * 2);
    for (let i = 0; i < slots.length; i++) if (slots[i] !== 0) this.#put(slots[i] as number, hashes[i] as number);
  }
}

/** Differs from process to process, so that no sender can prepare labels that share a slot. */
const SEED = randomInt(2 ** 32) | 0;

/** Independent of the labels' order; empty values don't count. */
function hashOf(labels: Labels): number {
  let sum = 0;
  for (const name in labels) {
    const value = labels[name];
    if (!value) continue;
    let hash = SEED;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0xff, 0x01000193);
    for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    sum = (sum + (hash ^ (hash >>> 13))) | 0;
  }
  return sum >>> 0;
}

function same(kept: Labels, labels: Labels): boolean {
  let count = 0;
  for (const name in labels) {
    const value = labels[name];
    if (!value) continue;
    if (kept[name] !== value) return false;
    count++;
  }
  for (const name in kept) if (kept[name] !== undefined) count--;
  return count === 0;
}
