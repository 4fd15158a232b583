/** What this computer has for CUDA: the driver of a card, and NVIDIA's own libraries that llama.cpp's backend is linked to. */
import fs from 'node:fs';
import path from 'node:path';
import type { Host } from './host.ts';

/** True where an NVIDIA driver is loaded, which comes with a card. */
export function hasNvidiaDriver({ platform, env }: Host, exists: (file: string) => boolean = fs.existsSync): boolean {
  const marks =
    platform === 'win32'
      ? [path.win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'nvcuda.dll')]
      : ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/dev/dxg'];
  return marks.some((mark) => exists(mark));
}

/**
 * Major versions of the CUDA runtime that are there whole, newest first, of the names of libraries that the loader finds. The driver's own
 * library (`libcuda`) comes with the driver, these with the CUDA toolkit or packages of the distribution.
 */
export function cudaRuntimes(libraries: ReadonlySet<string>): readonly number[] {
  const parts = ['libcudart.so', 'libcublas.so', 'libcublasLt.so'];
  return [13, 12].filter((major) => parts.every((part) => libraries.has(`${part}.${major}`)));
}

/** Names in what `ldconfig -p` prints (`	libm.so.6 (libc6,x86-64) => /lib/…`). */
export function namesOfLoader(listing: string): ReadonlySet<string> {
  return new Set([...listing.matchAll(/^\s+(\S+) \(.*\bx86-64\b.*\) => /gm)].map(([, name]) => name!));
}
