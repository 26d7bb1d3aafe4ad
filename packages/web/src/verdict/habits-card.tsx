import type { Habit, Habits } from '@gatewatch/schema'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Card } from '../components/card.tsx'
import { Meter } from '../components/meter.tsx'
import { formatCountry, formatDateTime, formatShare } from '../format.ts'
import { text } from '../text.ts'
import { HourHistogram } from './hour-histogram.tsx'
import './habits.css'

const SHOWN_FEATURES = 6
const SHOWN_VALUES = 5

/** What an identity usually does: values it uses with their shares, its hours, and where the judged event falls. */
export function HabitsCard({ habits, name }: { readonly habits: Habits; readonly name: string }) {
  const [all, setAll] = useState(false)
  const since =
    habits.first_seen === undefined ? undefined : formatDateTime(habits.first_seen).split(',')[0]
  const known = habits.features.filter((habit) => habit.values.length > 0 || habit.unseen)
  // What the identity never did is what the reader came for.
  const sorted = known.toSorted((a, b) => Number(!a.unseen) - Number(!b.unseen))
  const many = sorted.length > SHOWN_FEATURES + 1
  const features = many && !all ? sorted.slice(0, SHOWN_FEATURES) : sorted
  return (
    <Card
      title={text.habits.title(name)}
      note={text.habits.lead(habits.events, since)}
      aside={
        many && (
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(!all)}>
            {all ? text.habits.fewer : text.habits.all(known.length)}
          </Button>
        )
      }
    >
      {habits.events === 0 ? (
        <p className="dim">{text.habits.none}</p>
      ) : (
        <div className="habits">
          {features.map((habit) => (
            <HabitBars key={habit.feature} habit={habit} />
          ))}
          <HourHistogram habits={habits} />
        </div>
      )}
    </Card>
  )
}

function HabitBars({ habit }: { readonly habit: Habit }) {
  const current = habit.values.find((value) => value.current)
  const top = habit.values.toSorted((a, b) => b.share - a.share).slice(0, SHOWN_VALUES)
  const values = current && !top.includes(current) ? [...top.slice(0, -1), current] : top
  const hidden = habit.values.length - values.length
  return (
    <div className="habit">
      <h3>{habit.label}</h3>
      <ul>
        {habit.unseen && (
          <li className="habit-value habit-unseen">
            <span className="habit-name">{printed(habit, habit.unseen)}</span>
            <span className="habit-never">{text.habits.never}</span>
            <span className="habit-here">{text.habits.thisEvent}</span>
          </li>
        )}
        {values.map(({ value, share, current: here }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: values may read alike, e.g. version 10 of two systems
          <li key={index} className={here ? 'habit-value habit-current' : 'habit-value'}>
            <span className="habit-name" title={value}>
              {printed(habit, value)}
            </span>
            <Meter share={share} />
            <span className="habit-share num">{formatShare(share)}</span>
            {here && <span className="habit-here">{text.habits.thisEvent}</span>}
          </li>
        ))}
        {hidden > 0 && <li className="dim habit-more">{text.habits.others(hidden)}</li>}
      </ul>
    </div>
  )
}

function printed({ feature }: Habit, value: string): string {
  return feature === 'country' ? formatCountry(value) : value
}
