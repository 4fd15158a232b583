import { appContract } from '#common/contract/app/app.ts';
import type { Bridge } from '#common/contract/bridge.ts';
import { connectFeatures, type FeatureClient } from '#common/wire/features.ts';
import { portEvents, type Port } from '#common/wire/port.ts';
import { socketPort } from './socket-port.ts';

export type AppClient = FeatureClient<typeof appContract>;

declare global {
  interface Window {
    /** Electron only. */
    readonly tunesmith?: Bridge;
  }
}

/** The open connection to main. A live binding: after a reconnection it is the new one. */
export let api: AppClient;

/** Connects, and again whenever the connection is lost; tells of each change. */
export function startClient(told: (state: 'open' | 'lost') => void): void {
  const open = (): void => {
    const port = openPort();
    api = connectFeatures(appContract, port);
    port.onClose(() => {
      told('lost');
      setTimeout(open, 1000);
    });
    // The first answer says that the other side is there.
    api.settings.get({}).then(
      () => told('open'),
      () => {},
    );
  };
  open();
}

function openPort(): Port {
  const bridge = window.tunesmith;
  if (bridge !== undefined) return bridgePort(bridge);
  const { protocol, host } = window.location;
  return socketPort(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/socket`);
}

function bridgePort(bridge: Bridge): Port {
  const events = portEvents();
  bridge.onMessage((message) => events.message(message));
  return {
    post: (message) => bridge.post(message),
    onMessage: (listener) => events.onMessage(listener),
    onClose: (listener) => events.onClose(listener),
    close: () => events.closed(),
  };
}
