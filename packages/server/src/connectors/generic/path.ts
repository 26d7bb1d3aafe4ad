/** One step into a record: a field, a place in a list, or the first item of a list with `name` equal to `value`. */
type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'item'; readonly name: string; readonly value: string }

/** A path into a record, compiled. */
export type Path = (record: unknown) => unknown

/**
 * Compiles a path like `user.name`, `events[0].ip`, `parameters[?name=ip].value`, `"@timestamp"` or `["Client IP"]`, with or
 * without a leading `$.`. A whole column name that holds dots is tried first. Own fields only; nothing is evaluated.
 * Throws an Error that shows the place where a path is malformed.
 */
export function compilePath(text: string): Path {
  const steps = parse(text)
  return (record) => {
    if (typeof record === 'object' && record !== null && Object.hasOwn(record, text)) {
      return Reflect.get(record, text)
    }
    return steps.reduce(follow, record)
  }
}

const stepForm =
  /^(?:\.?([^.[\]"]+)|\.?"([^"]+)"|\["([^"]+)"\]|\[(\d{1,6})\]|\[\?([^=\]]+)=([^\]]*)\])/

function parse(text: string): Step[] {
  const steps: Step[] = []
  let rest = text.replace(/^\$\.?/, '')
  if (rest === '' || text.length > 512)
    throw new Error(`path ${JSON.stringify(text)} is empty or too long`)
  while (rest !== '') {
    const match = stepForm.exec(rest)
    if (match === null)
      throw new Error(`path ${JSON.stringify(text)}: cannot read from ${JSON.stringify(rest)}`)
    const [whole, bare, quoted, bracketed, index, name, value] = match
    const field = bare ?? quoted ?? bracketed
    if (field !== undefined) steps.push({ kind: 'field', name: field })
    else if (index !== undefined) steps.push({ kind: 'index', at: Number(index) })
    else steps.push({ kind: 'item', name: name ?? '', value: value ?? '' })
    rest = rest.slice(whole.length)
  }
  return steps
}

function follow(value: unknown, step: Step): unknown {
  if (step.kind === 'index') return Array.isArray(value) ? value[step.at] : undefined
  if (step.kind === 'item') {
    return Array.isArray(value)
      ? value.find((item) => String(own(item, step.name)) === step.value)
      : undefined
  }
  return own(value, step.name)
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}
