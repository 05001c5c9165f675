import { createRequire } from 'node:module';
import path from 'node:path';
import type { Resvg } from '@resvg/resvg-js';

/** The fonts come along, so that a picture looks the same on a machine that has none. */
const require = createRequire(import.meta.url);

interface Renderer {
  readonly Resvg: typeof Resvg;
  readonly fonts: readonly string[];
}
let renderer: Renderer | undefined;

/** Loaded when first asked for: most starts never draw. */
function load(): Renderer {
  const folder = path.join(path.dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  const fonts = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => path.join(folder, file));
  return { Resvg: (require('@resvg/resvg-js') as { Resvg: typeof Resvg }).Resvg, fonts };
}

/** A chart as PNG, twice as many pixels as the SVG says, for screens that show them. */
export function toPng(svg: string, scale = 2): Buffer {
  const { Resvg: Renderer, fonts } = (renderer ??= load());
  const drawn = new Renderer(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontFiles: [...fonts], loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
  });
  return drawn.render().asPng();
}
