/** The tables of functions on text, tried at every length up to what a frame can hold. */

import { tryAllLengths } from "../fixtures/linear.ts";

tryAllLengths();
await import("../linear_test.ts");
await import("../linear_page_test.ts");
await import("../linear_terminal_test.ts");
