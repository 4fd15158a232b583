import path from 'node:path';
import type { Client } from '#common/contract/define.ts';
import type { ChatContract } from '#common/contract/chat.ts';
import { additionsVariable } from '#common/platform/additions.ts';
import type { Host } from '#common/platform/host.ts';
import { openChat, type Chat } from '../../services/chat/chat.ts';
import { openEngine, type Engine, type EngineClient } from '../../services/engine-process/engine.ts';
import { openReader, type Reader, type ReaderClient } from '../../services/importing/reader.ts';
import { additionsFolder, openDataFolder, type DataLayout } from '../../services/paths.ts';
import { openStore, type Store } from '../../store/store.ts';
import { engineBuild } from '../version.ts';
import type { Interrupts } from './interrupts.ts';
import type { Output } from './output.ts';

/** What commands work with. Each part is opened when it is first asked for and closed at the end. */
export interface Workplace extends AsyncDisposable {
  readonly host: Host;
  readonly output: Output;
  readonly interrupts: Interrupts;
  readonly signal: AbortSignal;
  readonly layout: DataLayout;
  readonly store: Store;
  readonly engine: EngineClient;
  readonly chat: Client<ChatContract>;
  readonly reader: ReaderClient;
  readonly engineBuild: string;
}

export function openWorkplace(host: Host, output: Output, interrupts: Interrupts): Workplace {
  let layout: DataLayout | undefined;
  let store: Store | undefined;
  let engine: Engine | undefined;
  let chat: Chat | undefined;
  let reader: Reader | undefined;
  const getLayout = (): DataLayout => {
    if (layout === undefined) {
      layout = openDataFolder(host);
      // Engine and chat, which are started later, look for what was added there.
      process.env[additionsVariable] = additionsFolder(layout);
    }
    return layout;
  };
  const logFile = (name: string): string => path.join(getLayout().root, 'logs', `${name}.log`);
  return {
    host,
    output,
    interrupts,
    signal: interrupts.signal,
    get layout() {
      return getLayout();
    },
    get store() {
      if (store === undefined) {
        store = openStore(getLayout(), {
          onNotice: ({ message, advice }) => output.warn(advice === undefined ? message : `${message} ${advice}`),
        });
        for (const run of store.interrupted) {
          output.note(`Run ${run} was interrupted. Go on with: tunesmith resume ${run}`);
        }
      }
      return store;
    },
    get engine() {
      engine ??= openEngine({ logFile: logFile('engine') });
      return engine.client;
    },
    get chat() {
      chat ??= openChat({ logFile: logFile('chat') });
      return chat.client;
    },
    get reader() {
      reader ??= openReader({ logFile: logFile('reader') });
      return reader.client;
    },
    engineBuild: engineBuild(),
    async [Symbol.asyncDispose]() {
      await Promise.all([engine, chat, reader].map((each) => each?.[Symbol.asyncDispose]()));
      store?.[Symbol.dispose]();
    },
  };
}
