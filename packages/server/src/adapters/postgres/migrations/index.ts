import type { MigrationProvider } from 'kysely/migration'
import { up as foundation } from './0001-foundation.ts'
import { up as models } from './0002-models.ts'
import { up as checkpoints } from './0003-checkpoints.ts'
import { up as erasure } from './0004-erasure.ts'
import { up as caseFiles } from './0005-case-files.ts'
import { up as links } from './0006-links.ts'
import { up as keptBack } from './0007-kept-back.ts'
import { up as modelRegistry } from './0008-model-registry.ts'
import { up as outbox } from './0009-outbox.ts'
import { up as sources } from './0010-sources.ts'
import { up as incidents } from './0011-incidents.ts'
import { up as sealedLetters } from './0012-sealed-letters.ts'
import { up as facets } from './0013-facets.ts'
import { up as tuning } from './0014-tuning.ts'
import { up as retention } from './0015-retention.ts'
import { up as undo } from './0016-undo.ts'
import { up as questions } from './0017-questions.ts'

/** All migrations in order. One that has been released is never changed: add another. */
export const migrations: MigrationProvider = {
  async getMigrations() {
    return {
      '0001-foundation': { up: foundation },
      '0002-models': { up: models },
      '0003-checkpoints': { up: checkpoints },
      '0004-erasure': { up: erasure },
      '0005-case-files': { up: caseFiles },
      '0006-links': { up: links },
      '0007-kept-back': { up: keptBack },
      '0008-model-registry': { up: modelRegistry },
      '0009-outbox': { up: outbox },
      '0010-sources': { up: sources },
      '0011-incidents': { up: incidents },
      '0012-sealed-letters': { up: sealedLetters },
      '0013-facets': { up: facets },
      '0014-tuning': { up: tuning },
      '0015-retention': { up: retention },
      '0016-undo': { up: undo },
      '0017-questions': { up: questions },
    }
  },
}
