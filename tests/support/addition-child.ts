/** Loads the backends as engine and chat do, with the library in the folder that is named, and prints the devices. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { announceAddition, linuxCuda } from '#common/platform/additions.ts';
import { hashOfFile } from '#common/platform/library-manifest.ts';
import { listDevices } from '#engine/native/backend.ts';

const folder = process.argv[2]!;
const [pin] = linuxCuda;
const file = path.join(folder, pin!.fileName);
const loaded = announceAddition(folder, [{ ...pin!, bytes: statSync(file).size, sha256: hashOfFile(file) }]);
const devices = listDevices().map(({ kind }) => kind);
loaded?.();
console.log(JSON.stringify({ devices, announced: process.env['GGML_BACKEND_PATH'] !== undefined }));
