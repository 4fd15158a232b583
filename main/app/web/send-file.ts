import { createReadStream, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { contentTypeOf } from '../serving/window-files.ts';

export function sendFile(response: ServerResponse, file: string, name?: string): void {
  response.writeHead(200, {
    'content-type': contentTypeOf(file),
    'content-length': statSync(file).size,
    ...(name === undefined
      ? {}
      : { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}` }),
  });
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
}
