import type { Measurement } from '#common/contract/engine.ts';
import { words } from '../../copy/index.ts';
import { count } from '../../ui/format.ts';
import { LengthBars } from './LengthBars.tsx';
import type { Token } from './token-runs.ts';

interface Props {
  readonly tokens: readonly Token[];
  readonly maxTokens: number | null;
  readonly lengths: Measurement | null;
}

/** How much of this example is read, learned and cut off; and how long all of them are. */
export function TokenSummary({ tokens, maxTokens, lengths }: Props) {
  const of = (role: Token['role']): number => tokens.reduce((sum, token) => sum + (token.role === role ? 1 : 0), 0);
  const [read, learned, cut] = [of('read'), of('learned'), of('cut')];
  return (
    <div className="sum3">
      <div className="stackbar" role="img" aria-label={words.preview.bar(read, learned, cut)}>
        <i className="r" style={{ flex: read }} />
        <i className="l" style={{ flex: learned }} />
        <i className="c" style={{ flex: cut }} />
      </div>
      <span className="k mono">
        <span className="tok">{words.preview.roles.read}</span>
        <b>{count(read)}</b>
      </span>
      <span className="k mono">
        <span className="tok l">{words.preview.roles.learned}</span>
        <b>{count(learned)}</b>
      </span>
      <span className="k mono">
        <span className="tok c">{words.preview.roles.cut}</span>
        <b>{count(cut)}</b>
      </span>
      <span className="push row lengths">
        {lengths !== null && <LengthBars lengths={lengths} limit={maxTokens ?? Infinity} />}
        {maxTokens !== null && words.preview.limit(count(maxTokens))}
      </span>
    </div>
  );
}
