import { Check } from 'lucide-react';
import {
  installStages,
  type Installed,
  type InstallRecipe,
  type InstallStage,
  type InstallState,
} from '#common/contract/app/installing.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { bytes, duration } from '../../ui/format.ts';
import { Meter } from '../../ui/Meter.tsx';
import { whereIs } from './OllamaCard.tsx';

interface Props {
  readonly work: InstallState['work'];
  /** What stands in Ollama, where no work goes on. */
  readonly installed: Installed | null;
  readonly recipe: InstallRecipe | null;
}

/** The stages of an installation: done, now, and to come. */
export function Stages({ work, installed, recipe }: Props) {
  const ollama = useApp((state) => state.ollama);
  const stages = work?.stages ?? installStages.filter((stage) => stage !== 'making' && stage !== 'saving');
  const now = work === null ? stages.length : stages.indexOf(work.stage);
  const detail = (stage: InstallStage): string => {
    const of = words.install.details;
    switch (stage) {
      case 'checking':
        return ollama === null
          ? ''
          : of.ollama(installed?.parity?.ollamaVersion ?? ollama.version ?? '', whereIs(ollama.address));
      case 'uploading':
      case 'making':
      case 'saving':
        return recipe === null ? '' : stage === 'uploading' ? of.copied(bytes(recipe.bytes)) : bytes(recipe.bytes);
      case 'creating':
        return recipe === null ? '' : of.recipe(recipe.stops.length, recipe.modelfile.includes('TEMPLATE'));
      case 'comparing': {
        const asked = installed?.parity?.rows.length ?? recipe?.questions.length ?? 0;
        return work === null && installed?.parity === null ? of.notAsked : of.questions(asked);
      }
    }
  };
  return (
    <section className="card pad" aria-labelledby="stages">
      <h2 id="stages">{work === null ? words.install.done : words.install.doing}</h2>
      <ol className="isteps">
        {stages.map((stage, index) => {
          const missed = stage === 'comparing' && work === null && installed?.parity === null;
          const look = missed ? 'todo' : index < now ? 'done' : index === now ? 'now' : 'todo';
          const [doing, done, todo] = words.install.stages[stage];
          return (
            <li key={stage} className={look} aria-current={look === 'now' ? 'step' : undefined}>
              <span className="m">{look === 'done' && <Check className="icon" aria-hidden />}</span>
              <div>
                <strong>{look === 'done' ? done : look === 'now' ? doing : todo}</strong>
                {look === 'now' && work !== null ? <Going work={work} /> : <p>{detail(stage)}</p>}
              </div>
            </li>
          );
        })}
      </ol>
      <p className="sr" role="status">
        {work !== null && words.install.stages[work.stage][0]}
      </p>
    </section>
  );
}

function Going({ work }: { readonly work: NonNullable<InstallState['work']> }) {
  const { stage, completed, total, etaSeconds } = work;
  const shown = stage === 'comparing' ? String : bytes;
  const said = total > 0 ? words.install.of(shown(completed), shown(total)) : '';
  const left = etaSeconds !== null && etaSeconds >= 2 ? words.install.left(duration(etaSeconds)) : '';
  return (
    <>
      <Meter
        label={words.install.stages[stage][0]}
        value={total === 0 ? null : (completed / total) * 100}
        {...(said === '' ? {} : { text: said })}
      />
      <p>{[said, left].filter(Boolean).join(', ')}</p>
    </>
  );
}
