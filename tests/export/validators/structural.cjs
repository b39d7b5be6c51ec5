// Walks a resource along HL7's StructureDefinitions: elements, cardinalities, types, required codes.
"use strict";
const definitions = require("./definitions.cjs");
const { invariants } = require("./invariants.cjs");

const SYSTEM = "http://hl7.org/fhirpath/System.";
const WHOLE = new Set(["integer", "unsignedInt", "positiveInt"]);
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The names in JSON under which an element may stand, each with its type. */
const NAMED = new WeakMap();
const named = (element) => {
  if (!NAMED.has(element)) {
    const types = element.contentReference ? [{ code: "" }] : (element.type ?? []);
    const choice = element.name.endsWith("[x]");
    const stem = element.name.replace("[x]", "");
    const json = (type) => (choice ? stem + capital(type.code) : stem);
    NAMED.set(element, types.map((type) => ({ json: json(type), type })));
  }
  return NAMED.get(element);
};

class Walk {
  /** With a bundle, what an address of one of its entries is: such as an Observation. */
  constructor(whole) {
    this.found = [];
    const entries = Array.isArray(whole?.entry) ? whole.entry : [];
    this.kinds = new Map(entries.map((each) => [each?.fullUrl, each?.resource?.resourceType]));
  }

  say(path, rule, text) {
    this.found.push(`${path}: ${rule}: ${text}`);
  }

  resource(value, path) {
    const kind = isObject(value) ? value.resourceType : undefined;
    const known = typeof kind === "string" && definitions.structure(kind);
    if (!known || known.kind !== "resource" || known.abstract) {
      return this.say(path, "type", `${kind} is no resource`);
    }
    this.inside(value, kind, kind, path, new Set(["resourceType"]));
  }

  /** Walks what stands in a value, below an element of a definition. */
  inside(value, name, below, path, also = new Set()) {
    if (!isObject(value)) return this.say(path, "type", `not an object: ${JSON.stringify(value)}`);
    if (Object.keys(value).length === 0) this.say(path, "ele-1", "neither value nor children");
    const children = definitions.elements(name).get(below) ?? [];
    const allowed = new Set(also);
    for (const element of children) {
      const names = named(element);
      names.forEach(({ json }) => allowed.add(json));
      const primitive = names.filter(({ type }) => definitions.isPrimitive(type.code));
      primitive.forEach(({ json }) => allowed.add(`_${json}`));
      this.element(value, element, names, name, path);
    }
    for (const key of Object.keys(value)) {
      if (!allowed.has(key)) this.say(`${path}.${key}`, "unknown", "no such element");
    }
    invariants(below, value, (rule, text) => this.say(path, rule, text));
  }

  element(value, element, names, name, path) {
    const used = names.filter(({ json }) => json in value || `_${json}` in value);
    if (used.length > 1) this.say(path, "choice", used.map(({ json }) => json).join(" and "));
    if (used.length === 0) {
      if (element.min > 0) this.say(`${path}.${element.name}`, "min", "missing");
      return;
    }
    const { json, type } = used[0];
    const many = (element.base?.max ?? element.max) !== "1";
    const [given, beside] = [value[json], value[`_${json}`]];
    for (const each of [given, beside]) {
      if (each !== undefined && Array.isArray(each) !== many) {
        return this.say(`${path}.${json}`, "max", many ? "not an array" : "an array");
      }
    }
    const [values, others] = many ? [given ?? [], beside ?? []] : [[given], [beside]];
    const count = Math.max(values.length, others.length);
    if (count < Math.max(element.min, many ? 1 : 0)) this.say(`${path}.${json}`, "min", "empty");
    if (element.max !== "*" && count > Number(element.max)) {
      this.say(`${path}.${json}`, "max", `${count} values`);
    }
    for (let n = 0; n < count; n += 1) {
      const where = many ? `${path}.${json}[${n}]` : `${path}.${json}`;
      this.value(values[n], others[n], element, type, name, where);
    }
  }

  value(given, beside, element, type, name, path) {
    if (element.contentReference) {
      return this.inside(given, name, element.contentReference.slice(1), path);
    }
    if (type.code.startsWith(SYSTEM)) return this.plain(given, element, path);
    if (definitions.isPrimitive(type.code)) {
      this.primitive(given, beside, type.code, path);
    } else if (type.code === "Resource") {
      this.resource(given, path);
    } else if (type.code === "BackboneElement" || type.code === "Element") {
      this.inside(given, name, element.path, path);
    } else {
      this.inside(given, type.code, type.code, path);
    }
    if (type.code === "Extension") this.extension(given, path);
    if (type.code === "Reference") this.reference(given, type, path);
    if (element.binding?.strength === "required") this.code(given, element, type.code, path);
  }

