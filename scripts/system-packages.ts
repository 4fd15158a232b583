import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

interface SystemNeed {
  /** What cannot run without it, in words. */
  readonly for: string;
  readonly debianPackages: readonly string[];
  readonly isThere: () => boolean;
}

const needs: readonly SystemNeed[] = [
  {
    for: 'CPU against Vulkan (Mesa lavapipe, a Vulkan driver that needs no GPU)',
    debianPackages: ['mesa-vulkan-drivers', 'libvulkan1'],
    isThere: () =>
      readdirOrNothing('/usr/share/vulkan/icd.d').some((name) => name.startsWith('lvp_icd')) &&
      readdirOrNothing('/usr/lib').some((folder) => existsSync(`/usr/lib/${folder}/libvulkan.so.1`)),
  },
  {
    for: 'the desktop app without a screen',
    debianPackages: ['xvfb', 'xauth'],
    isThere: () => existsSync('/usr/bin/Xvfb') && existsSync('/usr/bin/xauth'),
  },
  {
    for: 'the desktop app in the tests’ Electron',
    debianPackages: ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libxtst6', 'libnotify4'],
    isThere: () =>
      ['libgtk-3.so.0', 'libnss3.so', 'libasound.so.2', 'libgbm.so.1'].every((name) =>
        readdirOrNothing('/usr/lib').some((folder) => existsSync(`/usr/lib/${folder}/${name}`)),
      ),
  },
  {
    for: 'better-sqlite3 for the tests’ Electron, and the C tests of the kernels',
    debianPackages: ['gcc', 'g++'],
    isThere: () => existsSync('/usr/bin/gcc') && existsSync('/usr/bin/g++'),
  },
  {
    for: 'the kernels for ARM, emulated',
    debianPackages: ['qemu-user', 'libc6-arm64-cross'],
    isThere: () =>
      process.arch === 'arm64' || (existsSync('/usr/bin/qemu-aarch64') && existsSync('/usr/aarch64-linux-gnu/lib')),
  },
  {
    for: 'the window in a real browser',
    debianPackages: ['chromium'],
    isThere: () => existsSync('/usr/bin/chromium'),
  },
];

/**
 * Installs what the tests need of the system, where this is Debian and we are root. Returns what stays out, in words;
 * on other systems that is everything in the list (they have drivers of their own or none).
 */
export function installSystemPackages(): readonly string[] {
  if (process.platform !== 'linux') return needs.map((need) => `${need.for}: set up for Linux only`);
  const missing = needs.filter((need) => !need.isThere());
  if (missing.length === 0) return [];
  if (process.getuid?.() === 0) {
    const packages = missing.flatMap((need) => need.debianPackages);
    console.log(`Installing ${packages.join(', ')}…`);
    aptGet(['update', '-qq']);
    aptGet(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  }
  return missing
    .filter((need) => !need.isThere())
    .map((need) => `${need.for}: needs ${need.debianPackages.join(' and ')}; install them as root`);
}

function aptGet(args: readonly string[]): void {
  spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function readdirOrNothing(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
