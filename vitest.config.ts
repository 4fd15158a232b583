import { defineConfig } from 'vitest/config';

/**
 * Five suites. `unit` lies beside the sources and in tests/unit and stays quick; `cli` starts the command line as a person does; `models` fetches and tunes real models (minutes);
 * `ollama` talks to a real Ollama server; `packaged` looks into the package that scripts/package-for-tests.ts made.
 */
export default defineConfig({
  test: {
    // Processes, not worker threads: the native libraries keep process-wide state, and a failed native assertion
    // then ends one test file and not the whole run.
    pool: 'forks',
    // Each native library starts threads of its own.
    maxWorkers: 2,
    // Only local work in tests: no colour codes, no Ollama of the person's own, no state in their home.
    env: { NO_COLOR: '1', TUNESMITH_TEST: '1' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{common,engine,main,scripts}/**/*.test.ts', 'tests/unit/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'cli',
          include: ['tests/{cli,app}/**/*.test.ts'],
          testTimeout: 5 * 60_000,
          hookTimeout: 5 * 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'packaged',
          include: ['tests/packaged/**/*.test.ts'],
          testTimeout: 2 * 60_000,
          hookTimeout: 2 * 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'models',
          include: ['tests/models/**/*.test.ts'],
          testTimeout: 60 * 60_000,
          hookTimeout: 10 * 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'ollama',
          include: ['tests/ollama/**/*.test.ts'],
          testTimeout: 5 * 60_000,
          hookTimeout: 10 * 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
