import type { OptionalMember, Unlabelled } from './fit-member.ts'

/** What somebody should know before trusting a model. Plain sentences. */
export interface ModelCard {
  readonly title: string
  readonly what: string
  readonly works: string
  readonly fails: string
  /** What a high score means, and its unit. */
  readonly high: string
}

/** A model of the lab by name. */
export type LabModel = Unlabelled | OptionalMember

/** The card of every model of the lab. */
export const MODEL_CARDS: Readonly<Record<LabModel, ModelCard>> = {
  isolation_forest: {
    title: 'Isolation forest',
    what: 'Fifty trees that part sign-ins at random; how few splits it takes to leave one alone.',
    works: 'Where an intruder is strange in several numbers at once. Needs no labels.',
    fails:
      'Where a single number tells everything, or the intruder copies the victim: the other numbers drown it.',
    high: 'Few ordinary sign-ins are left alone as quickly: -ln of their share, nats, 0-12.',
  },
  autoencoder: {
    title: 'Autoencoder',
    what: 'A network that squeezes the numbers of a sign-in through eight units and says them again.',
    works: 'Where numbers hang together and an intruder breaks the pattern. Needs no labels.',
    fails: 'Where attacks were common in what it learned from: it says them again as well.',
    high: 'Few ordinary sign-ins are said again as badly: -ln of their share, nats, 0-12.',
  },
  pca: {
    title: 'Principal components',
    what: 'The directions in which sign-ins vary most; what of a sign-in lies outside of them.',
    works:
      'Where numbers hang together along straight lines. Fits in milliseconds, nothing is drawn by lot.',
    fails:
      'Where habits are several different clouds, and where an intruder is only further along a usual direction.',
    high: 'Few ordinary sign-ins have as much outside of the usual directions: -ln of their share, nats, 0-12.',
  },
  k_means: {
    title: 'K-means',
    what: 'Sixteen centres of groups of sign-ins; how far a sign-in is from the nearest.',
    works: 'Where sign-ins fall into a few round groups of like size.',
    fails:
      'With long or nested groups, and with groups of intruders, which get a centre of their own.',
    high: 'Few ordinary sign-ins are as far from every centre: -ln of their share, nats, 0-12.',
  },
  dbscan: {
    title: 'DBSCAN',
    what: 'Regions where sign-ins are dense; how far a sign-in is from the nearest sample in the midst of one.',
    works: 'With groups of any shape, and with noise in what it learns from.',
    fails:
      'Where density differs from region to region. It compares every pair of up to 2,048 samples, and every answer walks them all: that takes longer than all the rest of the engine.',
    high: 'Few ordinary sign-ins are as far from every dense region: -ln of their share, nats, 0-12.',
  },
  random_forest: {
    title: 'Random forest',
    what: 'A hundred trees on what people said of sign-ins, beside ordinary ones that nobody judged.',
    works: 'With a hundred verdicts and more, about attacks like those to come.',
    fails:
      'With few or wrong verdicts, and for attacks that nobody has seen: it knows only what was labelled, and that was chosen by the score.',
    high: 'Its trees find it more like confirmed attacks than ordinary sign-ins are: ln of the ratio, nats.',
  },
  lstm: {
    title: 'LSTM over sequences of actions',
    what: 'A network that reads operations one after the other and says which comes next; how surprised it is.',
    works: 'Where work has a rhythm (roles, jobs) and an intruder does things in another order.',
    fails:
      'With rare operations that are new but harmless, and where an intruder does what the job does. It sees order, not who acts or from where.',
    high: 'Five actions in a row that were not to be expected: mean -ln of their probability, nats.',
  },
}
