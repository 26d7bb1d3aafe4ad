import { expect, test } from 'vitest'
import { driftText } from './drift-text.ts'

test('drift is told monitor by monitor, and what to look at', () => {
  const text = driftText({
    version: 9000,
    since: Date.UTC(2026, 4, 4, 9),
    sign_ins: 640,
    features: [{ name: 'country', psi: 0.31 }],
    score_psi: 0.05,
    novelty: [{ name: 'country', before: 0.01, now: 0.03 }],
    calibration: [
      {
        line: 'challenge',
        promised: 0.003,
        realised: { found: 3, all: 1000, share: 0.003, interval: [0.001, 0.0088] },
      },
    ],
    labels: { found: 5, all: 20, share: 0.25, interval: [0.11, 0.47] },
    findings: [
      { code: 'feature_drift', subject: 'country', severity: 'low', text: 'country moved.' },
    ],
  })
  expect(text).toContain(
    'Version 9000 is active, fitted on sign-ins up to 2026-05-04 09:00 UTC; 640',
  )
  expect(text).toMatch(/country +0\.31 +1\.00 % +3\.00 %/)
  expect(text).toContain('score: stability index 0.05')
  expect(text).toContain('challenge line: 0.30 % (0.10 % to 0.88 %), 3 of 1000; promised 0.30 %')
  expect(text).toContain('attacks among judged sign-ins: 25.00 % (11.00 % to 47.00 %), 5 of 20')
  expect(text).toContain('  low feature_drift: country moved.')
})
