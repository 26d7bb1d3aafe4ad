import { readFileSync } from 'node:fs'
import { type Models, type Population, refitMembers } from '@gatewatch/engine'
import { decodeMember, OPTIONAL_MEMBERS, type OptionalMember } from '@gatewatch/engine/lab'

/**
 * Fits members anew with further ones switched on: of each name the model itself, fitted on the stream like those that ship;
 * of anything else the file of a trained model, which stays as it is and takes the place of one of its kind.
 * @throws Error that names a model that cannot be read.
 */
export function membersSwitchedOn(
  models: readonly string[],
): (population: Population, before: Models, version: number) => Models {
  const isOptional = (name: string): name is OptionalMember =>
    OPTIONAL_MEMBERS.some((one) => one === name)
  const optional = models.filter(isOptional)
  const fixed = models.filter((name) => !isOptional(name)).map(readMember)
  return (population, before, version) => {
    const fitted = refitMembers(population, before, version, version, optional)
    const own = fitted.members.filter(({ term }) => !fixed.some((one) => one.term === term))
    return { ...fitted, members: [...own, ...fixed] }
  }
}

function readMember(path: string) {
  try {
    return decodeMember(readFileSync(path))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(
      `the model ${path} cannot be used: ${why}. Name one of ${OPTIONAL_MEMBERS.join(', ')}, or a file of gatewatch train.`,
    )
  }
}
