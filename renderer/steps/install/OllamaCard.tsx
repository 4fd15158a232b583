import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { useAction } from '../../ui/hooks.ts';

/** Where Ollama stands, and what can be done about it. */
export function OllamaCard() {
  const ollama = useApp((state) => state.ollama);
  const work = useAction();
  if (ollama === null) return <Callout>{words.install.looking}</Callout>;
  const { state, version, message, advice, canStart, address } = ollama;
  const running = state === 'running';
  const start = (): void =>
    void work.run(() => api.installing.startOllama({})).then((done) => done && say(words.install.started));
  const why = (): string => {
    if (running) return whereIs(address);
    if (state === 'missing') return words.install.missingWhy;
    if (state === 'stopped') return canStart ? words.install.stoppedWhy : words.install.stoppedService;
    return `${message ?? ''} ${advice ?? ''} ${words.install.noticed}`;
  };
  return (
    <div className="stack" role="status">
      <Callout kind={running ? 'good' : 'warn'} title={`${words.install.states[state](version ?? '')}.`}>
        {why()}
      </Callout>
      {canStart && (
        <Button busy={work.busy} onClick={start}>
          {work.busy ? words.install.starting : words.install.startOllama}
        </Button>
      )}
      <FailureCallout failure={work.failure} />
    </div>
  );
}

export function whereIs(address: string): string {
  return /^https?:\/\/(127\.|localhost|\[::1\])/.test(address) ? words.install.here : words.install.at(address);
}
