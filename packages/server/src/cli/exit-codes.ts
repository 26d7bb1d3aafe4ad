/** What a command's exit code says. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** Another Gatewatch uses this data directory. */
  taken: 3,
} as const

/** The codes as help prints them. */
export const exitCodesHelp =
  'Exit codes: 0 done, 1 failed, 2 wrong command line or configuration, 3 the data directory is in use.'

/** An error that the person at the keyboard can mend: its message is printed alone, and the process ends with its code. */
export interface UserError extends Error {
  readonly exitCode: number
}

/** Makes such an error; code 2 says that the command line or the configuration is wrong. */
export function userError(message: string, exitCode: number = EXIT.usage): UserError {
  return Object.assign(new Error(message), { exitCode })
}

/** Is this an error for the person at the keyboard? */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number'
}
