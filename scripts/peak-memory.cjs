// Loaded into a process by `npm run bench`: when it ends, its peak memory in KiB goes to the file RSS_FILE.
const {existsSync, readFileSync, writeFileSync} = require('node:fs')

process.once('exit', () => {
  const status = '/proc/self/status'
  const peak = existsSync(status)
    ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))[1]
    : process.resourceUsage().maxRSS
  writeFileSync(process.env.RSS_FILE, String(peak))
})
