// Reads resources from standard input, one {"name", "resource"} a line, and writes what each of
// three validators finds, one {"name", "found"} a line: nothing is said of a resource that is right.
"use strict";
const readline = require("node:readline");
const { Fhir } = require("fhir");
const { indexStructureDefinitionBundle, validateResource } = require("@medplum/core");
const definitions = require("./definitions.cjs");
const { structural } = require("./structural.cjs");

indexStructureDefinitionBundle(definitions.everyType());
const library = new Fhir();

// A primitive whose value is absent, such as _valueDateTime, is FHIR, and this library refuses it.
const IS_FHIR = /(?:^|\.)_\w+$/u;

const byFhir = (resource) =>
  library
    .validate(resource, { errorOnUnexpected: true })
    .messages.filter(({ severity }) => severity === "error" || severity === "fatal")
    .filter(({ message, location }) => !(message === "Unexpected property" && IS_FHIR.test(location)))
    .map(({ location, message }) => `${location}: ${message}`);

const byMedplum = (resource) => {
  const say = (issue) => `${list(issue.expression)}: ${issue.details?.text}`;
  const list = (each) => (each ?? []).join(" ");
  try {
    return validateResource(resource)
      .filter(({ severity }) => severity === "error")
      .map(say);
  } catch (error) {
    return error.outcome ? error.outcome.issue.map(say) : [String(error)];
  }
};

const VALIDATORS = { fhir: byFhir, medplum: byMedplum, hl7: structural };

const judge = (resource) =>
  Object.fromEntries(
    Object.entries(VALIDATORS).map(([name, validate]) => {
      try {
        return [name, validate(resource)];
      } catch (error) {
        return [name, [`it broke: ${error}`]];
      }
    }),
  );

readline
  .createInterface({ input: process.stdin, crlfDelay: Infinity })
  .on("line", (line) => {
    const { name, resource } = JSON.parse(line);
    process.stdout.write(`${JSON.stringify({ name, found: judge(resource) })}\n`);
  });
