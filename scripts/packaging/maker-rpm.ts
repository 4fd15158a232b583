import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MakerBase, type MakerOptions } from '@electron-forge/maker-base';
import type { ForgePlatform } from '@electron-forge/shared-types';
import { makeLinuxPackage, type InstallerOptions } from './linux-installer.ts';

/**
 * The .rpm for Fedora, openSUSE and their relatives. Forge's own maker of this kind is one major version behind the rest of
 * it; this is the same thin step to electron-installer-redhat. Needs `rpmbuild`.
 */
export class MakerRpm extends MakerBase<InstallerOptions> {
  name = 'rpm';
  defaultPlatforms: ForgePlatform[] = ['linux'];
  override requiredExternalBinaries = ['rpmbuild'];

  override isSupportedOnCurrentPlatform(): boolean {
    return this.isInstalled('electron-installer-redhat');
  }

  override async make({ dir, makeDir, targetArch }: MakerOptions): Promise<string[]> {
    // @ts-expect-error: this package has no types
    const { Installer } = await import('electron-installer-redhat');
    const dest = path.resolve(makeDir, 'rpm', targetArch);
    await this.ensureDirectory(dest);
    const arch = targetArch === 'arm64' ? 'aarch64' : 'x86_64';
    const rename = (folder: string): string =>
      path.join(folder, '<%= name %>-<%= version %>-<%= revision %>.<%= arch %>.rpm');
    return [
      ...(await makeLinuxPackage(Installer, {
        options: {},
        ...this.config,
        arch,
        src: dir,
        dest,
        rename,
        specTemplate: specTemplate(new Installer({}).defaultSpecTemplatePath as string),
      })),
    ];
  }
}

/** The installer's own, which lists each file of the package, with the one that makes run files known. */
function specTemplate(original: string): string {
  return withMimePackage(
    readFileSync(original, 'utf8'),
    path.join(mkdtempSync(path.join(tmpdir(), 'tunesmith-rpm-')), 'spec.ejs'),
  );
}

/** Writes the changed template to `to`, and returns that. Throws where the template is another one than it was. */
export function withMimePackage(template: string, to: string): string {
  const changed = template.replace(/^%files$/m, '%files\n/usr/share/mime/packages/<%= name %>.xml');
  if (changed === template)
    throw new Error('electron-installer-redhat has another template than this was written for.');
  writeFileSync(to, changed);
  return to;
}
