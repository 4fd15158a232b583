// Adds the llama.cpp packages of the other platforms to package-lock.json where npm left them out.
//
//   node scripts/complete-lockfile.mjs
//
// npm writes only those platform packages into the lockfile whose registry entry it could read when the lockfile was made; a
// registry mirror that lags behind leaves some out, and `npm ci` then refuses the whole lockfile, on every platform. The
// versions are known (node-llama-cpp asks for exactly its own), so they are added without a digest. Run it after
// `npm install <something>`; it changes nothing where nothing is missing.
import { readFileSync, writeFileSync } from 'node:fs';

const platformOf = {
  'linux-riscv64': { os: ['linux'], cpu: ['riscv64'], libc: ['glibc'] },
  'mac-arm64-metal': { os: ['darwin'], cpu: ['arm64', 'x64'] },
  'mac-x64': { os: ['darwin'], cpu: ['x64'] },
  'win-arm64': { os: ['win32'], cpu: ['arm64', 'x64'] },
  'win-x64': { os: ['win32'], cpu: ['x64'] },
  'win-x64-cuda': { os: ['win32'], cpu: ['x64'] },
  'win-x64-cuda-ext': { os: ['win32'], cpu: ['x64'] },
  'win-x64-vulkan': { os: ['win32'], cpu: ['x64'] },
};

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const wanted = lock.packages['node_modules/node-llama-cpp'].optionalDependencies;
let added = 0;
for (const [name, version] of Object.entries(wanted)) {
  const platform = platformOf[name.replace('@node-llama-cpp/', '')];
  const key = `node_modules/${name}`;
  if (platform === undefined || lock.packages[key]?.version === version) continue;
  lock.packages[key] = { version, license: 'MIT', optional: true, ...platform, engines: { node: '>=20.0.0' } };
  added += 1;
}
if (added > 0) {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
}
process.stdout.write(`package-lock.json: ${added} platform packages added.\n`);
