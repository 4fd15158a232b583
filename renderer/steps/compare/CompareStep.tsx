import { useState } from 'react';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useDraft } from '../../state/draft.ts';
import { useStream } from '../../ui/hooks.ts';
import { Tabs } from '../../ui/Tabs.tsx';
import { NotYet } from '../NotYet.tsx';
import { Blind } from './Blind.tsx';
import { Forgetting } from './Forgetting.tsx';
import { SideBySide } from './SideBySide.tsx';

type Way = 'side' | 'blind' | 'forgetting';

export function CompareStep() {
  const draft = useDraft((state) => state.draft)!;
  return draft.run === null ? (
    <NotYet step="compare" why={words.stepWords.locked} />
  ) : (
    <Compare key={draft.run} run={draft.run} />
  );
}

function Compare({ run }: { readonly run: string }) {
  const [way, setWay] = useState<Way>('side');
  const watched = useStream((signal) => api.comparing.watch({ run }, signal), run);
  const tabs = (
    <Tabs<Way>
      label={words.compare.ways}
      chosen={way}
      onChoose={setWay}
      tabs={[
        { id: 'side', label: words.compare.side },
        { id: 'blind', label: words.compare.blind },
        { id: 'forgetting', label: words.compare.forgetting },
      ]}
    />
  );
  const shared = { run, tabs, state: watched.value, unreachable: watched.failure };
  if (way === 'blind') return <Blind {...shared} />;
  return way === 'side' ? <SideBySide run={run} tabs={tabs} /> : <Forgetting {...shared} />;
}
