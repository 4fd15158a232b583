/** Entry of the web host: the same window, in a browser on this computer. `--root` names the built window. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { toFailure } from '#common/domain/errors.ts';
import { currentHost } from '#common/platform/host.ts';
import { places } from '#common/platform/places.ts';
import { appVersion, engineBuild } from './version.ts';
import { openWebHost } from './web/server.ts';
import { openApp } from './window/open-app.ts';

const { values } = parseArgs({
  options: { root: { type: 'string' }, port: { type: 'string', default: '0' }, reason: { type: 'string' } },
});

try {
  const app = openApp({ host: currentHost(), version: appVersion(), engineBuild: engineBuild() });
  const root = path.resolve(values.root ?? places.window);
  const host = await openWebHost(app, {
    root,
    port: Number(values.port),
    onNewAddress: (address) => console.log(`To open it in another browser: ${address}`),
  });
  if (values.reason !== undefined) console.log(values.reason);
  console.log(`Tunesmith is ready. Open this address in a browser on this computer:\n\n  ${host.address}\n`);
  console.log('It opens once. Ctrl-C ends Tunesmith; a training that is going on is paused first.');
  const ended = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.resolve());
  await ended.promise;
  console.log('Ending …');
  await host[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
  process.exit(0);
} catch (error) {
  const { message, advice } = toFailure(error);
  console.error(advice === undefined ? message : `${message}\n${advice}`);
  process.exit(1);
}
