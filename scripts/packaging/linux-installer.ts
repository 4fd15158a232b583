import path from 'node:path';
import { placeMimePackage } from './run-files.ts';

/** Options of electron-installer-debian and -redhat, which have no types. */
export interface InstallerOptions {
  readonly [name: string]: unknown;
}

/** What both packages export as `Installer`: the steps of making a package, one method each. */
export interface Installer {
  readonly stagingDir: string;
  readonly baseAppDir: string;
  readonly options: { readonly name: string; readonly packagePaths: string[] };
  readonly contentFunctions: readonly string[];
  generateDefaults(): Promise<unknown>;
  generateOptions(): unknown;
  createStagingDir(): Promise<unknown>;
  createContents(): Promise<unknown>;
  createPackage(): Promise<unknown>;
  movePackage(): Promise<unknown>;
}
type InstallerClass = new (options: InstallerOptions) => Installer;

/**
 * The steps that the packages' own functions take, and one more: neither has an option for the file that makes a new type of file known to the
 * system. Returns the paths of the packages.
 */
export async function makeLinuxPackage(Base: InstallerClass, options: InstallerOptions): Promise<readonly string[]> {
  class WithRunFiles extends Base {
    override get contentFunctions(): readonly string[] {
      return [...super.contentFunctions, 'createMimePackage'];
    }

    createMimePackage(): void {
      placeMimePackage(path.join(this.stagingDir, this.baseAppDir), this.options.name);
    }
  }
  const installer = new WithRunFiles({ logger: () => {}, ...options });
  await installer.generateDefaults();
  await installer.generateOptions();
  await installer.createStagingDir();
  await installer.createContents();
  await installer.createPackage();
  await installer.movePackage();
  return installer.options.packagePaths;
}
