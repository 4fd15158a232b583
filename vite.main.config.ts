import { builtinModules } from 'node:module';
import path from 'node:path';
import { defineConfig } from 'vite';

/** Packages with native libraries, which find their own files: they stay in node_modules. */
export const nativePackages = ['better-sqlite3', 'koffi', 'node-llama-cpp'] as const;

/**
 * Main and the child processes, one entry each, for Electron's Node. Used by scripts/build-app.ts and by Electron Forge.
 * `common/platform/places.ts` counts on the files' names and on their lying together in `.vite/build`.
 */
export default defineConfig({
  root: import.meta.dirname,
  // Files become CommonJS, which has its own word for this.
  define: { 'import.meta.dirname': '__dirname' },
  resolve: { conditions: ['node'], mainFields: ['module', 'main'] },
  build: {
    outDir: path.join(import.meta.dirname, '.vite', 'build'),
    emptyOutDir: false,
    // The oldest Node it runs on is the one of the tests' Electron.
    target: 'node20.18',
    // Stack traces in bug reports are read by people.
    minify: false,
    lib: {
      entry: {
        main: path.join(import.meta.dirname, 'main/app/electron.ts'),
        engine: path.join(import.meta.dirname, 'engine/host/main.ts'),
        chat: path.join(import.meta.dirname, 'main/services/chat/process.ts'),
        reader: path.join(import.meta.dirname, 'main/services/importing/process.ts'),
      },
      formats: ['cjs'],
      fileName: (_format, name) => `${name}.cjs`,
    },
    rolldownOptions: {
      external: [
        'electron',
        /^electron\//,
        ...nativePackages,
        ...nativePackages.map((name) => new RegExp(`^${name}/`)),
        ...builtinModules,
        ...builtinModules.map((name) => `node:${name}`),
      ],
      output: { chunkFileNames: '[name]-[hash].cjs' },
    },
  },
});
