import { CircleCheck, Cpu, ShieldCheck, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { words } from '../copy/index.ts';
import { useApp } from '../state/app.ts';
import { Button } from '../ui/Button.tsx';
import { FailureCallout } from '../ui/Callout.tsx';
import { bytes } from '../ui/format.ts';
import { useAction } from '../ui/hooks.ts';
import { Mark, Strip } from '../ui/Rail.tsx';
import { ImportRun } from '../runs/ImportRun.tsx';
import { newDraft, newSample } from './new-draft.ts';
import { Notices } from './Notices.tsx';

/** The first thing a person sees. */
export function Welcome() {
  const { about, ollama } = useApp();
  const start = useAction();
  const running = ollama?.state === 'running';
  return (
    <>
      <Strip trail={[{ label: '' }]} />
      <main className="main" id="main" tabIndex={-1}>
        <div className="hero">
          <div className="brandmark">
            <Mark />
            {words.shell.name}
          </div>
          <Wave />
          <h1>{words.home.welcome}</h1>
          <p className="lede">{words.home.welcomeLede}</p>
          <div className="cta">
            <Button
              look="primary"
              data-key="primary"
              disabled={start.busy}
              onClick={() => void start.run(() => newDraft())}
            >
              {words.home.start}
            </Button>
            <Button busy={start.busy} onClick={() => void start.run(() => newSample())}>
              {words.guided.try}
            </Button>
            <ImportRun look="quiet" />
          </div>
          <FailureCallout failure={start.failure} />
          <Notices />
          <ul className="facts3">
            <li>
              <Cpu className="icon" aria-hidden />
              <strong>{words.home.computer}</strong>
              <p>
                {about === null
                  ? words.ui.loading
                  : words.home.computerWhy(bytes(about.memoryBytes), bytes(about.freeBytes))}
              </p>
            </li>
            <li>
              {running ? <CircleCheck className="icon" aria-hidden /> : <TriangleAlert className="icon" aria-hidden />}
              <strong>{running ? words.home.ollamaRuns(ollama.version ?? '') : words.home.ollamaNot}</strong>
              <p>{running ? words.home.ollamaRunsWhy : words.home.ollamaNotWhy}</p>
            </li>
            <li>
              <ShieldCheck className="icon" aria-hidden />
              <strong>{words.shell.private}</strong>
              <p>{words.home.privateWhy}</p>
            </li>
          </ul>
        </div>
      </main>
    </>
  );
}

/** Noise that settles into a tone: what teaching does. Drawn from a fixed seed. */
function Wave() {
  const path = useMemo(() => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647 - 0.5;
    };
    let d = '';
    for (let x = 0; x <= 760; x += 2) {
      const t = x / 760;
      const settle = 1 / (1 + Math.exp(-(t - 0.47) * 26));
      const tone = Math.sin(x / 21.5) * 46 * (1 - 0.52 * t) * Math.min(1, (1 - t) * 6 + 0.1);
      const noise = random() * (30 + 74 * t) * (1 - settle);
      d += `${x === 0 ? 'M' : 'L'}${x} ${(75 + tone * settle + noise).toFixed(1)}`;
    }
    return d;
  }, []);
  return (
    <svg className="wave" viewBox="0 0 760 150" aria-hidden="true">
      <defs>
        <linearGradient id="wave" x1="0" x2="1">
          <stop offset=".2" stopColor="var(--base)" />
          <stop offset=".68" stopColor="var(--tuned)" />
        </linearGradient>
      </defs>
      <path d={path} fill="none" stroke="url(#wave)" strokeWidth="2" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}
