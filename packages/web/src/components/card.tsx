import type { ReactNode } from 'react'
import './card.css'

interface CardProps {
  readonly title: ReactNode
  /** A quiet line under the title. */
  readonly note?: ReactNode
  /** Controls at the right of the title. */
  readonly aside?: ReactNode
  readonly className?: string
  readonly children: ReactNode
}

/** A titled surface. */
export function Card({ title, note, aside, className, children }: CardProps) {
  return (
    <section className={className ? `card ${className}` : 'card'}>
      <header className="card-head">
        <div>
          <h2>{title}</h2>
          {note && <p className="card-note">{note}</p>}
        </div>
        {aside}
      </header>
      {children}
    </section>
  )
}
