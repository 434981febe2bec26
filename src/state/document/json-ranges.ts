/** Where a value stands in the bytes of a JSON text: from `start` up to `end`. */
export type Range = {start: number; end: number}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d]

/** What stands in the range, parsed. */
export function valueAt(bytes: Buffer, {start, end}: Range): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end))
  } catch {
    return broken(start)
  }
}

/** The members of the object that is the whole text. Only keys are parsed: 100 MB cost a walk and no memory. */
export function* members(bytes: Buffer): Generator<{key: string; value: Range}> {
  let at = after(bytes, blank(bytes, 0), OPEN_OBJECT)
  while (bytes[at] !== CLOSE_OBJECT) {
    const key = {start: at, end: skip(bytes, at)}
    const start = after(bytes, blank(bytes, key.end), COLON)
    const end = skip(bytes, start)
    yield {key: valueAt(bytes, key) as string, value: {start, end}}
    at = next(bytes, end, CLOSE_OBJECT)
  }
  if (blank(bytes, at + 1) !== bytes.length) broken(at + 1)
}

/** The elements of the array that stands in the range. */
export function* elements(bytes: Buffer, {start}: Range): Generator<Range> {
  let at = after(bytes, start, OPEN_ARRAY)
  while (bytes[at] !== CLOSE_ARRAY) {
    const end = skip(bytes, at)
    yield {start: at, end}
    at = next(bytes, end, CLOSE_ARRAY)
  }
}

/** Where the next part begins, or where the whole closes. */
function next(bytes: Buffer, end: number, close: number): number {
  const at = blank(bytes, end)
  if (bytes[at] === close) return at
  const start = after(bytes, at, COMMA)
  return bytes[start] === close ? broken(start) : start
}

function after(bytes: Buffer, at: number, mark: number): number {
  return bytes[at] === mark ? blank(bytes, at + 1) : broken(at)
}

function blank(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at]! <= 0x20) at++
  return at
}

/** Where the value that begins at `start` ends. */
function skip(bytes: Buffer, start: number): number {
  const first = bytes[start]
  if (first === QUOTE) return skipText(bytes, start)
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return skipWord(bytes, start)
  let depth = 0
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) at = skipText(bytes, at) - 1
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return at + 1
  }
  return broken(bytes.length)
}

function skipText(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++
    else if (bytes[at] === QUOTE) return at + 1
  }
  return broken(bytes.length)
}

/** A number, true, false or null. */
function skipWord(bytes: Buffer, start: number): number {
  let at = start
  while (/[\w.+-]/.test(String.fromCharCode(bytes[at] ?? 0))) at++
  return at === start ? broken(start) : at
}

function broken(at: number): never {
  throw new SyntaxError(`its JSON is broken at byte ${at}`)
}
