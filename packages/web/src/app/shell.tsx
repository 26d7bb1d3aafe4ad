import { Notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { overviewQuery } from '../api/overview.ts'
import { sessionQuery, signOut } from '../api/session.ts'
import {
  BellIcon,
  ExploreIcon,
  GridIcon,
  IncidentIcon,
  KeyIcon,
  LeaveIcon,
  LogoIcon,
  ModelsIcon,
  PeopleIcon,
  QualityIcon,
  RulesIcon,
  SourcesIcon,
  TuningIcon,
} from '../components/icons.tsx'
import { formatCount } from '../format.ts'
import { text } from '../text.ts'
import { SchemeButton } from './scheme-button.tsx'
import { useAlertArrivals, useCatchUp } from './use-live-data.tsx'
import './shell.css'

/** The frame of every page: who is signed in, where one can go, whether this is a demo. */
export function Shell() {
  useAlertArrivals()
  useCatchUp()
  const session = useQuery(sessionQuery).data
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {text.skip}
      </a>
      <header className="side">
        <Link to="/" className="brand">
          <LogoIcon />
          <span>
            {text.product}
            <span className="brand-tenant">{session?.tenant}</span>
          </span>
        </Link>
        <Navigation />
        <Account />
      </header>
      <div className="body">
        {session?.demo && (
          <p className="demo">
            <strong>{text.demoBanner.title}</strong> {text.demoBanner.body}
          </p>
        )}
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
        <Notifications position="bottom-right" limit={3} />
      </div>
    </div>
  )
}

function Navigation() {
  const counts = useQuery(overviewQuery).data?.open_alerts
  const open = Object.values(counts ?? {}).reduce((total, count) => total + count, 0)
  return (
    <nav aria-label={text.nav.label}>
      <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
        <GridIcon /> <span>{text.nav.overview}</span>
      </Link>
      <Link to="/incidents" activeOptions={{ includeSearch: false }}>
        <IncidentIcon /> <span>{text.nav.incidents}</span>
      </Link>
      <Link to="/alerts" activeOptions={{ includeSearch: false }}>
        <BellIcon /> <span>{text.nav.alerts}</span>
        {open > 0 && (
          <span className="nav-count num" title={text.nav.openAlerts(formatCount(open))}>
            {open > 99 ? '99+' : open}
          </span>
        )}
      </Link>
      <Link to="/identities" activeOptions={{ includeSearch: false }}>
        <PeopleIcon /> <span>{text.nav.identities}</span>
      </Link>
      <Link to="/explore" activeOptions={{ includeSearch: false }}>
        <ExploreIcon /> <span>{text.nav.explore}</span>
      </Link>
      <Link to="/models">
        <ModelsIcon /> <span>{text.nav.models}</span>
      </Link>
      <Link to="/tuning">
        <TuningIcon /> <span>{text.nav.tuning}</span>
      </Link>
      <Link to="/detections">
        <RulesIcon /> <span>{text.nav.detections}</span>
      </Link>
      <Link to="/quality" activeOptions={{ includeSearch: false }}>
        <QualityIcon /> <span>{text.nav.quality}</span>
      </Link>
      <Link to="/sources">
        <SourcesIcon /> <span>{text.nav.sources}</span>
      </Link>
      <Link to="/try" activeOptions={{ includeSearch: false }}>
        <KeyIcon /> <span>{text.nav.try}</span>
      </Link>
    </nav>
  )
}

function Account() {
  const session = useQuery(sessionQuery).data
  const queries = useQueryClient()
  async function leave(): Promise<void> {
    await signOut().catch(() => undefined)
    queries.clear()
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
    window.location.assign('/')
  }
  return (
    <div className="account">
      <div className="account-who">
        <span className="account-name">{session?.user}</span>
        <span className="dim">{session && text.roles[session.role]}</span>
      </div>
      <SchemeButton />
      <button
        type="button"
        className="icon-button"
        onClick={leave}
        title={text.nav.signOut}
        aria-label={text.nav.signOut}
      >
        <LeaveIcon />
      </button>
    </div>
  )
}
