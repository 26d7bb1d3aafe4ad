import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/request.ts'
import { sessionQuery, signIn } from '../../api/session.ts'
import { LogoIcon } from '../../components/icons.tsx'
import { failureWords } from '../../components/states.tsx'
import { text } from '../../text.ts'
import './sign-in.css'

/** The form for user and password. `linkGone`: the reader came by a one-time link that no longer works. */
export function SignIn({ linkGone }: { readonly linkGone: boolean }) {
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const queries = useQueryClient()
  const entry = useMutation({
    mutationFn: () => signIn(user.trim(), password),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  })

  function submit(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if (user.trim() && password) entry.mutate()
  }

  return (
    <main className="sign-in">
      <form onSubmit={submit} noValidate>
        <LogoIcon />
        <h1>
          {text.signIn.title} <span className="dim">· {text.product}</span>
        </h1>
        <p className="dim">{text.signIn.lead}</p>
        {linkGone && !entry.error && <p className="sign-in-note">{text.signIn.linkGone}</p>}
        {entry.error && (
          <p className="sign-in-error" role="alert">
            {signInError(entry.error)}
          </p>
        )}
        <TextInput
          label={text.signIn.user}
          autoComplete="username"
          autoCapitalize="none"
          autoFocus
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
          error={tried && !user.trim() && text.signIn.missing}
        />
        <PasswordInput
          label={text.signIn.password}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={tried && !password && text.signIn.missing}
        />
        <Button type="submit" fullWidth loading={entry.isPending}>
          {text.signIn.submit}
        </Button>
        <p className="sign-in-hint">{text.signIn.hint}</p>
      </form>
    </main>
  )
}

function signInError(error: unknown): string {
  if (error instanceof ApiError && error.status === 401) return text.signIn.wrong
  if (error instanceof ApiError && error.status === 429) return text.signIn.tooMany
  return failureWords(error).body
}
