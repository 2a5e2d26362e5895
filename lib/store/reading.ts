/** A thread that reads the database, started when it is first needed. */

import { Refusal } from "../chat/refusal.ts";
import type { Found, FromReader, Question, ToReader } from "./calls.ts";

/** Answers questions one after the other, beside everything else. */
export class Reading implements Disposable {
  readonly #path: string;
  readonly #asked = new Map<number, PromiseWithResolvers<Found>>();
  #worker: Worker | undefined;
  #n = 0;
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Asks the database. Rejects with a {@linkcode Refusal} (`not-readable`) when it can't tell. */
  ask(question: Question): Promise<Found> {
    const asked = Promise.withResolvers<Found>();
    if (this.#closed) {
      asked.reject(unreadable("the server is stopping"));
      return asked.promise;
    }
    const n = ++this.#n;
    this.#asked.set(n, asked);
    this.#send({ type: "ask", n, question });
    return asked.promise;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#fail("the server is stopping");
  }

  #send(message: ToReader): void {
    if (this.#worker === undefined) {
      this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
      this.#worker.onmessage = ({ data }: MessageEvent<FromReader>): void => this.#take(data);
      // It is started anew for the next question.
      this.#worker.onerror = (event): void => {
        event.preventDefault();
        this.#fail(event.message);
      };
      this.#worker.postMessage({ type: "read", path: this.#path } satisfies ToReader);
    }
    this.#worker.postMessage(message);
  }

  #take(answer: FromReader): void {
    const asked = this.#asked.get(answer.n);
    this.#asked.delete(answer.n);
    if ("failed" in answer) asked?.reject(unreadable(answer.failed));
    else asked?.resolve(answer.found);
  }

  #fail(why: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#asked.values()) reject(unreadable(why));
    this.#asked.clear();
  }
}

function unreadable(why: string): Refusal {
  return new Refusal("not-readable", `The stored messages can't be read (${why}); try again later`);
}
