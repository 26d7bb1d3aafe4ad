import { useElementSize } from '@mantine/hooks'
import { geoNaturalEarth1, geoPath } from 'd3-geo'
import { useState } from 'react'
import { BAND_PATHS } from '../components/marks.tsx'
import { riskBand } from '../risk.ts'
import type { MapPlace } from './maps.tsx'
import { borders, countries } from './world.ts'

const WIDTH = 960
const HEIGHT = 460
/** Radii in CSS pixels, whatever the map's width. */
const SMALLEST = 5
const LARGEST = 15

const projection = geoNaturalEarth1().fitExtent(
  [
    [4, 4],
    [WIDTH - 4, HEIGHT - 4],
  ],
  countries,
)
const path = geoPath(projection)
const landPath = path(countries) ?? ''
const borderPath = path(borders) ?? ''

/** Drawn with the riskiest places on top, so that a busy ordinary city never hides a strange one. */
export function WorldMap(props: { readonly places: readonly MapPlace[]; readonly label: string }) {
  const [shown, setShown] = useState<MapPlace>()
  const { ref, width } = useElementSize()
  const pixel = WIDTH / (width || WIDTH)
  const most = Math.max(1, ...props.places.map((place) => place.events))
  const sorted = props.places.toSorted((a, b) => a.risk - b.risk)
  return (
    <figure ref={ref} className="map">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={props.label}>
        <path className="map-land" d={landPath} />
        <path className="map-borders" d={borderPath} />
        {sorted.map((place) => (
          <PlaceMark
            key={`${place.lat} ${place.long}`}
            place={place}
            size={pixel * (SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(place.events / most))}
            show={setShown}
          />
        ))}
      </svg>
      <figcaption className="map-caption" aria-live="polite">
        {shown ? (
          <>
            <strong>{shown.name}</strong> {shown.detail}
          </>
        ) : (
          ' '
        )}
      </figcaption>
    </figure>
  )
}

interface PlaceMarkProps {
  readonly place: MapPlace
  readonly size: number
  readonly show: (place: MapPlace | undefined) => void
}

function PlaceMark({ place, size, show }: PlaceMarkProps) {
  const at = projection([place.long, place.lat])
  if (!at) return null
  const band = riskBand(place.risk)
  const scale = size / 8
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only repeats what the list below the map says
    <g
      className={`map-place band-${band}`}
      transform={`translate(${at[0]} ${at[1]}) scale(${scale}) translate(-8 -8)`}
      onMouseEnter={() => show(place)}
      onMouseLeave={() => show(undefined)}
    >
      <path d={BAND_PATHS[band]} vectorEffect="non-scaling-stroke" strokeWidth="1.2" />
    </g>
  )
}
