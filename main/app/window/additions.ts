import type { CudaAddition } from '#common/contract/app/additions.ts';
import type { AppContract } from '#common/contract/app/app.ts';
import type { Handlers } from '#common/contract/define.ts';
import { watchTopic } from '../../services/watch/topic.ts';
import type { Context } from './context.ts';

export function additionHandlers({ cuda }: Pick<Context, 'cuda'>): Handlers<AppContract['additions']> {
  async function look(): Promise<CudaAddition> {
    const offered = await cuda.offer();
    const state = await cuda.state();
    if (typeof offered === 'string') return { offer: null, why: offered, state };
    const { addition, url } = offered;
    const { archiveBytes, bytes, license, archiveSha512: sha512 } = addition;
    return { offer: { archiveBytes, bytes, url, license, sha512 }, why: null, state };
  }
  return {
    cuda: (_input, signal) => watchTopic(cuda.topic, look, signal, { leastMs: 250 }),
    addCuda: async () => {
      await cuda.start();
      return {};
    },
    pauseCuda: async () => {
      await cuda.pause();
      return {};
    },
    removeCuda: async () => ({ freedBytes: await cuda.remove() }),
    retryCuda: async () => {
      await cuda.forgive();
      return {};
    },
  };
}
