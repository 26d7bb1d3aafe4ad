import type { Story, Told } from './story.ts'

const account = (activity_id: number, activity: string, target: string): Story => ({
  ...{ class_uid: 3001, activity_id, activity, status_id: 1, target },
})
const strong = /^(root|sudo|wheel|admin|adm|docker|lxd|disk)$/

type Tell = (found: RegExpExecArray) => Told

/** OCSF account change: 1 create, 3 password change, 6 delete, 7 grant, 9 lock, 12 unlock. */
const sentences: readonly (readonly [RegExp, Tell])[] = [
  [/^new user: name=([^,]{1,255}),/, ([, name = '']) => account(1, 'new user', name)],
  [/^delete user '([^']{1,255})'/, ([, name = '']) => account(6, 'delete user', name)],
  [
    /^add '([^']{1,255})' to (?:shadow )?group '([^']{1,255})'/,
    ([, name = '', group = '']) => ({
      ...account(7, `add to group ${group}`, name),
      ...(strong.test(group) ? { change: 'grants_admin' as const } : {}),
    }),
  ],
  [
    /^delete '([^']{1,255})' from (?:shadow )?group/,
    ([, name = '']) => account(8, 'delete from group', name),
  ],
  [/^lock user '([^']{1,255})'/, ([, name = '']) => account(9, 'lock user', name)],
  [/^unlock user '([^']{1,255})'/, ([, name = '']) => account(12, 'unlock user', name)],
  [
    /^pam_unix\(\w{1,32}:chauthtok\): password changed for (\S{1,255})/,
    ([, name = '']) => account(3, 'password changed', name),
  ],
]

/** What useradd, usermod, userdel, passwd and alike tell of accounts. */
export function readAccounts(message: string): Told {
  for (const [form, tell] of sentences) {
    const found = form.exec(message)
    if (found !== null) return tell(found)
  }
  return { skip: 'a remark of a program that manages accounts' }
}
