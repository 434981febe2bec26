type Keyboard = Pick<NodeJS.ReadStream, 'isRaw' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>

const CTRL_C = '\u0003'

/** Hears a key while something else is drawn, until the function it returns is called. Ctrl-C stays what it is. */
export function hearKey(keyboard: Keyboard, key: string, heard: () => void): () => void {
  const before = keyboard.isRaw
  const hear = (typed: Buffer | string) => {
    for (const one of String(typed).toLowerCase()) {
      if (one === CTRL_C) process.kill(process.pid, 'SIGINT')
      if (one === key) heard()
    }
  }
  // What is typed must neither wait for Enter nor land in the middle of the picture.
  keyboard.setRawMode(true)
  keyboard.on('data', hear)
  keyboard.resume()
  return () => {
    keyboard.off('data', hear)
    keyboard.setRawMode(before)
    keyboard.pause()
  }
}
