import { FuseV1Options } from '@electron/fuses';
import { describe, expect, test } from 'vitest';
import { packageConfig, type PackageOptions } from './config.ts';
import { fusesOf } from './fuses.ts';
import { appleKeys, isBundledLibrary, windowsKeys } from './signing.ts';

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
    const all = [
      '@electron-forge/maker-squirrel',
      '@electron-forge/maker-dmg',
      '@electron-forge/maker-zip',
      '@electron-forge/maker-deb',
    ];
    expect(makers(packageConfig(options))).toEqual([...all, 'rpm']);
    expect(makers(packageConfig({ ...options, hasRpmbuild: false }))).toEqual(all);
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
