import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/**
 * What the first screen is made of is asked for with the page, not once the module before it has run. (Its language is
 * chosen before anything draws, so all but the entry is loaded by `import()`, which nothing else announces.)
 */
const preloadStart: Plugin = {
  name: 'preload-start',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) =>
      Object.values(bundle)
        .filter(({ type, name }) => type === 'chunk' && name === 'start')
        .map(({ fileName }) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `./${fileName}` },
          injectTo: 'head' as const,
        })),
  },
};

/** The window. Everything is bundled: nothing is fetched from elsewhere, and nothing stands inline (the page's policy forbids both). */
export default defineConfig({
  root: path.join(import.meta.dirname, 'renderer'),
  base: './',
  plugins: [react(), preloadStart],
  build: {
    outDir: path.join(import.meta.dirname, '.vite', 'renderer'),
    emptyOutDir: true,
    // Data addresses would need a wider policy for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
});
