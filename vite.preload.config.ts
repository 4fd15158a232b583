import path from 'node:path';
import { defineConfig } from 'vite';

/** The preload script: one CommonJS file, as Electron's sandbox asks for. Used by scripts/build-app.ts and by Electron Forge. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: path.join(import.meta.dirname, '.vite', 'build'),
    emptyOutDir: false,
    target: 'chrome130',
    minify: false,
    rolldownOptions: {
      external: ['electron', /^electron\//],
      input: path.join(import.meta.dirname, 'preload/preload.ts'),
      output: { format: 'cjs', codeSplitting: false, entryFileNames: 'preload.cjs' },
    },
  },
});
