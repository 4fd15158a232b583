import { useApp } from '../state/app.ts';
import { Callout } from '../ui/Callout.tsx';

/** What main has to tell at the start: a record that was set aside, a window that had crashed. */
export function Notices() {
  const about = useApp((state) => state.about);
  return about?.notices.map((notice) => (
    <Callout key={notice.message} kind="warn">
      {notice.message} {notice.advice}
    </Callout>
  ));
}