  plain(given, element, path) {
    const pattern = element.base?.path === "Resource.id" ? definitions.pattern("id") : /^\S.*$/su;
    if (typeof given !== "string" || !pattern.test(given)) {
      this.say(path, "value", `not an id or address: ${JSON.stringify(given)}`);
    }
  }

  primitive(given, beside, code, path) {
    if (beside !== undefined && beside !== null) this.inside(beside, "Element", "Element", path);
    if (given === undefined || given === null) {
      if (!isObject(beside)) this.say(path, "ele-1", "neither value nor children");
      return;
    }
    const kind = { boolean: "boolean", decimal: "number" }[code] ?? "string";
    const wanted = WHOLE.has(code) ? "number" : kind;
    if (typeof given !== wanted) {
      return this.say(path, "type", `${code} as ${typeof given}: ${JSON.stringify(given)}`);
    }
    const pattern = definitions.pattern(code);
    const written = code === "decimal" ? String(given).replace(/e\+?/, "e") : String(given);
    if (code === "xhtml") {
      if (!/^<div [^>]*xmlns="http:\/\/www\.w3\.org\/1999\/xhtml"/u.test(given)) {
        this.say(path, "txt-1", "not a div of XHTML");
      }
    } else if (pattern && !pattern.test(written)) {
      this.say(path, "value", `no ${code}: ${written}`);
    }
    if (wanted === "string" && given === "") this.say(path, "value", "empty");
    if ((code === "dateTime" || code === "date" || code === "instant") && !isOnCalendar(given)) {
      this.say(path, "value", `no day of the calendar: ${given}`);
    }
  }

  /** An extension of HL7 must exist, and hold a value of a type that it allows. */
  extension(given, path) {
    if (!isObject(given) || !String(given.url).startsWith(definitions.BASE)) return;
    const known = definitions.structure(given.url.slice(definitions.BASE.length));
    if (!known) return this.say(path, "extension", `HL7 has no ${given.url}`);
    const element = known.snapshot.element.find((each) => each.path === "Extension.value[x]");
    const types = element && element.max !== "0" ? (element.type ?? []) : [];
    const fits = new Set(types.flatMap(({ code }) => [`value${capital(code)}`]));
    for (const key of Object.keys(given).filter((each) => /^_?value/.test(each))) {
      if (!fits.has(key.replace("_", ""))) this.say(path, "extension", `${key} in ${given.url}`);
    }
  }

  /** A reference must be to a type that its element allows, as far as its address says which. */
  reference(given, type, path) {
    const address = String(given?.reference ?? "");
    const kind = this.kinds.get(address) ?? /(?:^|\/)([A-Z]\w+)\/[^/]+$/u.exec(address)?.[1];
    const targets = (type.targetProfile ?? []).map((each) => each.split("/").pop());
    if (!kind || targets.length === 0 || targets.includes("Resource")) return;
    if (!targets.includes(kind)) this.say(path, "target", `${address} is a ${kind}`);
  }

  code(given, element, type, path) {
    const codes = definitions.valueSet(element.binding.valueSet ?? "");
    if (!codes || given === undefined || given === null) return;
    const fits = (system, code) => codes.has(`${system}|${code}`);
    if (type === "code") {
      if (!codes.has(given)) this.say(path, "code", `${given} is not in ${element.binding.valueSet}`);
    } else if (type === "Coding" && !fits(given.system, given.code)) {
      this.say(path, "code", `${given.code} is not in ${element.binding.valueSet}`);
    } else if (type === "CodeableConcept") {
      const coded = given.coding ?? [];
      if (!coded.some((each) => fits(each.system, each.code))) {
        this.say(path, "code", `nothing in ${element.binding.valueSet}`);
      }
    }
  }
}

const isOnCalendar = (given) => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/u.exec(given);
  if (!parts) return true;
  const day = new Date(`${parts[0]}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.getUTCDate() === Number(parts[3]);
};

/** Every fault of a resource, each as "path: rule: what". */
const structural = (resource) => {
  const walk = new Walk(resource);
  walk.resource(resource, resource?.resourceType ?? "?");
  return walk.found;
};

module.exports = { structural };
