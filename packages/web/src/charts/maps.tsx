import { lazy, Suspense } from 'react'
import './maps.css'

// Geometry and projection are the heaviest part of the dashboard: they load when the first map shows.
const LazyWorldMap = lazy(() =>
  import('./world-map.tsx').then((module) => ({ default: module.WorldMap })),
)
const LazyRouteMap = lazy(() =>
  import('./route-map.tsx').then((module) => ({ default: module.RouteMap })),
)

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
  return (
    <Suspense fallback={<div className="map-room" />}>
      <LazyWorldMap {...props} />
    </Suspense>
  )
}

/** The part of the world that holds both ends of a way, with the shortest line between them. */
export function RouteMap(props: {
  readonly from: MapPoint
  readonly to: MapPoint
  readonly label: string
}) {
  return (
    <Suspense fallback={<div className="map-room" />}>
      <LazyRouteMap {...props} />
    </Suspense>
  )
}
