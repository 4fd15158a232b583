import { appContract } from '#common/contract/app/app.ts';
import type { Bridge } from '#common/contract/bridge.ts';
import { connectFeatures, type FeatureClient } from '#common/wire/features.ts';
import { portEvents, type Port } from '#common/wire/port.ts';
import { reasonOfLoss, type Loss } from './loss.ts';
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

type Told = (state: 'open' | 'lost', loss: Loss) => void;

/** Connects, and again whenever the connection is lost; tells of each change, and why. */
export function startClient(told: Told): void {
  let attempt = 0;
  let isLost = false;
  const open = (take: boolean): void => {
    const mine = ++attempt;
    const port = openPort(take);
    api = connectFeatures(appContract, port);
    port.onClose(() => {
      // Told once: while the attempts go on, the reason that was found stays.
      if (!isLost) told('lost', 'unknown');
      isLost = true;
      void reasonOfLoss().then((loss) => isLost && mine === attempt && told('lost', loss));
      const again = setTimeout(() => open(false), 1000);
      takeOver = () => {
        clearTimeout(again);
        open(true);
      };
    });
    // The first answer says that the other side is there.
    api.settings.get({}).then(
      () => {
        isLost = false;
        told('open', 'unknown');
      },
      () => {},
    );
  };
  open(false);
}

/** Has this window instead of the one that is connected now. */
export let takeOver: () => void = () => {};

function openPort(take: boolean): Port {
  const bridge = window.tunesmith;
  if (bridge !== undefined) return bridgePort(bridge);
  const { protocol, host } = window.location;
  return socketPort(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/socket${take ? '?take' : ''}`);
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
