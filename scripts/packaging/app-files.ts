/** What goes into the archive of the packaged app: what was built, and of the packages that cannot be built in only what runs. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from '#common/platform/library-manifest.ts';
import { nativePackages } from '../../vite.main.config.ts';
import type { Target } from './libraries.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Named as dependencies, needed to compile only. */
const buildTools = new Set(['node-addon-api', 'node-api-headers', 'cmake-js']);

export interface AppFile {
  /** Path in the archive, with `/`. */
  readonly name: string;
  readonly from: string;
}

/** Every file of the archive but package.json, the manifest and the shim, which are written. */
export function appFiles(target: Target, checkout = root): readonly AppFile[] {
  const built = path.join(checkout, '.vite');
  if (!existsSync(path.join(built, 'build')) || !existsSync(path.join(built, 'renderer'))) {
    throw new Error('The app is not built yet.');
  }
  return [
    ...filesBelow(built)
      .filter((name) => /^(?:build|renderer)\//.test(name) && !name.endsWith('.map'))
      .map((name) => ({ name: `.vite/${name}`, from: path.join(built, name) })),
    ...packageFiles(target, checkout),
  ];
}

/** The part below node_modules. */
export function packageFiles(target: Target, checkout = root): readonly AppFile[] {
  const own = ownFiles(target);
  return [...neededPackages(target, checkout)].toSorted().flatMap((packageName) => {
    const folder = path.join(checkout, 'node_modules', packageName);
    const pattern = own[packageName];
    return filesBelow(folder)
      .filter((name) => !name.startsWith('node_modules/'))
      .filter((name) => (pattern === undefined ? canRun.test(name) && !neverRuns.test(name) : pattern.test(name)))
      .map((name) => ({ name: `node_modules/${packageName}/${name}`, from: path.join(folder, name) }));
  });
}

/** Of these packages only what is named; of the others whatever can run. */
function ownFiles({ platform, arch }: Target): Readonly<Record<string, RegExp>> {
  return {
    'better-sqlite3': new RegExp(String.raw`^(package\.json|LICENSE|lib/.*\.js|prebuilds/${platform}-${arch}\.node)$`),
    koffi: /^(package\.json|LICENSE\.txt|index\.c?js|src\/koffi\/index\.c?js|src\/koffi\/src\/static\.c?js)$/,
    [koffiPlatform({ platform, arch })]: new RegExp(
      String.raw`^(package\.json|index\.js|${platform}_${arch}/koffi\.node)$`,
    ),
    // Its sources of llama.cpp (34 MB) are for people who compile it.
    'node-llama-cpp':
      /^(package\.json|LICENSE|dist\/.*\.js|llama\/(binariesGithubRelease|llama\.cpp\.info|package)\.json)$/,
  };
}

const canRun = /\.(?:[cm]?js|json|node|wasm)$|(?:^|\/)(?:licen[cs]e|copying|notice)(?:[.-][^/]*)?$/i;
const neverRuns = /^(?:tests?|__tests__|docs?|examples?|benchmarks?|\.[^/]*)\/|\.(?:test|spec)\.[cm]?js$/i;

function koffiPlatform({ platform, arch }: Target): string {
  return `@koromix/koffi-${platform}-${arch}`;
}

/** Every package that the app needs at run time, by its path below node_modules (`ipull/node_modules/commander`). */
function neededPackages(target: Target, checkout: string): ReadonlySet<string> {
  const modules = path.join(checkout, 'node_modules');
  const found = new Set<string>();
  const add = (folder: string): void => {
    const name = path.relative(modules, folder).replaceAll('\\', '/');
    if (found.has(name)) return;
    found.add(name);
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const wanted of Object.keys(dependencies)) {
      if (buildTools.has(wanted)) continue;
      const place = placeOf(wanted, folder, modules);
      if (place === undefined) throw new Error(`${name} needs ${wanted}, which is not installed.`);
      add(place);
    }
  };
  for (const name of [...nativePackages, koffiPlatform(target)]) {
    const folder = path.join(modules, name);
    if (!existsSync(folder)) throw new Error(`${name} is not installed: run "npm ci" on the system you package for.`);
    add(folder);
  }
  return found;
}

/** As Node looks a package up, no further than the checkout. */
function placeOf(name: string, from: string, modules: string): string | undefined {
  for (let folder = from; folder.startsWith(modules); folder = path.dirname(folder)) {
    const place = folder === modules ? path.join(modules, name) : path.join(folder, 'node_modules', name);
    if (existsSync(path.join(place, 'package.json'))) return place;
  }
  return undefined;
}

/** Copies the files into the folder that becomes the archive, with a package.json of what the app reads of it. */
export function placeAppFiles(target: Target, appFolder: string): void {
  for (const { name, from } of appFiles(target)) {
    const to = path.join(appFolder, name);
    mkdirSync(path.dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
  const whole = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  const kept = ['name', 'productName', 'version', 'description', 'license', 'type', 'main'];
  const description = Object.fromEntries(kept.map((name) => [name, whole[name]]));
  writeFileSync(path.join(appFolder, 'package.json'), `${JSON.stringify(description, null, 2)}\n`);
}
