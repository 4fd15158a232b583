import { ArrowLeft, Layers2, Scissors, SplitSquareHorizontal, type LucideIcon } from 'lucide-react';
import type { Plan } from '#common/contract/app/training.ts';
import type { Rehearsal } from '#common/contract/engine.ts';
import type { Overrides } from '#common/contract/app/drafts.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { go } from '../../state/route.ts';
import { count } from '../../ui/format.ts';

interface Remedy {
  readonly name: keyof typeof words.train.remedy;
  readonly icon: LucideIcon;
  readonly change: Overrides;
  readonly more?: string;
}

/** Examples shorter than this teach little. */
const shortestTokens = 64;

/** What would make the training smaller, mildest first; `smaller` (another model) always goes. */
export function remediesFor({ recipe, measurement }: Plan, rehearsal: Rehearsal): readonly Remedy[] {
  const remedies: Remedy[] = [];
  const longest = Math.min(recipe.maxTokens, measurement.longest);
  // A pack holds one whole example at least.
  const parts = Math.max(longest, Math.floor(recipe.packTokens / 2));
  const from = (before: number, after: number): string => words.train.remedyFrom(count(before), count(after));
  if (parts < recipe.packTokens) {
    const change = { packTokens: parts };
    remedies.push({ name: 'parts', icon: SplitSquareHorizontal, change, more: from(recipe.packTokens, parts) });
  }
  if (!rehearsal.gradientCheckpointing) {
    remedies.push({ name: 'twice', icon: Layers2, change: { gradientCheckpointing: 'on' } });
  }
  const shorter = Math.max(shortestTokens, Math.floor(longest / 2));
  if (shorter < longest) {
    const change = { maxTokens: shorter, packTokens: Math.min(recipe.packTokens, Math.max(shorter, parts)) };
    remedies.push({ name: 'shorter', icon: Scissors, change, more: from(longest, shorter) });
  }
  return remedies;
}

/** One click each; the rehearsal then measures anew. */
export function Remedies({ plan, rehearsal }: { readonly plan: Plan; readonly rehearsal: Rehearsal }) {
  const draft = useDraft((state) => state.draft)!;
  return (
    <div className="ruled">
      <h3>{words.train.remedies}</h3>
      <ul className="remedies">
        {remediesFor(plan, rehearsal).map(({ name, icon: Icon, change, more }) => (
          <li key={name}>
            <button
              type="button"
              className="remedy"
              onClick={() => void saveDraft({ overrides: { ...draft.overrides, ...change } })}
            >
              <Icon className="icon" aria-hidden />
              <span>
                <b className="strong">{words.train.remedy[name][0]}</b>
                <span className="small dim">{[words.train.remedy[name][1], more].filter(Boolean).join(' ')}</span>
              </span>
            </button>
          </li>
        ))}
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
