/** How the app is packaged and which installers are made of it, as one function of what kind is wanted. */
import { cpSync, copyFileSync, existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { FusesPlugin } from '@electron-forge/plugin-fuses';
import type { ForgeConfig } from '@electron-forge/shared-types';
import { homepage } from '#common/domain/project.ts';
import { runFileType } from '#common/platform/run-files.ts';
import { filesBelow } from '#common/platform/library-manifest.ts';
import { placeAppFiles } from './app-files.ts';
import { placeBundledModel } from './bundled-model.ts';
import { fusesOf, type PackageKind } from './fuses.ts';
import { copyLibraries, writeLlamaShim, writeManifest, type Target } from './libraries.ts';
import { MakerDeb } from './maker-deb.ts';
import { MakerRpm } from './maker-rpm.ts';
import { documentTypes } from './run-files.ts';
import { signingOptions, signLibraries, windowsKeys, type Environment } from './signing.ts';

const root = path.resolve(import.meta.dirname, '../..');
const icons = path.join(root, 'resources', 'icons');

/** Of resources, what the app reads. `bin` is put together from packages. */
const resourceNames = ['samples', 'models', 'icons', 'third-party-notices.txt'];

export interface PackageOptions {
  readonly kind: PackageKind;
  readonly env: Environment;
  /** Folder with `electron-v<version>-<platform>-<arch>.zip`; without it the runtime is downloaded. */
  readonly electronZipDir?: string | undefined;
  readonly outDir?: string | undefined;
  /** Builds `.vite`. */
  readonly build: () => Promise<void>;
  /** Called with the folder that becomes the archive, before it does. */
  readonly change?: ((appFolder: string) => void) | undefined;
  /** The .rpm needs `rpmbuild`, which most Debian machines lack. */
  readonly hasRpmbuild: boolean;
}

export function packageConfig({
  kind,
  env,
  electronZipDir,
  outDir,
  build,
  change,
  hasRpmbuild,
}: PackageOptions): ForgeConfig {
  return {
    ...(outDir === undefined ? {} : { outDir }),
    packagerConfig: {
      name: 'Tunesmith',
      // A name with capitals would have to be typed so on Linux.
      executableName: 'tunesmith',
      appBundleId: 'io.github.tunesmith-app.Tunesmith',
      appCategoryType: 'public.app-category.developer-tools',
      appCopyright: 'MIT licence',
      icon: path.join(icons, 'icon'),
      extendInfo: documentTypes,
      asar: { unpack: '**/*.node' },
      // Nothing comes from the checkout by itself: the hook below places each file by name.
      ignore: (file) => file !== '' && file !== '/package.json',
      prune: false,
      derefSymlinks: false,
      ...(electronZipDir === undefined ? {} : { electronZipDir }),
      ...signingOptions(env),
    },
    // All native code comes prebuilt.
    rebuildConfig: { onlyModules: [] },
    plugins: [new FusesPlugin(fusesOf(kind))],
    hooks: {
      prePackage: build,
      async packageAfterCopy(_config, appFolder, _electron, platform, arch) {
        const target = { platform, arch } as Target;
        const resources = path.dirname(appFolder);
        placeAppFiles(target, appFolder);
        for (const name of resourceNames) {
          const from = path.join(root, 'resources', name);
          if (existsSync(from)) cpSync(from, path.join(resources, name), { recursive: true });
        }
        placeBundledModel(env, path.join(resources, 'models'));
        const bin = path.join(resources, 'bin');
        copyLibraries(target, bin);
        await signLibraries(
          target.platform,
          filesBelow(bin).map((name) => path.join(bin, name)),
          env,
        );
        writeManifest(target, bin, appFolder);
        writeLlamaShim(target, appFolder);
        change?.(appFolder);
      },
      async postPackage(_config, { platform, outputPaths }) {
        if (platform === 'darwin') return;
        for (const folder of outputPaths) ownLicence(folder);
      },
    },
    makers: [
      {
        name: '@electron-forge/maker-squirrel',
        platforms: ['win32'],
        config: {
          name: 'tunesmith',
          authors: 'The Tunesmith authors',
          setupExe: 'Tunesmith-Setup.exe',
          setupIcon: path.join(icons, 'icon.ico'),
          // An updater of its own would fetch without asking.
          noMsi: true,
          ...windowsKeys(env),
        },
      },
      {
        name: '@electron-forge/maker-dmg',
        platforms: ['darwin'],
        config: { icon: path.join(icons, 'icon.icns'), format: 'ULFO' },
      },
      { name: '@electron-forge/maker-zip', platforms: ['darwin'], config: {} },
      new MakerDeb({ options: { ...linuxOptions, ...debOptions(kind) } }, ['linux']),
      ...(hasRpmbuild ? [new MakerRpm({ options: { ...linuxOptions, ...rpmOptions } }, ['linux'])] : []),
    ],
  };
}

const linuxOptions = {
  name: 'tunesmith',
  bin: 'tunesmith',
  productName: 'Tunesmith',
  genericName: 'Language model trainer',
  homepage,
  categories: ['Development', 'Science'],
  mimeType: [runFileType],
  icon: Object.fromEntries([
    ...[16, 32, 48, 64, 128, 256, 512].map((size) => [`${size}x${size}`, path.join(icons, `icon-${size}.png`)]),
    ['scalable', path.join(icons, 'icon.svg')],
  ]) as Record<string, string>,
};

const debOptions = (kind: PackageKind) => ({
  maintainer: 'The Tunesmith authors <tunesmith@users.noreply.github.com>',
  section: 'science',
  // The Vulkan driver's loader: without it the processor alone computes.
  recommends: ['libvulkan1'],
  // xz makes it smaller and takes many times as long.
  compression: kind === 'release' ? 'xz' : 'gzip',
});

const rpmOptions = { license: 'MIT', group: 'Applications/Engineering', recommends: ['vulkan-loader'] };

/** Electron's licence lies where a package's own is looked for. */
function ownLicence(folder: string): void {
  const file = path.join(folder, 'LICENSE');
  if (existsSync(file)) renameSync(file, path.join(folder, 'LICENSE.electron.txt'));
  copyFileSync(path.join(root, 'LICENSE'), file);
}
