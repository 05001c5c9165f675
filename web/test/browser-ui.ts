import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { FixtureServer } from '../dev/fixture-port.ts';
import { startFixtureServer } from '../dev/fixture-server.ts';
import { makeWorld, type World, type WorldName } from '../dev/world.ts';
import { buildWeb, CHROMIUM_FLAGS, findChromium, SIZES } from './build.ts';

export interface OpenOptions {
  readonly world?: WorldName;
  readonly size?: keyof typeof SIZES;
  /** Changes the world before anyone looks. */
  readonly change?: (world: World) => void;
  readonly context?: BrowserContextOptions;
}

/** The UI as it is shipped, in a real Chromium, in front of a server with a world of its own for each page that is opened. */
export class BrowserUi implements AsyncDisposable {
  readonly #root: string;
  readonly #browser: Browser;
  readonly #web: AsyncDisposable;
  #closing: (() => Promise<unknown>)[] = [];

  private constructor(root: string, browser: Browser, web: AsyncDisposable) {
    this.#root = root;
    this.#browser = browser;
    this.#web = web;
  }

  static async start(): Promise<BrowserUi> {
    const web = await buildWeb();
    const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: CHROMIUM_FLAGS });
    return new BrowserUi(web.root, browser, web);
  }

  /** A page at the path, and the server behind it. Closed by `closeAll`. */
  async open(path: string, options: OpenOptions = {}): Promise<{ page: Page; server: FixtureServer }> {
    const { world = 'trouble', size = 'phone', change, context: more } = options;
    const made = makeWorld(world);
    change?.(made);
    const server = await startFixtureServer({ root: this.#root, world: made });
    this.#closing.push(() => server.close());
    const context = await this.#browser.newContext({ viewport: SIZES[size], reducedMotion: 'reduce', ...more });
    this.#closing.push(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(server.url + path);
    return { page, server };
  }

  /** Ends what a test opened. */
  async closeAll(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeAll();
    await this.#browser.close();
    await this.#web[Symbol.asyncDispose]();
  }
}
