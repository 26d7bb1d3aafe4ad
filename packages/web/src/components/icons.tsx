import type { ReactNode } from 'react'

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  )
}

/** The product's sign: a gate with somebody in it. */
export function LogoIcon() {
  return (
    <svg className="logo" viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <rect className="logo-ground" width="32" height="32" rx="8" />
      <path className="logo-gate" d="M7 24V14a9 9 0 0 1 18 0v10" />
      <circle className="logo-person" cx="16" cy="17.5" r="3.4" />
    </svg>
  )
}

/** Overview. */
export function GridIcon() {
  return (
    <Icon>
      <path d="M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z" />
    </Icon>
  )
}

/** Incidents. */
export function IncidentIcon() {
  return (
    <Icon>
      <path d="M5 21V4M5 4.5h12.5l-3 4 3 4H5" />
    </Icon>
  )
}

/** Alerts. */
export function BellIcon() {
  return (
    <Icon>
      <path d="M6 10a6 6 0 1 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7M10 20.5h4" />
    </Icon>
  )
}

/** Identities. */
export function PeopleIcon() {
  return (
    <Icon>
      <circle cx="9" cy="8.5" r="3.5" />
      <path d="M3 19.5c.4-3.4 2.8-5.5 6-5.5s5.6 2.1 6 5.5M15.5 5.4a3.5 3.5 0 0 1 0 6.2M17.5 14.5c2 .7 3.2 2.5 3.5 5" />
    </Icon>
  )
}

/** Explore. */
export function ExploreIcon() {
  return (
    <Icon>
      <circle cx="10.5" cy="10.5" r="6" />
      <path d="m15 15 5.5 5.5M8 10.5h5M10.5 8v5" />
    </Icon>
  )
}

/** Detections. */
export function RulesIcon() {
  return (
    <Icon>
      <path d="M4 6.5h2M4 12h2M4 17.5h2M9.5 6.5H20M9.5 12H20M9.5 17.5H20" />
    </Icon>
  )
}

/** Quality. */
export function QualityIcon() {
  return (
    <Icon>
      <path d="M4 20V4M4 20h16M8 15.5l4-4.5 3 2.5 5-6.5" />
    </Icon>
  )
}

/** Models. */
export function ModelsIcon() {
  return (
    <Icon>
      <path d="M12 3 4 7.5v9L12 21l8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9" />
    </Icon>
  )
}

/** Tuning. */
export function TuningIcon() {
  return (
    <Icon>
      <path d="M5 4v9M5 17v3M12 4v3M12 11v9M19 4v10M19 18v2M3 15h4M10 9h4M17 16h4" />
    </Icon>
  )
}

/** Sources. */
export function SourcesIcon() {
  return (
    <Icon>
      <path d="M12 3v12M7 10.5l5 5 5-5M4 17v3.5h16V17" />
    </Icon>
  )
}

/** Try a sign-in. */
export function KeyIcon() {
  return (
    <Icon>
      <circle cx="8" cy="15.5" r="4" />
      <path d="m11 12.5 8.5-8.5M16 7.5l3 3" />
    </Icon>
  )
}

/** Sign out. */
export function LeaveIcon() {
  return (
    <Icon>
      <path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9" />
    </Icon>
  )
}

/** Light colours. */
export function SunIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1" />
    </Icon>
  )
}

/** Dark colours. */
export function MoonIcon() {
  return (
    <Icon>
      <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5" />
    </Icon>
  )
}

/** Colours as the system has them. */
export function ScreenIcon() {
  return (
    <Icon>
      <path d="M4 5h16v11H4zM9 20h6M12 16v4" />
    </Icon>
  )
}

/** Stop the list. */
export function PauseIcon() {
  return (
    <Icon>
      <path d="M9 6v12M15 6v12" />
    </Icon>
  )
}

/** Let the list run. */
export function PlayIcon() {
  return (
    <Icon>
      <path d="M8 5.5v13l10-6.5z" />
    </Icon>
  )
}

/** Allowed, done. */
export function CheckIcon() {
  return (
    <Icon>
      <path d="m5 12.5 4.5 4.5L19 7.5" />
    </Icon>
  )
}

/** Asked for another proof. */
export function QuestionIcon() {
  return (
    <Icon>
      <path d="M9 9.2a3 3 0 1 1 4.4 2.7c-1 .5-1.4 1.1-1.4 2.1M12 17.5v.1" />
    </Icon>
  )
}

/** Refused. */
export function CrossIcon() {
  return (
    <Icon>
      <path d="m7 7 10 10M17 7 7 17" />
    </Icon>
  )
}

/** Back. */
export function BackIcon() {
  return (
    <Icon>
      <path d="M15 6l-6 6 6 6" />
    </Icon>
  )
}

/** No connection. */
export function BrokenIcon() {
  return (
    <Icon>
      <path d="M4 9.5a12 12 0 0 1 4.5-2.7M20 9.5a12 12 0 0 0-7.5-3.4M7.5 13a7 7 0 0 1 3-1.7M16.5 13l-1-.8M12 17.5v.1M4 4l16 16" />
    </Icon>
  )
}
