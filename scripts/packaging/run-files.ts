/** What tells each system that Tunesmith opens run files. Windows learns it from the app itself, at its installation. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runFileExtension, runFileKind, runFileType, runFileUti } from '#common/platform/run-files.ts';

/** For freedesktop.org's shared MIME database: the type, its ending, and that its icon is the app's. */
export function mimePackage(icon: string): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">',
    `  <mime-type type="${runFileType}">`,
    `    <comment>${runFileKind}</comment>`,
    '    <sub-class-of type="application/zip"/>',
    `    <icon name="${icon}"/>`,
    `    <glob pattern="*.${runFileExtension}"/>`,
    '  </mime-type>',
    '</mime-info>',
    '',
  ].join('\n');
}

/**
 * Writes it where packages of Linux put such files, below `usr`. The database is renewed by a trigger of the system's own whenever one
 * comes or goes: the package needs no script.
 */
export function placeMimePackage(usr: string, name: string): void {
  const folder = path.join(usr, 'share', 'mime', 'packages');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.xml`), mimePackage(name), { mode: 0o644 });
}

/** Entries of Info.plist on macOS. */
export const documentTypes = {
  CFBundleDocumentTypes: [
    {
      CFBundleTypeName: runFileKind,
      CFBundleTypeRole: 'Viewer',
      LSHandlerRank: 'Owner',
      LSItemContentTypes: [runFileUti],
    },
  ],
  UTExportedTypeDeclarations: [
    {
      UTTypeIdentifier: runFileUti,
      UTTypeDescription: runFileKind,
      UTTypeConformsTo: ['public.data', 'public.archive'],
      UTTypeTagSpecification: {
        'public.filename-extension': [runFileExtension],
        'public.mime-type': [runFileType],
      },
    },
  ],
} as const;
