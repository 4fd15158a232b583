/** Electron Forge's configuration: `npm run package`, `npm run make`. What is in it: scripts/packaging/config.ts. */
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { buildApp } from './scripts/build-app.ts';
import { packageConfig } from './scripts/packaging/config.ts';

const { env } = process;
// Set by scripts/package-for-tests.ts alone: never in a release.
const sqliteForTests = env['TUNESMITH_TEST_SQLITE'];

export default packageConfig({
  kind: sqliteForTests === undefined ? 'release' : 'e2e',
  env,
  electronZipDir: env['TUNESMITH_ELECTRON_ZIPS'],
  outDir: env['TUNESMITH_OUT'],
  hasRpmbuild: spawnSync('rpmbuild', ['--version']).status === 0,
  async build() {
    await buildApp();
  },
  change:
    sqliteForTests === undefined
      ? undefined
      : (appFolder) => {
          const prebuilt = `${process.platform}-${process.arch}.node`;
          copyFileSync(sqliteForTests, path.join(appFolder, 'node_modules', 'better-sqlite3', 'prebuilds', prebuilt));
        },
});
