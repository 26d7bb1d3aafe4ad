import manifest from '../package.json' with { type: 'json' }

/** Version of this Gatewatch, e.g. 0.1.0. */
export const version: string = manifest.version
