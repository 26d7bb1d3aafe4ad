import type { ModelState } from '@gatewatch/schema'
import { CheckIcon, CrossIcon } from '../../components/icons.tsx'
import { text } from '../../text.ts'
import './models.css'

/** Symbol and word of a version's state. */
export function StateMark({ state }: { readonly state: ModelState }) {
  return (
    <span className={`model-state model-${state}`} title={text.models.stateMeaning[state]}>
      {state === 'active' && <CheckIcon />}
      {state === 'refused' && <CrossIcon />}
      {(state === 'shadow' || state === 'retired') && (
        <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="7" className="model-ring" />
          {state === 'shadow' && <path d="M12 5a7 7 0 0 1 0 14z" className="model-half" />}
        </svg>
      )}
      {text.models.state[state]}
    </span>
  )
}
