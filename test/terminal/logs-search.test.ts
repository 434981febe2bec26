import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'

import {home} from '../support/fb.js'
import {terminal} from '../support/terminal.js'

const searching = (args: string[], speed = 0, columns = 80) => {
  const here = home({speed})
  const queries = () => JSON.parse(readFileSync(here.sandbox.file, 'utf8')).queries ?? []
  return {...here, queries, ...terminal(['logs', 'search', '--env', 'sandbox', ...args], {...here, columns})}
}

it('Ctrl-C stops a query in AWS, and the line that told how far it was is gone', async () => {
  const {until, press, ended, queries, screen} = searching(['GET', '--count', '--engine', 'insights'], 1)
  await until(/Logs Insights has scanned [1-9]/)
  press('ctrl-c')
  expect(await ended).toEqual({code: 130})
  expect(queries()).toEqual([expect.objectContaining({stoppedAt: expect.any(Number)})])
  expect(screen().join('\n')).not.toContain('has scanned')
  expect(screen().join('\n')).toMatch(
    /■ [\d.]+ [kM]B scanned for .*\n■ Interrupted\.\n {2}State {2}The query is stopped in AWS\./,
  )
})

it('a query that cannot be stopped is told with the command that stops it', async () => {
  const {until, press, ended, queries, screen, sandbox} = searching(['GET', '--engine', 'insights'], 1)
  sandbox.fault('access-denied:StopQuery')
  await until(/Logs Insights has scanned [1-9]/)
  press('ctrl-c')
  expect(await ended).toEqual({code: 130})
  const [{id, stoppedAt}] = queries()
  expect(stoppedAt).toBeUndefined()
  const text = screen().join('\n')
  expect(text).toContain('· The query is not stopped. Your role may not call logs:StopQuery.')
  expect(text).toMatch(/■ [\d,]+ lines? so far/)
  expect(text).toMatch(new RegExp(`State {2}Query ${id} goes on in AWS`))
  expect(text).toContain(`aws logs stop-query --query-id ${id}`)
})

it('Ctrl-C ends a search that reads for itself, and it says how far it has come', async () => {
  const {until, press, ended, screen} = searching(['no line has this', '--since', '24h'], 1)
  await until(/\d % read/)
  press('ctrl-c')
  expect(await ended).toEqual({code: 130})
  expect(screen().join('\n')).toMatch(/■ 0 lines so far( in \d+s)? · \d+ % read\n■ Interrupted\./)
})

it('a query that may cost more than is given is asked about, and a no leaves nothing behind', async () => {
  const {until, type, ended, queries} = searching(['GET', '--engine', 'insights', '--max-cost', '0'])
  await until(/The query scans about [\d.]+ [kM]B for less than 0\.01 USD\. Start the query\?/)
  type('n\r')
  expect(await ended).toEqual({code: 7})
  expect(queries()).toEqual([])
})

it('shows lines for people, at most 1000, and nothing of the progress stays between them', async () => {
  const {ended, screen} = searching(['HTTP', '--since', '6h'], 0, 120)
  expect(await ended).toEqual({code: 0})
  const text = screen().join('\n')
  expect(text).not.toContain('% read')
  expect(text).toMatch(/\n\d\d:\d\d:\d\d\.\d{3} \w{8} INFO {2}GET \/api\/v1\/items 200/)
  expect(text).toMatch(/■ 1,000 lines (in \d+s )?· there are more: --limit 10000, or --last for the newest$/)
})

it('draws the chart of an hour within the terminal', async () => {
  const {ended, screen, wrapped} = searching(['GET', '--by', 'minute'])
  expect(await ended).toEqual({code: 0})
  expect(wrapped()).toEqual([])
  expect(screen().filter((line) => /^\d\d:\d\d +\d+ {2}█/.test(line)).length).toBeGreaterThan(25)
})
