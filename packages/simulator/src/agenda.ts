/** Something that happens at an instant; it may put more onto the agenda, at its own time or later. */
export type Task = (time: number) => void

/** Things to come, ordered by time and then by when they were added. */
export interface Agenda {
  add(time: number, task: Task): void
  /** Instant of the next task; Infinity where there is none. */
  next(): number
  /** Takes the next task and runs it. Does nothing on an empty agenda. */
  run(): void
}

/** An empty agenda: a binary heap over parallel arrays, so that a busy world makes little garbage. */
export function createAgenda(): Agenda {
  const times: number[] = []
  const orders: number[] = []
  const tasks: Task[] = []
  let count = 0

  const isBefore = (i: number, j: number): boolean => {
    const a = times[i] ?? Infinity
    const b = times[j] ?? Infinity
    return a < b || (a === b && (orders[i] ?? 0) < (orders[j] ?? 0))
  }
  const swap = (i: number, j: number): void => {
    exchange(times, i, j)
    exchange(orders, i, j)
    exchange(tasks, i, j)
  }
  return {
    add(time, task) {
      let at = times.length
      times.push(time)
      orders.push(count++)
      tasks.push(task)
      while (at > 0) {
        const parent = (at - 1) >> 1
        if (!isBefore(at, parent)) break
        swap(at, parent)
        at = parent
      }
    },
    next: () => times[0] ?? Infinity,
    run() {
      const time = times[0]
      const task = tasks[0]
      if (time === undefined || task === undefined) return
      swap(0, times.length - 1)
      times.pop()
      orders.pop()
      tasks.pop()
      for (let at = 0; ; ) {
        const left = 2 * at + 1
        if (left >= times.length) break
        const child = left + 1 < times.length && isBefore(left + 1, left) ? left + 1 : left
        if (!isBefore(child, at)) break
        swap(at, child)
        at = child
      }
      task(time)
    },
  }
}

function exchange<T>(list: T[], i: number, j: number): void {
  const kept = list[i] as T
  list[i] = list[j] as T
  list[j] = kept
}
