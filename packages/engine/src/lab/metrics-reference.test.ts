import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calibrationError, reliability } from './calibration.ts'
// made by bench/reference/metrics.py
import reference from './metrics.reference.json' with { type: 'json' }
import { averagePrecision, partialAuc, rank, recallAt, rocAuc } from './metrics.ts'
import { confusionAt, wilsonInterval } from './proportions.ts'

const { scores, truth, stated } = reference
const ranking = rank(scores, truth)
const attacks = truth.filter((one) => one === 1).length

describe('scikit-learn says the same of 400 scores with ties', () => {
  test('area under the ROC curve, whole and up to a tenth', () => {
    expect(rocAuc(ranking)).toBeCloseTo(reference.roc_auc, 12)
    expect(partialAuc(ranking, 0.1)).toBeCloseTo(reference.partial_auc_10, 12)
  })

  test('average precision, as it is and with attacks a hundredth as frequent', () => {
    const prevalence = attacks / truth.length
    expect(averagePrecision(ranking, prevalence)).toBeCloseTo(reference.average_precision, 12)
    const rare = (0.01 * attacks) / (0.01 * attacks + truth.length - attacks)
    expect(averagePrecision(ranking, rare)).toBeCloseTo(reference.average_precision_weighted, 12)
  })

  test('recall at a false-positive rate, between the steps of the curve', () => {
    for (const [rate = 0, recall = 0] of reference.recall_at)
      expect(recallAt(ranking, rate)).toBeCloseTo(recall, 12)
  })

  test('reliability and calibration error in twenty groups of equal number', () => {
    const groups = reliability(stated, truth)
    expect(groups).toHaveLength(reference.reliability.length)
    for (const [i, [said = 0, was = 0]] of reference.reliability.entries()) {
      expect(groups[i]?.said).toBeCloseTo(said, 12)
      expect(groups[i]?.was).toBeCloseTo(was, 12)
    }
    expect(calibrationError(stated, truth)).toBeCloseTo(reference.calibration_error, 12)
  })
})

test('statsmodels says the same of Wilson intervals', () => {
  for (const [found = 0, all = 0, low = 0, high = 0] of reference.wilson) {
    const [ours, theirs] = wilsonInterval(found, all)
    expect(ours).toBeCloseTo(low, 12)
    expect(theirs).toBeCloseTo(high, 12)
  }
})

const share = fc.double({ min: 0.001, max: 0.999, noNaN: true })

describe('the confusion matrix at a prevalence', () => {
  test('adds up, and its parts give its ratios', () => {
    fc.assert(
      fc.property(share, share, share, (recall, falsePositives, prevalence) => {
        const { hits, misses, falseAlarms, passes, accuracy, precision, f1 } = confusionAt(
          recall,
          falsePositives,
          prevalence,
        )
        expect(hits + misses + falseAlarms + passes).toBeCloseTo(1, 12)
        expect(hits + misses).toBeCloseTo(prevalence, 12)
        expect(hits / (hits + misses)).toBeCloseTo(recall, 9)
        expect(falseAlarms / (falseAlarms + passes)).toBeCloseTo(falsePositives, 9)
        expect(accuracy).toBeCloseTo(1 - misses - falseAlarms, 12)
        expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 9)
      }),
    )
  })

  test('loses precision as attacks get rarer, whatever the detector', () => {
    fc.assert(
      fc.property(share, share, share, share, (recall, falsePositives, a, b) => {
        const precision = (prevalence: number) =>
          confusionAt(recall, falsePositives, prevalence).precision
        expect(precision(Math.min(a, b))).toBeLessThanOrEqual(precision(Math.max(a, b)) + 1e-12)
      }),
    )
  })

  test('is that of the counted events, at their own prevalence', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 2, maxLength: 50 }),
        (events) => {
          const count = (attack: boolean, flagged: boolean) =>
            events.filter(([a, f]) => a === attack && f === flagged).length
          const [bad, good] = [
            count(true, true) + count(true, false),
            count(false, true) + count(false, false),
          ]
          fc.pre(bad > 0 && good > 0)
          const told = confusionAt(
            count(true, true) / bad,
            count(false, true) / good,
            bad / events.length,
          )
          expect(told.hits * events.length).toBeCloseTo(count(true, true), 9)
          expect(told.falseAlarms * events.length).toBeCloseTo(count(false, true), 9)
          const right = count(true, true) + count(false, false)
          expect(told.accuracy).toBeCloseTo(right / events.length, 9)
        },
      ),
    )
  })
})
