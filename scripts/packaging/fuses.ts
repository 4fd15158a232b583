import { FuseV1Options, FuseVersion, type FuseV1Config } from '@electron/fuses';

/** `e2e`: the same app, which lets Playwright in. Never given to a person. */
export type PackageKind = 'release' | 'e2e';

/** What of Electron is switched off for good in the packaged program. */
export function fusesOf(kind: PackageKind): FuseV1Config {
  return {
    version: FuseVersion.V1,
    // A program that runs any script it is given is a gift to malware on macOS, where it carries our signature.
    [FuseV1Options.RunAsNode]: false,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: kind === 'e2e',
    [FuseV1Options.EnableCookieEncryption]: true,
    // Electron checks the archive against a hash in the signed program (macOS and Windows; Linux has no such check).
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // The window is loaded through the app's own scheme.
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  };
}
