type Keyboard = Pick<NodeJS.ReadStream, 'isRaw' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>

const CTRL_C = '\u0003'

/**
 * Hears a key while something else is drawn, until the function it returns is called. Ctrl-C counts as the key, since
 * whoever presses it decides for themselves, and then is what it always is.
 */
export function hearKey(keyboard: Keyboard, key: string, heard: () => void): () => void {
  const before = keyboard.isRaw
  const letGo = () => {
    keyboard.off('data', hear)
    keyboard.setRawMode(before)
    keyboard.pause()
  }
  function hear(typed: Buffer | string) {
    const keys = [...String(typed).toLowerCase()]
    if (keys.includes(key) || keys.includes(CTRL_C)) heard()
    if (!keys.includes(CTRL_C)) return
    letGo()
    process.kill(process.pid, 'SIGINT')
  }
  // What is typed must neither wait for Enter nor land in the middle of the picture.
  keyboard.setRawMode(true)
  keyboard.on('data', hear)
  keyboard.resume()
  return letGo
}
