import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { BackIcon } from '../../components/icons.tsx'
import { text } from '../../text.ts'
import './page.css'

interface PageProps {
  readonly title: string
  /** Where "back" leads; absent on first-level pages. */
  readonly back?: '/' | '/alerts'
  /** At the right of the title. */
  readonly aside?: ReactNode
  /** Under the title. */
  readonly lead?: ReactNode
  readonly children: ReactNode
}

/** A page's frame: document title, heading, and what stands beside it. */
export function Page({ title, back, aside, lead, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${text.product}`
  }, [title])
  return (
    <>
      {back && (
        <Link to={back} className="page-back">
          <BackIcon /> {back === '/alerts' ? text.alerts.back : text.nav.overview}
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
