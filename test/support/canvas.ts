import type {Canvas} from '../../src/events.js'

const plain = (text: string) => text
const paint = {bold: plain, dim: plain, good: plain, bad: plain, warn: plain, blue: plain, green: plain, accent: plain}

/** A screen without colours. */
export const canvas = ({width = 80} = {}): Canvas => ({width, paint, safe: (text) => text.replaceAll('\n', '\\n')})
