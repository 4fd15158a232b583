import type { Client, Contract, Handlers } from '../contract/define.ts';
import { connect, type ConnectOptions } from './connect.ts';
import type { Port } from './port.ts';
import { serve, type ServeOptions } from './serve.ts';

/** Several contracts over one port: feature -> contract. */
export type Features = Readonly<Record<string, Contract>>;
export type FeatureHandlers<F extends Features> = { readonly [K in keyof F]: Handlers<F[K]> };
export type FeatureClient<F extends Features> = { readonly [K in keyof F]: Client<F[K]> };

/** Calls of all features over one port: `client.runs.list({})` is `runs.list` on the wire. */
export function connectFeatures<F extends Features>(
  features: F,
  port: Port,
  options?: ConnectOptions,
): FeatureClient<F> {
  const flat = connect(flatten(features), port, options) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(features).map(([feature, contract]) => [
      feature,
      Object.fromEntries(Object.keys(contract).map((name) => [name, flat[`${feature}.${name}`]])),
    ]),
  ) as FeatureClient<F>;
}

/** Answers the calls of all features over one port; as `serve` in everything else. */
export function serveFeatures<F extends Features>(
  features: F,
  handlers: FeatureHandlers<F>,
  port: Port,
  options?: ServeOptions,
): ReturnType<typeof serve> {
  return serve(flatten(features), flatten(handlers as never) as unknown as Handlers<Contract>, port, options);
}

/** `{runs: {list}}` -> `{'runs.list': list}`. */
export function flatten<T>(features: Readonly<Record<string, Readonly<Record<string, T>>>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(features).flatMap(([feature, entries]) =>
      Object.entries(entries).map(([name, entry]) => [`${feature}.${name}`, entry] as const),
    ),
  );
}
