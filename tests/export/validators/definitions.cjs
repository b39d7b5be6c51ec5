// HL7's own definitions of FHIR R4, read from the package hl7.fhir.r4.examples as they are needed.
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const FOLDER = path.dirname(require.resolve("hl7.fhir.r4.examples/package.json"));
const BASE = "http://hl7.org/fhir/StructureDefinition/";

const read = (file) => {
  const whole = path.join(FOLDER, file);
  return fs.existsSync(whole) ? JSON.parse(fs.readFileSync(whole, "utf-8")) : null;
};

const kept = (make) => {
  const found = new Map();
  return (key) => {
    if (!found.has(key)) found.set(key, make(key));
    return found.get(key);
  };
};

/** A StructureDefinition by its name, such as "Observation" or "questionnaire-unit". */
const structure = kept((name) => {
  const found = /^[\w-]+$/.test(name) ? read(`StructureDefinition-${name}.json`) : null;
  return found && found.url === BASE + name ? found : null;
});

/** Every definition of a resource or data type, without profiles and extensions. */
const everyType = () =>
  fs
    .readdirSync(FOLDER)
    .filter((file) => file.startsWith("StructureDefinition-"))
    .map(read)
    .filter((each) => each.url === BASE + each.type);

/** The elements of a definition below each path: name, or name without [x] for a choice. */
const elements = kept((name) => {
  const below = new Map();
  for (const each of structure(name).snapshot.element) {
    const cut = each.path.lastIndexOf(".");
    if (cut < 0) continue;
    const parent = each.path.slice(0, cut);
    if (!below.has(parent)) below.set(parent, []);
    below.get(parent).push({ ...each, name: each.path.slice(cut + 1) });
  }
  return below;
});

const isPrimitive = kept((name) => structure(name)?.kind === "primitive-type");

/** The regular expression of a primitive type, as HL7 gives it; null if it gives none. */
const pattern = kept((name) => {
  const value = structure(name).snapshot.element.find((each) => each.path === `${name}.value`);
  const said = value?.type?.[0].extension?.find((each) => each.url === `${BASE}regex`);
  return said ? new RegExp(`^(?:${said.valueString})$`, "su") : null;
});

/** All codes of a code system, by its address; null if the package does not have all of them. */
const system = kept((url) => {
  const found = read(`CodeSystem-${url.split("/").pop()}.json`);
  if (!found || found.url !== url || found.content !== "complete") return null;
  const inside = (concepts) => concepts.flatMap((each) => [each, ...inside(each.concept ?? [])]);
  return new Map(inside(found.concept ?? []).map((each) => [each.code, each.display]));
});

/** All codes of a value set, each as "system|code" and alone; null if it cannot be listed. */
const valueSet = kept((canonical) => {
  const url = canonical.split("|")[0];
  const found = read(`ValueSet-${url.split("/").pop()}.json`);
  if (!found || found.url !== url || !found.compose || found.compose.exclude) return null;
  const codes = new Set();
  for (const part of found.compose.include) {
    if (part.filter) return null;
    for (const other of part.valueSet ?? []) {
      const more = valueSet(other);
      if (!more) return null;
      more.forEach((each) => codes.add(each));
    }
    if (!part.system) continue;
    const listed = part.concept?.map((each) => each.code) ?? system(part.system)?.keys();
    if (!listed) return null;
    for (const code of listed) codes.add(`${part.system}|${code}`).add(code);
  }
  return codes;
});

module.exports = { BASE, elements, everyType, isPrimitive, pattern, structure, system, valueSet };
