import {expect, it} from 'vitest'

import {block} from '../../infra/hcl.js'

const told = (value: unknown, isBlock = false) => ({value, isBlock})

it('writes attributes below one another and blocks apart, as terraform fmt has them', () => {
  const body = {
    name: told('app'),
    port_number: told(8000),
    rule: told([{priority: told(1), action: told({block: told({}, true)}, true)}], true),
    tags: told({Name: 'app', 'a/b': 'c'}),
    gone: told(null),
  }
  expect(block('resource "aws_x" "main"', body)).toBe(`resource "aws_x" "main" {
  name        = "app"
  port_number = 8000

  rule {
    priority = 1

    action {
      block {
      }
    }
  }

  tags = {
    Name  = "app"
    "a/b" = "c"
  }
}
`)
})

it.each([
  ['aws_vpc.main.id', '${aws_vpc.main.id}'],
  ['"${aws_s3_bucket.logs.arn}/*"', '${aws_s3_bucket.logs.arn}/*'],
  ['"{\\"Resource\\":\\"${aws_x.y["a}b"].arn}\\"}"', '{"Resource":"${aws_x.y["a}b"].arn}"}'],
  ['"$${literal}"', '$${literal}'],
  ['"two\\nlines and a \\\\"', 'two\nlines and a \\'],
])('writes %s', (expected, value) => {
  expect(block('x', {a: told(value)})).toBe(`x {\n  a = ${expected}\n}\n`)
})

it('takes every object in what nobody has described for a block, and references for what they are', () => {
  const raw = {
    statement: told({and_statement: {statement: [{a: 1}, {a: 2}]}}, true),
    lifecycle: {ignore_changes: ['task_definition'], create_before_destroy: true},
    depends_on: ['aws_lb.main'],
  }
  const text = block('x', raw)
  expect(text).toContain('  statement {\n    and_statement {\n      statement {\n        a = 1\n      }')
  expect(text).toContain('    ignore_changes        = [task_definition]')
  expect(text).toContain('  depends_on = [aws_lb.main]')
})
