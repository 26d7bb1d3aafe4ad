import { readFileSync } from 'node:fs'
import { type Member, type Models, type Population, refit, refitMembers } from '@gatewatch/engine'
import { decodeMember, OPTIONAL_MEMBERS, type OptionalMember } from '@gatewatch/engine/lab'

/** Which weights of evidence are judged with: those that ship, or refitted together with the members of the ensemble. */
export type Head = 'shipped' | 'fitted'

/** Members switched on beside those that ship. */
export interface SwitchedOn {
  /** Models with members, and where asked the head, fitted anew on what an organisation keeps. */
  fit(population: Population, before: Models, version: number, head?: Head): Models
  /** Models with the members that are not fitted but were read from files: what to begin with. */
  withFixed(models: Models): Models
}

/**
 * Of each name the model itself, fitted on the stream like those that ship; of anything else the file of a trained model, which
 * stays as it is and takes the place of one of its kind.
 * @throws Error that names a model that cannot be read.
 */
export function membersSwitchedOn(models: readonly string[]): SwitchedOn {
  const isOptional = (name: string): name is OptionalMember =>
    OPTIONAL_MEMBERS.some((one) => one === name)
  const optional = models.filter(isOptional)
  const fixed = models.filter((name) => !isOptional(name)).map(readMember)
  const withFixed = (others: Models): Models => {
    const own = others.members.filter(({ term }) => !fixed.some((one) => one.term === term))
    const members = [...own, ...fixed]
    const followsActions =
      optional.includes('lstm') || members.some(({ reads }) => reads === 'actions')
    return { ...others, members, followsActions }
  }
  return {
    withFixed,
    fit: (population, before, version, head = 'shipped') =>
      withFixed(
        head === 'fitted'
          ? refit(population, version, version, optional)
          : refitMembers(population, before, version, version, optional),
      ),
  }
}

function readMember(path: string): Member {
  try {
    return decodeMember(readFileSync(path))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(
      `the model ${path} cannot be used: ${why}. Name one of ${OPTIONAL_MEMBERS.join(', ')}, or a file of gatewatch train.`,
    )
  }
}
