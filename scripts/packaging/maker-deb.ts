import path from 'node:path';
import { MakerBase, type MakerOptions } from '@electron-forge/maker-base';
import { debianArch } from '@electron-forge/maker-deb';
import type { ForgePlatform } from '@electron-forge/shared-types';
import { makeLinuxPackage, type InstallerOptions } from './linux-installer.ts';

/** The .deb for Debian, Ubuntu and their relatives: Forge's own maker of it, with the type of run files. Needs `dpkg`. */
export class MakerDeb extends MakerBase<InstallerOptions> {
  name = 'deb';
  defaultPlatforms: ForgePlatform[] = ['linux'];
  override requiredExternalBinaries = ['dpkg'];

  override isSupportedOnCurrentPlatform(): boolean {
    return this.isInstalled('electron-installer-debian');
  }

  override async make({ dir, makeDir, targetArch }: MakerOptions): Promise<string[]> {
    // @ts-expect-error: this package has no types
    const { Installer } = await import('electron-installer-debian');
    const dest = path.resolve(makeDir, 'deb', targetArch);
    await this.ensureDirectory(dest);
    const rename = (folder: string): string => path.join(folder, '<%= name %>_<%= version %>_<%= arch %>.deb');
    return [
      ...(await makeLinuxPackage(Installer, {
        options: {},
        ...this.config,
        arch: debianArch(targetArch),
        src: dir,
        dest,
        rename,
      })),
    ];
  }
}
