import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { describe, expect, test } from 'vitest';
import { packageConfig, type PackageOptions } from './config.ts';
import { fusesOf } from './fuses.ts';
import { withMimePackage } from './maker-rpm.ts';
import { mimePackage, type documentTypes } from './run-files.ts';
import { appleKeys, isBundledLibrary, windowsKeys } from './signing.ts';

const hasRedhat = existsSync(path.resolve(import.meta.dirname, '../../node_modules/electron-installer-redhat'));
const options: PackageOptions = { kind: 'release', env: {}, hasRpmbuild: true, build: () => Promise.resolve() };

const apple = { APPLE_IDENTITY: 'Developer ID Application: Ada (TEAM)' };
const notary = { APPLE_API_KEY: '/keys/ada.p8', APPLE_API_KEY_ID: 'ID', APPLE_API_ISSUER: 'ISSUER' };
const windows = { WINDOWS_CERTIFICATE_FILE: 'C:\\keys\\ada.pfx', WINDOWS_CERTIFICATE_PASSWORD: 'secret' };

function makers(config: ReturnType<typeof packageConfig>): string[] {
  return (config.makers ?? []).map((maker) => ('name' in maker ? String(maker.name) : 'unnamed'));
}

test('a release lets nobody into it; the tests’ build lets Playwright in and differs in nothing else', () => {
  const release = fusesOf('release');
  expect(release).toMatchObject({
    [FuseV1Options.RunAsNode]: false,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: false,
    [FuseV1Options.EnableCookieEncryption]: true,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: true,
  });
  expect(fusesOf('e2e')).toEqual({ ...release, [FuseV1Options.EnableNodeCliInspectArguments]: true });
});

describe('installers', () => {
  test('for three systems; .rpm only where its tool is', () => {
    const all = ['@electron-forge/maker-squirrel', '@electron-forge/maker-dmg', '@electron-forge/maker-zip'];
    expect(makers(packageConfig(options))).toEqual([...all, 'deb', 'rpm']);
    expect(makers(packageConfig({ ...options, hasRpmbuild: false }))).toEqual([...all, 'deb']);
  });

  test('nothing of the checkout is packaged by itself, no module is rebuilt, nothing pruned', () => {
    const { packagerConfig, rebuildConfig } = packageConfig(options);
    const ignore = packagerConfig?.ignore as (file: string) => boolean;
    expect(['', '/package.json'].map((file) => ignore(file))).toEqual([false, false]);
    expect(['/main/app/electron.ts', '/.env', '/node_modules/koffi'].every((file) => ignore(file))).toBe(true);
    expect(rebuildConfig).toEqual({ onlyModules: [] });
    expect(packagerConfig).toMatchObject({ prune: false, asar: { unpack: '**/*.node' } });
  });
});

describe('signing', () => {
  test('happens only with keys', () => {
    const { packagerConfig } = packageConfig(options);
    for (const name of ['osxSign', 'osxNotarize', 'windowsSign']) expect(packagerConfig).not.toHaveProperty(name);
    expect(appleKeys({})).toBeNull();
    expect(appleKeys({ APPLE_IDENTITY: '' })).toBeNull();
    expect(windowsKeys({ WINDOWS_CERTIFICATE_PASSWORD: 'x' })).toBeNull();
  });

  test('macOS: hardened, our entitlements alone, notarized where there is a key for that', () => {
    const signed = packageConfig({ ...options, env: apple }).packagerConfig;
    expect(signed).not.toHaveProperty('osxNotarize');
    const osxSign = signed?.osxSign;
    if (typeof osxSign !== 'object' || osxSign.optionsForFile === undefined) throw new Error('It is not signed.');
    const optionsForFile = osxSign.optionsForFile as () => { hardenedRuntime: boolean; entitlements: string };
    expect(osxSign).toHaveProperty('identity', apple.APPLE_IDENTITY);
    expect(optionsForFile()).toMatchObject({ hardenedRuntime: true });
    expect(optionsForFile().entitlements).toMatch(/entitlements\.plist$/);
    expect(packageConfig({ ...options, env: { ...apple, ...notary } }).packagerConfig?.osxNotarize).toEqual({
      appleApiKey: '/keys/ada.p8',
      appleApiKeyId: 'ID',
      appleApiIssuer: 'ISSUER',
    });
  });

  test('libraries that are written down are signed before that and not again', () => {
    const mac = '/out/Tunesmith.app/Contents/Resources/bin/mac-arm64-metal/libllama.dylib';
    const pc = 'C:\\out\\Tunesmith-win32-x64\\resources\\bin\\win-x64\\llama.dll';
    expect([mac, pc].map(isBundledLibrary)).toEqual([true, true]);
    expect(isBundledLibrary('/out/Tunesmith.app/Contents/Resources/app.asar.unpacked/node_modules/koffi.node')).toBe(
      false,
    );
    const signed = packageConfig({ ...options, env: apple }).packagerConfig?.osxSign;
    expect((signed as { ignore: (file: string) => boolean }).ignore(mac)).toBe(true);
    expect(packageConfig({ ...options, env: windows }).packagerConfig).toHaveProperty('windowsSign.hookFunction');
  });
});

describe('run files', () => {
  test('macOS: a type of our own, which this app owns', () => {
    const info = packageConfig(options).packagerConfig?.extendInfo as typeof documentTypes;
    expect(info.CFBundleDocumentTypes[0].LSItemContentTypes).toEqual([
      info.UTExportedTypeDeclarations[0].UTTypeIdentifier,
    ]);
    expect(info.UTExportedTypeDeclarations[0].UTTypeTagSpecification['public.filename-extension']).toEqual([
      'tunesmith',
    ]);
  });

  test('Linux: the package makes the type known, and the .rpm lists the file', () => {
    expect(mimePackage('tunesmith')).toContain('<glob pattern="*.tunesmith"/>');
    const folder = mkdtempSync(path.join(tmpdir(), 'tunesmith-spec-'));
    const file = withMimePackage('%install\n%files\n/usr/bin/<%= name %>\n', path.join(folder, 'spec.ejs'));
    expect(readFileSync(file, 'utf8')).toContain('%files\n/usr/share/mime/packages/<%= name %>.xml\n/usr/bin/');
    expect(() => withMimePackage('%install', file)).toThrow(/another template/);
    rmSync(folder, { recursive: true });
  });

  test.skipIf(!hasRedhat)(
    'the installed redhat packager still has that template (not installed here: skipped)',
    async () => {
      // @ts-expect-error: this package has no types
      const { Installer } = await import('electron-installer-redhat');
      const template = readFileSync(new Installer({}).defaultSpecTemplatePath as string, 'utf8');
      expect(template).toMatch(/^%files$/m);
    },
  );
});
