/** Which device trains: the first in order of speed that supports the operations and passes the self-test. */
import { TunesmithError } from '#common/domain/errors.ts';
import { riskWithAddition } from '#common/platform/additions.ts';
import type { DeviceChoice } from '#common/domain/recipe.ts';
import { selectOperations, type ImplementationIds, type OperationSet } from '../autodiff/operation-set.ts';
import { Backend, listDevices, type Device } from '../native/backend.ts';
import { loadKernels } from '../native/kernels.ts';
import type { ModelSource } from './model-source.ts';
import { selfTest } from './self-test.ts';

export interface DeviceNotice {
  readonly device: string;
  readonly message: string;
}

export interface ChosenDevice {
  readonly backend: Backend;
  readonly operations: OperationSet;
  readonly implementations: ImplementationIds;
}

const order = ['cuda', 'metal', 'vulkan', 'cpu'] as const;

/**
 * `choice` other than `auto` allows only that kind of device, and the CPU is then no silent substitute.
 * Throws `device-unavailable`, naming what was tried and why it was not taken.
 */
export async function chooseDevice(
  choice: DeviceChoice,
  threads: number,
  base: ModelSource,
  onNotice?: (notice: DeviceNotice) => void,
): Promise<ChosenDevice> {
  const refused: string[] = [];
  for (const device of candidates(choice)) {
    const survived = device.kind === 'cuda' ? riskWithAddition() : null;
    const tried = await tryDevice(device, threads, base, onNotice);
    survived?.();
    if (typeof tried !== 'string') return tried;
    refused.push(`${device.description} (${tried})`);
    onNotice?.({ device: device.id, message: `${device.description} is not used: ${tried}.` });
  }
  throw new TunesmithError(
    'device-unavailable',
    refused.length === 0
      ? `No ${choice} device was found on this computer.`
      : `No ${choice} device can be used: ${refused.join('; ')}.`,
    { advice: 'Choose "auto" or "cpu" as the device.' },
  );
}

/** Devices of the wanted kinds, fastest first. */
export function candidates(choice: DeviceChoice): readonly Device[] {
  const wanted = order.filter((kind) => choice === 'auto' || kind === choice);
  const devices = listDevices();
  return wanted.flatMap((kind) => devices.filter((device) => device.kind === kind));
}

/** The device ready for use, or why it cannot be used, in words. */
async function tryDevice(
  device: Device,
  threads: number,
  base: ModelSource,
  onNotice: ((notice: DeviceNotice) => void) | undefined,
): Promise<ChosenDevice | string> {
  let backend: Backend;
  try {
    backend = new Backend(device, threads);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  const { operations, ids, missing } = selectOperations(backend);
  const reason =
    missing === null
      ? device.kind === 'cpu'
        ? null
        : await selfTestReason(device, threads, operations, base)
      : `it does not support the operation ${missing}`;
  if (reason === null && device.kind === 'cpu') noticeMissingKernels(device, onNotice);
  if (reason === null) return { backend, operations, implementations: ids };
  backend[Symbol.dispose]();
  return reason;
}

/** Training goes on without our own kernels, but slower, and nobody should have to guess why. */
function noticeMissingKernels(device: Device, onNotice: ((notice: DeviceNotice) => void) | undefined): void {
  const state = loadKernels();
  if (state.kernels !== null || !state.wanted) return;
  onNotice?.({ device: device.id, message: `The fast processor kernels are not used: ${state.reason}.` });
}

async function selfTestReason(
  device: Device,
  threads: number,
  operations: OperationSet,
  base: ModelSource,
): Promise<string | null> {
  try {
    const { passed, lossDifference, gradientCosine } = await selfTest(
      () => new Backend(device, threads),
      operations,
      base,
    );
    if (passed) return null;
    return `it computes differently from the processor (loss off by ${(100 * lossDifference).toFixed(1)} %, gradient cosine ${gradientCosine.toFixed(3)})`;
  } catch (thrown) {
    return `its self-test failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}
