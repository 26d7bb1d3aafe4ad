import type { FeatureCollection, MultiLineString } from 'geojson'
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import atlas from 'world-atlas/countries-110m.json'

const topology = atlas as unknown as Topology<{
  countries: GeometryCollection
  land: GeometryCollection
}>
const ANTARCTICA = '010'

const everyCountry = feature(topology, topology.objects.countries)

/** The countries of the world but Antarctica, at 1:110 million. */
export const countries: FeatureCollection = {
  type: 'FeatureCollection',
  features: everyCountry.features.filter((country) => country.id !== ANTARCTICA),
}

/** Borders that two countries share, as one line. */
export const borders: MultiLineString = mesh(
  topology,
  topology.objects.countries,
  (a, b) => a !== b,
)
