import {expect, it} from 'vitest'

import {instancesOf, readDocument} from '../../src/state/document/document.js'
import {shown, shownText} from '../../src/state/show-text.js'
import {canvas} from '../support/canvas.js'
import {state} from '../support/states.js'

function text(attributes: Record<string, unknown>, width = 40) {
  const [instance] = instancesOf(
    readDocument(Buffer.from(JSON.stringify(state({resources: {'aws_a.x': attributes}}))), 'it'),
  )
  return shownText(shown(instance!), canvas({width})).slice(3).join('\n')
}

it('aligns values, leaves out what is null, and puts blocks behind them, indented', () => {
  const rules = [
    {port: 80, cidrs: ['10.0.0.0/8', '0.0.0.0/0']},
    {port: 443, cidrs: []},
  ]
  expect(text({id: 'i', timeouts: {create: '5m'}, gone: null, rules, enabled: false, tags: {}})).toBe(`  id      = "i"
  enabled = false
  tags    = {}
  timeouts
    create = "5m"
  rules[0]
    port  = 80
    cidrs = ["10.0.0.0/8", "0.0.0.0/0"]
  rules[1]
    port  = 443
    cidrs = []`)
})

it('opens a text that holds JSON', () => {
  const policy = JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: ['s3:*']}]})
  expect(text({policy})).toBe(`  policy (JSON)
    Version = "2012-10-17"
    Statement
      Effect = "Allow"
      Action = ["s3:*"]`)
})

it('keeps a long value in its column, three lines of it on a screen and all of it in a pipe', () => {
  const arn = 'x'.repeat(70)
  expect(text({arn})).toBe(`  arn = "${'x'.repeat(31)}\n        ${'x'.repeat(32)}\n        ${'x'.repeat(7)}"`)
  const most = text({arn: arn.repeat(9)}).split('\n')
  expect(most).toHaveLength(3)
  expect(most.at(-1)).toMatch(/x…$/)
  expect(text({arn: arn.repeat(9)}, Number.POSITIVE_INFINITY)).toBe(`  arn = "${arn.repeat(9)}"`)
})

it('shows the lines of a text as lines, not too many of them on a screen', () => {
  const script = Array.from({length: 30}, (_, i) => `line ${i}`).join('\n')
  const lines = text({policy_text: script}).split('\n')
  expect(lines[0]).toBe('  policy_text')
  expect(lines[1]).toBe('    line 0')
  expect(lines.at(-1)).toBe('    and 18 more lines')
  expect(text({policy_text: script}, Number.POSITIVE_INFINITY).split('\n')).toHaveLength(31)
})
