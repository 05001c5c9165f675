/**
 * Draws SVG as PNG on a thread of its own: a large picture takes seconds, and the thread that pages people has none to spare.
 * A message in is `{ svg, scale }`, one out `{ png }` or `{ error }`; one at a time. Plain JavaScript, because a worker thread is
 * loaded by Node itself, in tests too.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';

if (!parentPort) throw new Error('png-worker runs as a worker thread only');
const port = parentPort;
const require = createRequire(import.meta.url);
/** The fonts come along, so that a picture looks the same on a machine that has none. */
const folder = path.join(path.dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => path.join(folder, file));
/** @type {typeof import('@resvg/resvg-js')} */
const { Resvg } = require('@resvg/resvg-js');

port.on('message', (/** @type {import('./png.ts').PngRequest} */ { svg, scale }) => {
  /** @type {import('./png.ts').PngResponse} */
  let response;
  try {
    const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' };
    response = { png: new Resvg(svg, { fitTo: { mode: 'zoom', value: scale }, font }).render().asPng() };
  } catch (error) {
    response = { error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(response);
});
