import type { Habits } from '@gatewatch/schema'
import { formatOffset, formatShare } from '../format.ts'
import { text } from '../text.ts'

const DAYS = [text.habits.weekday, text.habits.weekend]
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

/** Two rows of 24 bars, weekdays and weekends, in the identity's own time; the judged event's hour is marked. */
export function HourHistogram({ habits }: { readonly habits: Habits }) {
  const most = Math.max(...habits.hours, 0.001)
  return (
    <div className="habit habit-hours">
      <h3>
        {text.habits.hours}{' '}
        <span className="dim">
          {text.habits.hoursZone(formatOffset(habits.utc_offset_minutes))}
        </span>
      </h3>
      {DAYS.map((day, row) => (
        <div key={day} className="hour-row">
          <span className="hour-day">{day}</span>
          <div className="hour-bars">
            {HOURS.map((hour) => {
              const bin = row * 24 + hour
              return (
                <HourBar
                  key={hour}
                  label={text.habits.hourLabel(
                    day,
                    clock(hour),
                    formatShare(habits.hours[bin] ?? 0),
                  )}
                  height={(habits.hours[bin] ?? 0) / most}
                  here={habits.current_hour === bin}
                />
              )
            })}
          </div>
        </div>
      ))}
      <div className="hour-row hour-axis num" aria-hidden="true">
        <span />
        <div className="hour-ticks">
          <span>00</span>
          <span>06</span>
          <span>12</span>
          <span>18</span>
          <span>24</span>
        </div>
      </div>
      {habits.current_hour !== undefined && (
        <p className="hour-here">
          <span className="here-mark" aria-hidden="true" />
          {text.habits.nowMarked(
            `${DAYS[habits.current_hour < 24 ? 0 : 1]?.toLowerCase()}, ${clock(habits.current_hour % 24)}–${clock((habits.current_hour + 1) % 24)}`,
          )}
        </p>
      )}
    </div>
  )
}

function HourBar(props: {
  readonly label: string
  readonly height: number
  readonly here: boolean
}) {
  const height = props.height > 0 ? Math.max(2, props.height * 40) : 0
  return (
    <svg
      className={props.here ? 'hour-bar hour-bar-here' : 'hour-bar'}
      viewBox="0 0 10 48"
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      <title>{props.label}</title>
      <rect className="hour-ground" width="10" y="46" height="2" />
      <rect className="hour-fill" x="1" width="8" y={46 - height} height={height} />
      {props.here && <path className="hour-pin" d="M0.5 0h9L5 6z" />}
    </svg>
  )
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}
