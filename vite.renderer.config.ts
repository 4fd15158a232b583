import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The window. Everything is bundled: nothing is fetched from elsewhere, and nothing stands inline (the page's policy forbids both). */
export default defineConfig({
  root: path.join(import.meta.dirname, 'renderer'),
  base: './',
  plugins: [react()],
  build: {
    outDir: path.join(import.meta.dirname, '.vite', 'renderer'),
    emptyOutDir: true,
    // Data addresses would need a wider policy for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
});
