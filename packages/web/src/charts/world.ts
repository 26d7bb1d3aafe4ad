import { feature, mesh } from 'topojson-client'
import atlas from 'world-atlas/countries-110m.json'

type Topology = Parameters<typeof mesh>[0]
type Shape = NonNullable<Parameters<typeof mesh>[1]>
type Shapes = Extract<Shape, { type: 'GeometryCollection' }>

const ANTARCTICA = '010'

// A JSON module's type has plain strings where TopoJSON has literals; the atlas is pinned.
const topology = atlas as unknown as Topology & { objects: { countries: Shapes } }
const everyCountry = feature(topology, topology.objects.countries)

/** The countries of the world but Antarctica, at 1:110 million. */
export const countries: typeof everyCountry = {
  ...everyCountry,
  features: everyCountry.features.filter((country) => country.id !== ANTARCTICA),
}

/** Borders that two countries share, as one line. */
export const borders: ReturnType<typeof mesh> = mesh(
  topology,
  topology.objects.countries,
  (a, b) => a !== b,
)
