/** Longest text whose answer is kept; what is longer is read each time. */
const LONGEST = 200

/**
 * `read` with its answers kept, for texts of which few come again and again: operations, names. When `most` are kept, all are
 * dropped, so that a sender who invents texts fills no memory. `read` must depend on the text alone.
 */
export function remembered<T>(read: (text: string) => T, most = 4_096): (text: string) => T {
  const answers = new Map<string, T>()
  return (text) => {
    const known = answers.get(text)
    if (known !== undefined) return known
    const answer = read(text)
    if (text.length > LONGEST) return answer
    if (answers.size >= most) answers.clear()
    answers.set(text, answer)
    return answer
  }
}
