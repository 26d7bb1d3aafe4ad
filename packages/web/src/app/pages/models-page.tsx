import { useQuery } from '@tanstack/react-query'
import { driftQuery, modelsQuery } from '../../api/models.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { DriftCard } from '../../features/models/drift-card.tsx'
import { NotesCard, VersionsCard } from '../../features/models/versions-card.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'

/** The fitted models: which version judges, which wait, what became of the others, and whether the world moved away. */
export function ModelsPage() {
  const models = useQuery(modelsQuery)
  const drift = useQuery(driftQuery)
  return (
    <Page title={text.models.title} lead={<p className="page-lead">{text.models.lead}</p>}>
      <div className="columns">
        <div className="column">
          {models.data && <VersionsCard list={models.data} />}
          {!models.data &&
            (models.error ? (
              <Failure error={models.error} retry={() => models.refetch()} />
            ) : (
              <Loading lines={10} />
            ))}
        </div>
        <div className="column">
          {drift.data && <DriftCard report={drift.data} />}
          {drift.error && <Failure error={drift.error} retry={() => drift.refetch()} />}
          {models.data && <NotesCard notes={models.data.notes} />}
        </div>
      </div>
    </Page>
  )
}
