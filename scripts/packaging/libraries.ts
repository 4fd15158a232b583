/** The native libraries of the packaged app: which files, from where, and the manifest that the app compares them with. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '#common/platform/host.ts';
import {
  filesBelow,
  hashOfFile,
  libraryManifestFile,
  libraryManifestSchema,
  type LibraryManifest,
} from '#common/platform/library-manifest.ts';
import { bundledLibraries, type BundledLibraries } from '#common/platform/native-libraries.ts';

/** What is packaged for. */
export interface Target {
  readonly platform: NodeJS.Platform;
  readonly arch: NodeJS.Architecture;
}

export interface LibraryFile {
  /** Path below `resources/bin`, with `/`. */
  readonly name: string;
  readonly from: string;
}

const root = path.resolve(import.meta.dirname, '../..');
const llamaAddon = 'llama-addon.node';
const buildMetadata = '_nlcBuildMetadata.json';

/** Each library once. Throws a sentence where a package or the kernels of the target are not installed here. */
export function libraryFiles(target: Target, checkout = root): readonly LibraryFile[] {
  const { folder, base, added } = bundledOf(target);
  const files: LibraryFile[] = [];
  const take = (packageName: string, binsFolder: string, wanted: (name: string) => boolean): void => {
    const from = path.join(checkout, 'node_modules', packageName, 'bins', binsFolder);
    if (!existsSync(from)) {
      throw new Error(`${packageName} is not installed: run "npm ci" on ${target.platform} ${target.arch}.`);
    }
    for (const name of readdirSync(from).toSorted()) {
      if (wanted(name)) files.push({ name: `${folder}/${name}`, from: path.join(from, name) });
    }
  };
  // Import libraries (.lib) are for linking on Windows; nothing reads them at run time.
  take(base.name, base.binsFolder, (name) => !name.endsWith('.lib'));
  for (const { from, files: pattern } of added) take(from.name, from.binsFolder, (name) => pattern.test(name));
  return [...files, ...kernels(target, checkout)];
}

/** The app works without our own kernels, slower: a target that has none built yet is no failure. */
function kernels({ platform, arch }: Target, checkout: string): readonly LibraryFile[] {
  const id = `${platform}-${arch}`;
  const from = path.join(checkout, 'resources', 'bin', 'kernels', id);
  return filesBelow(from).map((name) => ({ name: `kernels/${id}/${name}`, from: path.join(from, name) }));
}

/** Each under its name below `binFolder`. */
export function copyLibraries(target: Target, binFolder: string): void {
  for (const { name, from } of libraryFiles(target)) {
    const to = path.join(binFolder, name);
    mkdirSync(path.dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}

/**
 * Writes down what lies in `binFolder` now, into the folder that becomes the archive. Signing changes the bytes of a library, so
 * this comes after it.
 */
export function writeManifest(target: Target, binFolder: string, appFolder: string): LibraryManifest {
  const { folder, base } = bundledOf(target);
  const metadata = path.join(binFolder, folder, buildMetadata);
  const { buildOptions } = JSON.parse(readFileSync(metadata, 'utf8')) as {
    readonly buildOptions: { readonly llamaCpp: { readonly release: string } };
  };
  if (!existsSync(path.join(binFolder, folder, llamaAddon))) throw new Error(`${base.name} holds no ${llamaAddon}.`);
  const manifest: LibraryManifest = libraryManifestSchema.parse({
    schema: 1,
    ...target,
    llamaCpp: buildOptions.llamaCpp.release,
    nodeLlamaCpp: nodeLlamaCppVersion(),
    files: Object.fromEntries(
      filesBelow(binFolder).map((name) => {
        const file = path.join(binFolder, name);
        return [name, { bytes: statSync(file).size, sha256: hashOfFile(file) }];
      }),
    ),
  });
  writeFileSync(path.join(appFolder, libraryManifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/**
 * node-llama-cpp asks a package of its own where the libraries are. In the packaged app that package is three lines which
 * name the folder beside the archive, so that no library lies there twice.
 */
export function writeLlamaShim(target: Target, appFolder: string): void {
  const { base } = bundledOf(target);
  const folder = path.join(appFolder, 'node_modules', base.name);
  mkdirSync(folder, { recursive: true });
  const version = nodeLlamaCppVersion();
  const description = { name: base.name, version, license: 'MIT', type: 'module', exports: './index.js' };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(description, null, 2)}\n`);
  writeFileSync(
    path.join(folder, 'index.js'),
    [
      `import path from 'node:path';`,
      `const answer = { binsDir: path.join(process.resourcesPath, 'bin'), packageVersion: '${version}' };`,
      `export const getBinsDir = () => answer;`,
      '',
    ].join('\n'),
  );
}

function bundledOf({ platform, arch }: Target): BundledLibraries {
  const host: Host = { platform, arch, env: {}, home: '/' };
  const bundled = bundledLibraries(host);
  if (bundled === undefined) throw new Error(`There are no llama.cpp libraries for ${platform} ${arch}.`);
  return bundled;
}

function nodeLlamaCppVersion(): string {
  const file = path.join(root, 'node_modules', 'node-llama-cpp', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
