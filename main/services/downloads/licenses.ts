import path from 'node:path';
import { z } from 'zod';
import { TunesmithError } from '#common/domain/errors.ts';
import type { License } from '../catalogue/entry.ts';
import { readJson, writeJson } from '../storage/json-file.ts';

const acceptedSchema = z.array(
  z.object({
    license: z.string(),
    url: z.string().nullable(),
    /** The model for which it was asked first. */
    model: z.string(),
    acceptedAt: z.number(),
  }),
);

/** Which licences this person has accepted, and when: `licenses.json` in the data folder. */
export class AcceptedLicenses {
  readonly #file: string;

  constructor(root: string) {
    this.#file = path.join(root, 'licenses.json');
  }

  has(license: License): boolean {
    return !license.mustAccept || this.#read().some((one) => one.license === license.name && one.url === license.url);
  }

  accept(license: License, model: string, acceptedAt: number): void {
    if (this.has(license)) return;
    writeJson(this.#file, [...this.#read(), { license: license.name, url: license.url, model, acceptedAt }]);
  }

  /** @throws TunesmithError `license-not-accepted` */
  require(license: License, title: string): void {
    if (this.has(license)) return;
    throw new TunesmithError(
      'license-not-accepted',
      `${title} is under the ${license.name}, which asks for your consent before it is downloaded.`,
      { advice: license.url === null ? 'Accept it first.' : `Read it at ${license.url} and accept it first.` },
    );
  }

  #read(): z.infer<typeof acceptedSchema> {
    return readJson(this.#file, acceptedSchema) ?? [];
  }
}
