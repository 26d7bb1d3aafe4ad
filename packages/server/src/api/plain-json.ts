/** Options of a hot route: its schemas are documentation only, and its answer is written by JSON.stringify. */
export const plainJson = {
  validatorCompiler: () => () => true,
  serializerCompiler: () => (data: unknown) => JSON.stringify(data),
} as const
