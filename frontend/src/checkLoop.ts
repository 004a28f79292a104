/** Asks about the newest revision: the first at once, then at most one question in flight. What is requested again is asked again. */
export interface CheckLoop {
  request(revision: number): void;
  stop(): void;
}

/**
 * `ask` gets the newest revision when it is called. `answer` gets only answers to questions that were asked after the
 * newest request; late ones are dropped.
 */
export function createCheckLoop<A>(options: {
  readonly ask: (revision: number, signal: AbortSignal) => Promise<A>;
  readonly answer: (revision: number, answer: A) => void;
  readonly fail: (revision: number, error: unknown) => void;
}): CheckLoop {
  let newest = -1;
  let requests = 0;
  let inFlight = false;
  const end = new AbortController();
  const run = async (): Promise<void> => {
    inFlight = true;
    let heard = -1;
    const isLate = (): boolean => heard !== requests || end.signal.aborted;
    while (heard !== requests && !end.signal.aborted) {
      heard = requests;
      const asked = newest;
      try {
        const answer = await options.ask(asked, end.signal);
        if (!isLate()) options.answer(asked, answer);
      } catch (error) {
        if (!isLate()) options.fail(asked, error);
      }
    }
    inFlight = false;
  };
  return {
    request: (revision) => {
      newest = revision;
      requests += 1;
      if (!inFlight) void run();
    },
    stop: () => {
      end.abort();
    },
  };
}
