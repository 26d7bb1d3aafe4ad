import type { ModelDetail } from '@gatewatch/schema'
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { promote, rollBack } from '../../api/models.ts'
import { Card } from '../../components/card.tsx'
import { failureWords } from '../../components/states.tsx'
import { text } from '../../text.ts'
import './models.css'

const { models } = text

/** Lets an administrator put a version in charge, or take the one in charge back; both want a reason. */
export function DecideCard({ model }: { readonly model: ModelDetail }) {
  const [reason, setReason] = useState('')
  const queries = useQueryClient()
  const isActive = model.state === 'active'
  const decision = useMutation({
    mutationFn: (why: string) => (isActive ? rollBack(why) : promote(model.version, why)),
    onSuccess() {
      setReason('')
      return queries.invalidateQueries({ queryKey: ['models'] })
    },
  })
  const name = isActive ? models.rollBack : models.promote
  return (
    <Card title={name} note={isActive ? models.rollBackMeaning : models.promoteMeaning}>
      <form
        className="decide"
        onSubmit={(event) => {
          event.preventDefault()
          decision.mutate(reason.trim())
        }}
      >
        <TextInput
          label={models.reason}
          placeholder={models.reasonHint}
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {decision.error && (
          <p className="decide-error" role="alert">
            {models.failedChange} {failureWords(decision.error).body}
          </p>
        )}
        <div className="decide-buttons">
          <Button
            type="submit"
            variant={isActive ? 'default' : 'filled'}
            loading={decision.isPending}
            disabled={reason.trim() === ''}
          >
            {name}
          </Button>
        </div>
      </form>
    </Card>
  )
}
