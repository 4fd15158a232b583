#!/usr/bin/env node
/** Entry of the command line: the same services that the window uses. */
import { currentHost } from '#common/platform/host.ts';
import { main } from './cli/main.ts';

process.exit(await main(process.argv, currentHost()));
