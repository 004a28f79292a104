/** Whether a text that was pasted is a traceback, or the last line of one, and no model. */
export function isTraceback(text: string): boolean {
  return !/^\s*[[{"]/.test(text) && /Traceback \(most recent call last\)|^\s*(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception): /m.test(text);
}
