import type {Flag, Place} from './places.js'

export const fish = (places: Place[]): string => `# fb completion for fish.
#   fb completion fish > ~/.config/fish/completions/fb.fish
function __fb_at --description 'the words that lead to a place in fb'
  set -l tokens (commandline -opc)
  set -l path
  for token in $tokens[2..-1]
    contains -- (string join -- ' ' $path $token) ${places.flatMap(({path}) => (path ? [quoted(path)] : [])).join(' ')}
    or break
    set -a path $token
  end
  test "$path" = "$argv[1]"
end
complete -c fb -f
${places.flatMap(lines).join('\n')}
`

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function lines({path, next, flags}: Place): string[] {
  const at = `complete -c fb -n ${quoted(`__fb_at ${quoted(path)}`)}`
  return [
    ...next.map(({word, about}) => `${at} -a ${quoted(word)} -d ${quoted(about)}`),
    ...flags.map((flag) => `${at} ${flagOf(flag)}`),
  ]
}

function flagOf({name, char, about, values}: Flag): string {
  const value = values ? ` -x${values.length > 0 ? ` -a ${quoted(values.join(' '))}` : ''}` : ''
  return `-l ${name}${char ? ` -s ${char}` : ''} -d ${quoted(about)}${value}`
}
