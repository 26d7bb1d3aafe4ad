import { geoDistance, geoInterpolate, geoMercator, geoNaturalEarth1, geoPath } from 'd3-geo'
import type { MapPoint } from './maps.tsx'
import { borders, countries } from './world.ts'

const WIDTH = 720
const HEIGHT = 300
const EDGE = 70
const HALF_WORLD = Math.PI / 2
/** Beyond this the 1:110 million outlines are only corners. */
const CLOSEST_SCALE = 2200

/** See RouteMap in maps.tsx. */
export function RouteMap(props: {
  readonly from: MapPoint
  readonly to: MapPoint
  readonly label: string
}) {
  const from: [number, number] = [props.from.long, props.from.lat]
  const to: [number, number] = [props.to.long, props.to.lat]
  const way = { type: 'LineString' as const, coordinates: arc(from, to) }
  const projection = fitted(from, to, way)
  const path = geoPath(projection)
  const start = projection(from)
  const end = projection(to)
  if (!start || !end) return null
  return (
    <figure className="map map-route">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={props.label}>
        <path className="map-land" d={path(countries) ?? ''} />
        <path className="map-borders" d={path(borders) ?? ''} />
        <path className="map-way" d={path(way) ?? ''} />
        <circle className="map-from" cx={start[0]} cy={start[1]} r="6" />
        <circle className="map-to" cx={end[0]} cy={end[1]} r="6" />
        <PlaceName at={start} other={end} name={props.from.city} />
        <PlaceName at={end} other={start} name={props.to.city} />
      </svg>
    </figure>
  )
}

function PlaceName(props: {
  readonly at: readonly [number, number]
  readonly other: readonly [number, number]
  readonly name: string | undefined
}) {
  const left = props.at[0] < props.other[0]
  return (
    <text
      className="map-name"
      x={props.at[0] + (left ? -11 : 11)}
      y={props.at[1] + 5}
      textAnchor={left ? 'end' : 'start'}
    >
      {props.name}
    </text>
  )
}

/** Points of the shortest way on the globe, [longitude, latitude]. */
function arc(from: [number, number], to: [number, number]): [number, number][] {
  const along = geoInterpolate(from, to)
  return Array.from({ length: 65 }, (_, step) => along(step / 64))
}

/** Turned so that the way's middle is the map's middle: no way crosses the edge of the map. */
function fitted(
  from: [number, number],
  to: [number, number],
  way: { type: 'LineString'; coordinates: [number, number][] },
) {
  const [middle] = geoInterpolate(from, to)(0.5)
  const far = geoDistance(from, to) > HALF_WORLD
  const projection = (far ? geoNaturalEarth1() : geoMercator()).rotate([-middle, 0])
  projection.fitExtent(
    [
      [EDGE * 1.6, EDGE],
      [WIDTH - EDGE * 1.6, HEIGHT - EDGE],
    ],
    way,
  )
  if (projection.scale() > CLOSEST_SCALE) {
    const centre = geoInterpolate(from, to)(0.5)
    projection.scale(CLOSEST_SCALE).translate([0, 0])
    const at = projection(centre) ?? [0, 0]
    projection.translate([WIDTH / 2 - at[0], HEIGHT / 2 - at[1]])
  }
  return projection.clipExtent([
    [0, 0],
    [WIDTH, HEIGHT],
  ])
}
