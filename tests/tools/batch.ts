/**
 * Test files that run one after the other in one isolate, so that what they import is loaded once;
 * `deno test` would take one for each file. They are the arguments, as URLs.
 */

for (const file of Deno.args) await import(file);
