import './meter.css'

/** A bar from 0 to 1 of its track. Draws with an attribute, not a style, and says nothing to screen readers: the number stands beside it. */
export function Meter({
  share,
  className,
}: {
  readonly share: number
  readonly className?: string
}) {
  return (
    <svg
      className={className ? `meter ${className}` : 'meter'}
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect className="meter-track" width="100" height="8" />
      <rect className="meter-fill" width={Math.max(0, Math.min(1, share)) * 100} height="8" />
    </svg>
  )
}
