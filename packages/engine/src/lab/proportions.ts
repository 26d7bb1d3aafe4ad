/** What a way of flagging does to a stream in which the share `prevalence` are attacks. All are shares, 0-1. */
export interface Confusion {
  readonly prevalence: number
  /** Of all events: attacks flagged, attacks missed, benign flagged, benign passed; together 1. */
  readonly hits: number
  readonly misses: number
  readonly falseAlarms: number
  readonly passes: number
  readonly accuracy: number
  /** NaN where nothing is flagged. */
  readonly precision: number
  readonly recall: number
  /** 2 precision recall / (precision + recall); 0 where nothing is found. */
  readonly f1: number
}

/** The confusion matrix that a recall and a false-positive rate mean where a share `prevalence` (0-1) of events are attacks. */
export function confusionAt(recall: number, falsePositives: number, prevalence: number): Confusion {
  const hits = prevalence * recall
  const misses = prevalence * (1 - recall)
  const falseAlarms = (1 - prevalence) * falsePositives
  const passes = (1 - prevalence) * (1 - falsePositives)
  const precision = hits / (hits + falseAlarms)
  return {
    prevalence,
    hits,
    misses,
    falseAlarms,
    passes,
    accuracy: hits + passes,
    precision,
    recall,
    f1: hits === 0 ? 0 : (2 * hits) / (2 * hits + misses + falseAlarms),
  }
}

/** The normal quantile of a 95 % interval. */
const Z = 1.959963984540054

/** 95 % interval of a share of which `found` of `all` were seen (Wilson 1927), 0-1. NaN for none. */
export function wilsonInterval(found: number, all: number): readonly [low: number, high: number] {
  const share = found / all
  const middle = share + (Z * Z) / (2 * all)
  const half = Z * Math.sqrt((share * (1 - share)) / all + (Z * Z) / (4 * all * all))
  const whole = 1 + (Z * Z) / all
  return [Math.max(0, (middle - half) / whole), Math.min(1, (middle + half) / whole)]
}
