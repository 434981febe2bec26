const PRIVATE = 16
const FIRST_DATABASE = 100

/**
 * The subnets of a VPC, for three zones: public /24 from the beginning, private /20 (tasks need many addresses) from the
 * sixteenth /24, database /24 from the hundredth; in a smaller VPC all of them shrink by as many bits.
 */
export function blocks(cidr: string): Record<'public' | 'private' | 'database', string[]> {
  const [address = '', bits = ''] = cidr.split('/')
  const start = address.split('.').reduce((number, part) => number * 256 + Number(part), 0)
  const shift = Number(bits) - 16
  const small = 256 / 2 ** shift
  const block = (index: number, size: number) => `${text(start + index * small)}/${size + shift}`
  const zones = [0, 1, 2]
  return {
    public: zones.map((i) => block(i, 24)),
    private: zones.map((i) => block(PRIVATE * (i + 1), 20)),
    database: zones.map((i) => block(FIRST_DATABASE + i, 24)),
  }
}

const text = (number: number) => [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.')
