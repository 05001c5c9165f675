import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './compress.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `npx vite build --config web/vite.config.ts` writes dist/web; `npx vite --config web/vite.config.ts` develops against port 9900. */
export default defineConfig({
  root: here('.'),
  plugins: [react(), compress()],
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    // The budget's test reads it: which chunks the first route needs.
    manifest: true,
    // Small enough files would become data: addresses, which the page's policy forbids for anything but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(['/nines/', '/api/', '/a/'].map((path) => [path, process.env['NINES_URL'] ?? 'http://127.0.0.1:9900'])),
  },
});
