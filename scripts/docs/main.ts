/** Writes the documents that follow from the code. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { configurationReference } from './configuration.js';

writeFileSync(path.join(projectRoot(), 'docs', 'configuration.md'), configurationReference());
