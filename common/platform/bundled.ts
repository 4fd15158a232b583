import path from 'node:path';
import { checkLibraries, libraryManifestFile, readLibraryManifest } from './library-manifest.ts';
import { places, type Places } from './places.ts';

let checked = false;

/**
 * To be called before a process loads a native library that came with the app. The first call of a process reads them all: about a quarter
 * of a second where two processes do. Throws `installation-damaged`. Outside the packaged app there is nothing to compare with.
 */
export function requireSoundLibraries(): void {
  if (checked || places.form !== 'packaged') return;
  compare(places, 'content');
  checked = true;
}

/** Names and sizes only, in a millisecond: for the start of the app. Throws `installation-damaged`. */
export function glanceAtLibraries(): void {
  if (places.form === 'packaged') compare(places, 'size');
}

function compare({ root, resources }: Places, depth: 'size' | 'content'): void {
  checkLibraries(path.join(resources, 'bin'), readLibraryManifest(path.join(root, libraryManifestFile)), depth);
}
