import type { ReactNode } from 'react';
import type { OllamaStatus } from '#common/contract/app/installing.ts';
import { words } from '../../copy/index.ts';
import { Callout } from '../../ui/Callout.tsx';

interface Props {
  readonly status: OllamaStatus | null;
  readonly count: number;
  readonly children: ReactNode;
}

/** The models of the local Ollama, or what keeps them from being seen and what to do about it. */
export function OllamaTab({ status, count, children }: Props) {
  if (status === null) return null;
  if (status.state !== 'running') {
    return (
      <Callout
        kind={status.state === 'missing' ? 'info' : 'warn'}
        title={status.message ?? words.model.ollama[status.state]}
      >
        {status.advice} {words.model.ollamaLooks}
      </Callout>
    );
  }
  if (count === 0) return <Callout title={words.model.ollamaEmpty}>{words.model.ollamaEmptyWhy}</Callout>;
  return (
    <>
      {children}
      <Callout>{words.model.ollamaReadOnly}</Callout>
    </>
  );
}
