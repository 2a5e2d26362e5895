/** What a client says when it comes. */

import type { RequestOf } from "../wire/requests.ts";

/** As a door hands it to the house: always with a name, be it that of the first frame. */
export type Hello = Omit<RequestOf<"hello">, "type" | "name"> & { readonly name: string };
