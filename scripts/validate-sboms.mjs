// Hold CycloneDX JSON documents against their schema with @cyclonedx/cyclonedx-library: node validate-sboms.mjs FILE...
// A name with ".invalid." in it must fail; status 1 when any file is not as it should be.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Validation } from "@cyclonedx/cyclonedx-library";

let wrong = 0;
for (const path of process.argv.slice(2)) {
  const text = readFileSync(path, "utf8");
  const problem = await new Validation.JsonStrictValidator(JSON.parse(text).specVersion).validate(text);
  const expected = !basename(path).includes(".invalid.");
  if ((problem === null) !== expected) {
    wrong += 1;
    console.error(`${path}: ${problem === null ? "should be invalid" : JSON.stringify(problem).slice(0, 1000)}`);
  }
}
process.exit(wrong ? 1 : 0);
