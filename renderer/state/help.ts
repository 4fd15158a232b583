import { create } from 'zustand';

/** Whether the list of keyboard shortcuts is open. */
export const useHelp = create<{ readonly open: boolean }>(() => ({ open: false }));

export function showShortcuts(open = true): void {
  useHelp.setState({ open });
}
