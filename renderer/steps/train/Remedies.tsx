import { ArrowLeft, Layers2, Scissors, SplitSquareHorizontal, type LucideIcon } from 'lucide-react';
import type { Plan } from '#common/contract/app/training.ts';
import type { Rehearsal } from '#common/contract/engine.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { go } from '../../state/route.ts';
import { count } from '../../ui/format.ts';
import { remediesFor, type Remedy } from './remedies.ts';

const icons: Readonly<Record<Remedy['name'], LucideIcon>> = {
  parts: SplitSquareHorizontal,
  twice: Layers2,
  shorter: Scissors,
};

/** One click each; the rehearsal then measures anew. */
export function Remedies({ plan, rehearsal }: { readonly plan: Plan; readonly rehearsal: Rehearsal }) {
  const draft = useDraft((state) => state.draft)!;
  return (
    <div className="ruled">
      <h3>{words.train.remedies}</h3>
      <ul className="remedies">
        {remediesFor(plan, rehearsal).map((remedy) => {
          const Icon = icons[remedy.name];
          const [title, why] = words.train.remedy[remedy.name];
          const more = 'from' in remedy ? words.train.remedyFrom(count(remedy.from), count(remedy.to)) : '';
          return (
            <li key={remedy.name}>
              <button
                type="button"
                className="remedy"
                onClick={() => void saveDraft({ overrides: { ...draft.overrides, ...remedy.change } })}
              >
                <Icon className="icon" aria-hidden />
                <span>
                  <b className="strong">{title}</b>
                  <span className="small dim">
                    {why} {more}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
        <li>
          <button
            type="button"
            className="remedy"
            onClick={() => go({ screen: 'wizard', draft: draft.id, step: 'model' })}
          >
            <ArrowLeft className="icon" aria-hidden />
            <span>
              <b className="strong">{words.train.remedy.smaller[0]}</b>
              <span className="small dim">{words.train.remedy.smaller[1]}</span>
            </span>
          </button>
        </li>
      </ul>
      <p className="tiny faint gap">{rehearsal.advice}</p>
    </div>
  );
}
