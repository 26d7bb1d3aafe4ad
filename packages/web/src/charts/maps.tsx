import { queryOptions, useQuery } from '@tanstack/react-query'
import { Empty } from '../components/states.tsx'
import { text } from '../text.ts'
import './maps.css'

const AGAIN = 5000

/**
 * Geometry and projection are the heaviest part of the dashboard: they load when the first map shows. Where the network
 * fails just then, the place of the map says so and tries again, instead of taking the page with it.
 */
function mapPart<T>(name: string, load: () => Promise<T>) {
  return queryOptions({
    queryKey: ['map-part', name],
    queryFn: load,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    refetchInterval: (query) => (query.state.status === 'error' ? AGAIN : false),
  })
}

const worldMap = mapPart('world', async () => (await import('./world-map.tsx')).WorldMap)
const routeMap = mapPart('route', async () => (await import('./route-map.tsx')).RouteMap)

/** A place with what happened there. Risk 0-100. */
export interface MapPlace {
  readonly lat: number
  readonly long: number
  readonly name: string
  readonly detail: string
  readonly events: number
  readonly risk: number
}

/** One end of a way. */
export interface MapPoint {
  readonly lat: number
  readonly long: number
  readonly city?: string | undefined
}

/** The world with places sized by events, shaped and coloured by risk. */
export function WorldMap(props: { readonly places: readonly MapPlace[]; readonly label: string }) {
  const { data: Drawn, error } = useQuery(worldMap)
  return Drawn ? <Drawn {...props} /> : <MapRoom failed={error !== null} />
}

/** The part of the world that holds both ends of a way, with the shortest line between them. */
export function RouteMap(props: {
  readonly from: MapPoint
  readonly to: MapPoint
  readonly label: string
}) {
  const { data: Drawn, error } = useQuery(routeMap)
  return Drawn ? <Drawn {...props} /> : <MapRoom failed={error !== null} />
}

function MapRoom({ failed }: { readonly failed: boolean }) {
  return (
    <div className="map-room">
      {failed && <Empty title={text.states.noMap}>{text.states.noMapBody}</Empty>}
    </div>
  )
}
