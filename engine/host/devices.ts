import type { DeviceInfo } from '#common/contract/engine.ts';
import { riskWithAddition } from '#common/platform/additions.ts';
import { selectOperations } from '../autodiff/operation-set.ts';
import { Backend, listDevices, type Device } from '../native/backend.ts';

/**
 * What could train here. Whether a graphics card computes rightly is only known when it is tried with the base
 * (its self-test): `usable` says that nothing speaks against it so far.
 */
export async function devices(): Promise<DeviceInfo[]> {
  return listDevices().map((device) => {
    const { id, kind, description, totalBytes } = device;
    // ggml's CPU device reports all memory as free.
    const freeBytes = kind === 'cpu' ? process.availableMemory() : device.freeBytes;
    const reason = whyNot(device);
    return {
      id,
      kind,
      description,
      freeBytes,
      totalBytes,
      usable: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
    };
  });
}

function whyNot(device: Device): string | undefined {
  const survived = device.kind === 'cuda' ? riskWithAddition() : null;
  try {
    using backend = new Backend(device, 1);
    const { missing } = selectOperations(backend);
    return missing === null ? undefined : `it does not support the operation ${missing}`;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } finally {
    survived?.();
  }
}
