import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { parseExploreSearch } from '../features/explore/explore-search.ts'
import { AlertPage } from './pages/alert-page.tsx'
import { AlertsPage } from './pages/alerts-page.tsx'
import { parseAlertsSearch } from './pages/alerts-search.ts'
import { DetectionsPage } from './pages/detections-page.tsx'
import { EntitiesPage } from './pages/entities-page.tsx'
import { EntityPage } from './pages/entity-page.tsx'
import { EventPage } from './pages/event-page.tsx'
import { ExplorePage } from './pages/explore-page.tsx'
import { NotFoundPage, PageBroke } from './pages/fallback-pages.tsx'
import { IncidentPage } from './pages/incident-page.tsx'
import { IncidentsPage, parseIncidentSearch } from './pages/incidents-page.tsx'
import { ModelPage } from './pages/model-page.tsx'
import { ModelsPage } from './pages/models-page.tsx'
import { OverviewPage } from './pages/overview-page.tsx'
import { parseOverviewSearch } from './pages/overview-search.ts'
import { parseQualitySearch, QualityPage } from './pages/quality-page.tsx'
import { SourcesPage } from './pages/sources-page.tsx'
import { TryPage } from './pages/try-page.tsx'
import { TuningPage } from './pages/tuning-page.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage })

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: parseOverviewSearch,
  component: OverviewPage,
})

const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/dashboard',
  validateSearch: parseOverviewSearch,
  component: OverviewPage,
})

const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  validateSearch: parseIncidentSearch,
  component: IncidentsPage,
})

const incident = createRoute({
  getParentRoute: () => root,
  path: '/incidents/$id',
  component: IncidentPage,
})

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: parseAlertsSearch,
  component: AlertsPage,
})

const alert = createRoute({
  getParentRoute: () => root,
  path: '/alerts/$id',
  component: AlertPage,
})

const entity = createRoute({
  getParentRoute: () => root,
  path: '/identities/$key',
  component: EntityPage,
})

const entities = createRoute({
  getParentRoute: () => root,
  path: '/identities',
  validateSearch: (search: Record<string, unknown>): { search?: string } =>
    typeof search.search === 'string' ? { search: search.search } : {},
  component: EntitiesPage,
})

const explore = createRoute({
  getParentRoute: () => root,
  path: '/explore',
  validateSearch: parseExploreSearch,
  component: ExplorePage,
})

const event = createRoute({
  getParentRoute: () => root,
  path: '/events/$uid',
  component: EventPage,
})

const detections = createRoute({
  getParentRoute: () => root,
  path: '/detections',
  component: DetectionsPage,
})

const quality = createRoute({
  getParentRoute: () => root,
  path: '/quality',
  validateSearch: parseQualitySearch,
  component: QualityPage,
})

const models = createRoute({ getParentRoute: () => root, path: '/models', component: ModelsPage })

const model = createRoute({
  getParentRoute: () => root,
  path: '/models/$version',
  component: ModelPage,
})

const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  component: SourcesPage,
})

const tuning = createRoute({ getParentRoute: () => root, path: '/tuning', component: TuningPage })

const attempt = createRoute({
  getParentRoute: () => root,
  path: '/try',
  validateSearch: (search: Record<string, unknown>): { as?: string } =>
    typeof search.as === 'string' ? { as: search.as } : {},
  component: TryPage,
})

/** Every page of the dashboard with its address. */
export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    dashboard,
    incidents,
    incident,
    alerts,
    alert,
    entities,
    entity,
    explore,
    event,
    detections,
    quality,
    models,
    model,
    tuning,
    sources,
    attempt,
  ]),
  defaultErrorComponent: PageBroke,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
