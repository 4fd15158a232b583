import path from 'node:path';
import { MakerBase, type MakerOptions } from '@electron-forge/maker-base';
import type { ForgePlatform } from '@electron-forge/shared-types';

/** Of the installer that makes the package; it has no types. */
export interface RpmOptions {
  readonly [name: string]: unknown;
}

/**
 * The .rpm for Fedora, openSUSE and their relatives. Forge's own maker of this kind is one major version behind the rest of
 * it; this is the same thin step to electron-installer-redhat. Needs `rpmbuild`.
 */
export class MakerRpm extends MakerBase<RpmOptions> {
  name = 'rpm';
  defaultPlatforms: ForgePlatform[] = ['linux'];
  override requiredExternalBinaries = ['rpmbuild'];

  override isSupportedOnCurrentPlatform(): boolean {
    return this.isInstalled('electron-installer-redhat');
  }

  override async make({ dir, makeDir, targetArch }: MakerOptions): Promise<string[]> {
    // @ts-expect-error: this package has no types
    const { default: installer } = await import('electron-installer-redhat');
    const dest = path.resolve(makeDir, 'rpm', targetArch);
    await this.ensureDirectory(dest);
    const arch = targetArch === 'arm64' ? 'aarch64' : 'x86_64';
    const { packagePaths } = (await installer({
      options: {},
      ...this.config,
      arch,
      src: dir,
      dest,
      rename: undefined,
    })) as {
      packagePaths: string[];
    };
    return packagePaths;
  }
}
