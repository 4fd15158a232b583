/**
 * Signing happens where the keys are in the environment, and nowhere else. A signed file has other bytes: so the
 * libraries are signed first, then written down, and left alone when the rest of the app is signed.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { ForgePackagerOptions } from '@electron-forge/shared-types';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface AppleKeys {
  /** Name of the certificate in the keychain, e.g. `Developer ID Application: … (TEAM)`. */
  readonly identity: string;
  readonly notary: {
    readonly appleApiKey: string;
    readonly appleApiKeyId: string;
    readonly appleApiIssuer: string;
  } | null;
}

export interface WindowsKeys {
  readonly certificateFile: string;
  readonly certificatePassword: string;
}

const entitlements = path.resolve(import.meta.dirname, 'entitlements.plist');

export function appleKeys(env: Environment): AppleKeys | null {
  const identity = env['APPLE_IDENTITY'] ?? '';
  if (identity === '') return null;
  const [key = '', id = '', issuer = ''] = [env['APPLE_API_KEY'], env['APPLE_API_KEY_ID'], env['APPLE_API_ISSUER']];
  const hasNotary = key !== '' && id !== '' && issuer !== '';
  return { identity, notary: hasNotary ? { appleApiKey: key, appleApiKeyId: id, appleApiIssuer: issuer } : null };
}

export function windowsKeys(env: Environment): WindowsKeys | null {
  const certificateFile = env['WINDOWS_CERTIFICATE_FILE'] ?? '';
  if (certificateFile === '') return null;
  return { certificateFile, certificatePassword: env['WINDOWS_CERTIFICATE_PASSWORD'] ?? '' };
}

/** For the packager. Empty without keys: then macOS and Windows warn the person who opens the app. */
export function signingOptions(
  env: Environment,
): Pick<ForgePackagerOptions, 'osxSign' | 'osxNotarize' | 'windowsSign'> {
  const apple = appleKeys(env);
  const windows = windowsKeys(env);
  return {
    ...(apple === null
      ? {}
      : {
          osxSign: {
            identity: apple.identity,
            ignore: isBundledLibrary,
            optionsForFile: () => ({ hardenedRuntime: true, entitlements }),
          },
        }),
    ...(apple === null || apple.notary === null ? {} : { osxNotarize: apple.notary }),
    ...(windows === null
      ? {}
      : {
          windowsSign: {
            hookFunction: (file: string) =>
              isBundledLibrary(file) ? Promise.resolve() : signForWindows([file], windows),
          },
        }),
  };
}

/** Before the manifest is written. Does nothing without keys. */
export async function signLibraries(
  platform: NodeJS.Platform,
  files: readonly string[],
  env: Environment = process.env,
): Promise<void> {
  const apple = appleKeys(env);
  const windows = windowsKeys(env);
  if (platform === 'darwin' && apple !== null) {
    const options = ['--force', '--timestamp', '--options', 'runtime', '--sign', apple.identity];
    execFileSync('codesign', [...options, ...files.filter((file) => /\.(?:dylib|so|node)$/.test(file))]);
  }
  if (platform === 'win32' && windows !== null) {
    await signForWindows(
      files.filter((file) => /\.(?:dll|node)$/.test(file)),
      windows,
    );
  }
}

async function signForWindows(files: readonly string[], keys: WindowsKeys): Promise<void> {
  const { sign } = await import('@electron/windows-sign');
  await sign({ files: [...files], ...keys });
}

/** Below `resources/bin` of the packaged app, on either system. */
export function isBundledLibrary(file: string): boolean {
  return /[\\/]resources[\\/]bin[\\/]/i.test(file);
}
