import { LimitError } from '../platform/problem.ts';

export interface FairQueueOptions {
  /** How many tasks run at a time. */
  readonly slots: number;
  /** How many tasks of one source may wait for a slot, and how many bytes they may hold. */
  readonly mostWaiting: number;
  readonly mostWaitingBytes: number;
}

interface Queue {
  readonly waiting: { readonly go: () => void; readonly bytes: number }[];
  bytes: number;
}

/**
 * Runs some tasks at a time; those that have to wait get their turn source by source. So a source that sends a thousand requests at
 * once waits behind itself, and one that sends a single request behind one of each other source.
 */
export class FairQueue {
  readonly #options: FairQueueOptions;
  /** In the order of their turns. None is empty. */
  readonly #queues = new Map<string, Queue>();
  #running = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /** @throws LimitError 429 when too much of this source waits already; or what the task throws */
  async run<T>(source: string, bytes: number, task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#options.slots) this.#running++;
    else await this.#wait(source, bytes);
    try {
      return await task();
    } finally {
      this.#giveSlot();
    }
  }

  #wait(source: string, bytes: number): Promise<void> {
    const { mostWaiting, mostWaitingBytes } = this.#options;
    const queue = this.#queues.get(source) ?? { waiting: [], bytes: 0 };
    if (queue.waiting.length >= mostWaiting || queue.bytes + bytes > mostWaitingBytes) {
      throw new LimitError(
        429,
        `${queue.waiting.length} requests of ${source} wait already (${queue.bytes} bytes): send fewer at a time.`,
        {
          limit: mostWaiting,
          setting: 'fewer requests at a time (in Prometheus, max_shards)',
          retryAfter: 1,
        },
      );
    }
    this.#queues.set(source, queue);
    queue.bytes += bytes;
    return new Promise((go) => void queue.waiting.push({ go, bytes }));
  }

  /** The slot goes to whoever's turn it is, who then stands last. */
  #giveSlot(): void {
    for (const [source, queue] of this.#queues) {
      const next = queue.waiting.shift();
      this.#queues.delete(source);
      if (!next) continue;
      queue.bytes -= next.bytes;
      if (queue.waiting.length > 0) this.#queues.set(source, queue);
      next.go();
      return;
    }
    this.#running--;
  }
}
