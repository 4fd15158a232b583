import { existsSync, readFileSync, rmSync } from 'node:fs';
import { packageRecord, type TestPackage } from './package-for-tests.ts';
import { noTally, sum, type Tally } from './tally.ts';
import { inWorld, type WindowSuiteDeps } from './window-suite.ts';

interface PackagedSuiteDeps extends WindowSuiteDeps {
  readonly vitest: (project: string, limitMinutes: number) => Promise<Tally>;
}

const packagingLimitMinutes = 15;

/** The main job, what the system hands over, and what only the packaged app can show; the other specs have been run in the other worlds. */
const specs = ['first-launch', 'main-job', 'packaged', 'electron/opened'];

/** Packages the app, looks into the package, installs it into a scratch folder and does the main job in it. */
export async function packagedSuite(deps: PackagedSuiteDeps): Promise<Tally> {
  const lacking = whatIsMissing();
  if (lacking !== undefined) return { ...noTally, notRun: [`the packaged app: ${lacking}`] };
  rmSync(packageRecord, { force: true });
  const code = await deps.spawned(['scripts/package-for-tests.ts'], packagingLimitMinutes);
  if (code !== 0) return { ...noTally, failures: ['the app could not be packaged (see above)'] };
  const { launcher, reservation } = JSON.parse(readFileSync(packageRecord, 'utf8')) as TestPackage;
  const inside = await deps.vitest('packaged', 5);
  // A display that asks for no key: the app runs as another user.
  const job = await inWorld('packaged', deps, { env: { APP_EXECUTABLE: launcher, DISPLAY: '' }, args: specs });
  const notRun = reservation === null ? [] : [`the packaged app as an ordinary user in its sandbox: ${reservation}`];
  return [inside, job, { ...noTally, notRun }].reduce(sum, noTally);
}

function whatIsMissing(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the tests’ Electron is for Linux x64 only';
  if (!existsSync('/usr/bin/Xvfb')) return 'there is no virtual display; Debian has one as "xvfb"';
  if (!existsSync('/usr/bin/dpkg-deb')) return 'there is no dpkg-deb; Debian has it as "dpkg"';
  return undefined;
}
