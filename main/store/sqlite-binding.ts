import { places } from '#common/platform/places.ts';

/** The tests' Electron is too old for better-sqlite3's own library and names another. A packaged app listens to no such thing. */
export function sqliteBinding(): { readonly nativeBinding?: string } {
  const file = process.env['TUNESMITH_TEST_SQLITE'] ?? '';
  return file === '' || places.form === 'packaged' ? {} : { nativeBinding: file };
}
