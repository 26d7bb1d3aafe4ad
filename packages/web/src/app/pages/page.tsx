import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { BackIcon } from '../../components/icons.tsx'
import { text } from '../../text.ts'
import './page.css'

interface PageProps {
  readonly title: string
  /** Where "back" leads; absent on first-level pages. */
  readonly back?: '/' | '/incidents' | '/alerts' | '/identities' | '/models'
  /** At the right of the title. */
  readonly aside?: ReactNode
  /** Under the title. */
  readonly lead?: ReactNode
  readonly children: ReactNode
}

const backNames = {
  '/': text.nav.overview,
  '/incidents': text.incidents.back,
  '/alerts': text.alerts.back,
  '/identities': text.nav.identities,
  '/models': text.models.back,
} as const

/** A page's frame: document title, heading, and what stands beside it. */
export function Page({ title, back, aside, lead, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${text.product}`
  }, [title])
  return (
    <>
      {back && (
        <Link to={back} className="page-back">
          <BackIcon /> {backNames[back]}
        </Link>
      )}
      <header className="page-head">
        <div className="page-title">
          <h1>{title}</h1>
          {lead}
        </div>
        {aside}
      </header>
      {children}
    </>
  )
}
