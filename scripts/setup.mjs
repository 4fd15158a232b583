// Makes a fresh checkout ready to run: dependencies as the lockfile says, and Node 24 from the npm package `node`.
// Plain JavaScript for Node 20 and later, because it runs before anything is installed. `npm start` and `npm test` call it
// first; it does nothing where nothing is to do.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const isWindows = process.platform === 'win32';
const nodeMajor = 24;
/** A Node 24 that npm is run with, until the checkout has its own. */
const borrowed = join(root, '.cache', 'setup-node');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  exitWithMessageOnError(() => console.log(`Ready: Node ${versionOf(setUp())}`));
}

/** Installs what is missing and returns the path of the Node 24 to run everything with. */
export function setUp() {
  if (!isInstalled()) install();
  const node = ensureNode();
  linkNode(node);
  return node;
}

/** For the entry scripts: an expected failure is a sentence, not a stack trace. */
export function exitWithMessageOnError(action) {
  try {
    return action();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** Is every package of the lockfile there in its version? npm keeps a record of what it installed beside them. */
function isInstalled() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    // What is optional may be for another platform; where it is there, its version counts.
    if (path === '' || installed[path] === undefined) return path === '' || Boolean(optional ?? devOptional ?? peer);
    return installed[path].version === version;
  });
}

function install() {
  const isOld = majorOf(process.versions.node) < nodeMajor;
  const node = isOld ? borrowNode() : process.execPath;
  console.log('Installing dependencies (npm ci)…');
  // Every native package carries prebuilt libraries: no install script is needed, and none may look for a compiler.
  const result = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root, node);
  if (result.status !== 0) {
    throw new Error('npm ci failed (see above). Is this machine online, and is npm 10 or later there (npm --version)?');
  }
}

/**
 * npm leaves optional packages out, without a word, that ask for a later Node than the one it runs on (the makers of installers do). So an old
 * one fetches Node 24 first, and npm runs on that. Where it cannot be had, npm runs on the old one.
 */
function borrowNode() {
  const { version } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages['node_modules/node'];
  console.log(`Fetching Node ${version} from the npm package "node" to install with…`);
  rmSync(borrowed, { recursive: true, force: true });
  mkdirSync(borrowed, { recursive: true });
  writeFileSync(join(borrowed, 'package.json'), '{ "private": true }\n');
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `node@${version}`], borrowed);
  const packageFolder = join(borrowed, 'node_modules', 'node');
  return (existsSync(packageFolder) ? fetchNode(packageFolder) : undefined) ?? process.execPath;
}

/**
 * The package `node` holds no Node: its install script fetches the package of this platform. Where install scripts do not run (we and npm 12
 * forbid them) that is done here, by the same script.
 */
function fetchNode(packageFolder) {
  const node = join(packageFolder, 'bin', isWindows ? 'node.exe' : 'node');
  if (isNode24(node)) return node;
  spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: packageFolder,
    // Its output is npm's and says nothing that the check below does not.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, npm_config_loglevel: 'error', npm_config_ignore_scripts: 'true' },
  });
  return isNode24(node) ? node : undefined;
}

/** The Node 24 to run everything with. */
function ensureNode() {
  const packageFolder = join(modules, 'node');
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  if (!existsSync(join(packageFolder, 'bin'))) console.log(`Installing Node ${version} from the npm package "node"…`);
  const node = fetchNode(packageFolder);
  rmSync(borrowed, { recursive: true, force: true });
  if (node !== undefined) return node;
  if (majorOf(process.versions.node) >= nodeMajor) {
    console.log(
      `There is no Node ${version} for ${process.platform} ${process.arch} on npm; going on with the Node that runs this.`,
    );
    return process.execPath;
  }
  throw new Error(
    `Tunesmith runs on Node ${nodeMajor}, and the npm package "node" could not bring it to this machine ` +
      `(${process.platform} ${process.arch}). Install Node ${nodeMajor} or later and run the same command again.`,
  );
}

function majorOf(version) {
  return Number(version.split('.')[0]);
}

function isNode24(path) {
  return existsSync(path) && versionOf(path)?.startsWith(`${nodeMajor}.`) === true;
}

function versionOf(node) {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return stdout?.trim().replace(/^v/, '');
}

/** npm scripts find `node` first in node_modules/.bin: so `npm run …` means the same Node. */
function linkNode(node) {
  const bin = join(modules, '.bin');
  const link = join(bin, isWindows ? 'node.cmd' : 'node');
  if (existsSync(link)) return;
  mkdirSync(bin, { recursive: true });
  rmSync(link, { force: true });
  if (isWindows) writeFileSync(link, `@"${node}" %*\r\n`);
  else symlinkSync(node === process.execPath ? node : join('..', 'node', 'bin', 'node'), link);
}

function npm(args, cwd, node = process.execPath) {
  const env = { ...process.env, NODE_LLAMA_CPP_SKIP_DOWNLOAD: 'true' };
  // npm's own program file begins with `env node`, so it runs on the first one there.
  if (node !== process.execPath) env.PATH = `${dirname(node)}${delimiter}${env.PATH ?? ''}`;
  // Under `npm start` this names npm's own program file, which needs no shell to be found.
  const program = process.env.npm_execpath;
  if (program?.endsWith('.js')) return spawnSync(node, [program, ...args], { cwd, env, stdio: 'inherit' });
  // On Windows npm is a .cmd file, and those run in a shell only; the arguments above need no quoting.
  return spawnSync('npm', args, { cwd, env, stdio: 'inherit', shell: isWindows });
}
