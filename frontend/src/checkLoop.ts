/** Asks about the newest revision: the first at once, then at most one question in flight. */
export interface CheckLoop {
  request(revision: number): void;
  stop(): void;
}

/**
 * `ask` gets the newest revision when it is called. `answer` gets only answers about the revision that is the newest
 * when they come; late ones are dropped.
 */
export function createCheckLoop<A>(options: {
  readonly ask: (revision: number, signal: AbortSignal) => Promise<A>;
  readonly answer: (revision: number, answer: A) => void;
  readonly fail: (revision: number, error: unknown) => void;
}): CheckLoop {
  let newest = -1;
  let inFlight = false;
  const end = new AbortController();
  const run = async (): Promise<void> => {
    inFlight = true;
    let asked = -1;
    while (asked !== newest && !end.signal.aborted) {
      asked = newest;
      try {
        const answer = await options.ask(asked, end.signal);
        if (asked === newest && !end.signal.aborted) options.answer(asked, answer);
      } catch (error) {
        if (asked === newest && !end.signal.aborted) options.fail(asked, error);
      }
    }
    inFlight = false;
  };
  return {
    request: (revision) => {
      newest = revision;
      if (!inFlight) void run();
    },
    stop: () => {
      end.abort();
    },
  };
}
