import { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { userError } from './exit-codes.ts'

const shortest = 12

/** A new password: typed twice without being shown, or the whole of standard input where that is no terminal. */
export async function askPassword(): Promise<string> {
  const password = stdin.isTTY ? await typedTwice() : (await text(stdin)).replace(/\r?\n$/, '')
  if (password.length < shortest) {
    throw userError(`The password is too short: use at least ${shortest} characters.`)
  }
  return password
}

/** Does the person at the terminal type exactly this? False where there is no terminal. */
export async function confirmed(question: string, answer: string): Promise<boolean> {
  if (!stdin.isTTY) return false
  const reader = createInterface({ input: stdin, output: stdout, terminal: true })
  try {
    return (await reader.question(question)).trim() === answer
  } finally {
    reader.close()
  }
}

async function typedTwice(): Promise<string> {
  const first = await typed('New password: ')
  const second = await typed('The same again: ')
  if (first !== second) throw userError('The two passwords differ; nothing was changed.')
  return first
}

async function typed(question: string): Promise<string> {
  stdout.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: stdin, output: silent, terminal: true })
  try {
    return await reader.question('')
  } finally {
    reader.close()
    stdout.write('\n')
  }
}
