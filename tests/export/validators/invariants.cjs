// The invariants of FHIR R4 that a bundle of CordCall could break, each by the name HL7 gives it.
"use strict";
const definitions = require("./definitions.cjs");

const HL7 = /^http:\/\/(?:terminology\.)?hl7\.org\//u;
const list = (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const VALUE = /^_?value[A-Z]/u;
const hasValue = (value) => Object.keys(value).some((key) => VALUE.test(key));
const inside = (value) =>
  value && typeof value === "object" ? [value, ...Object.values(value).flatMap(inside)] : [];
const items = (value) => list(value.item).flatMap((each) => [each, ...items(each)]);
const number = (quantity) => quantity?.value;

const RULES = {
  Bundle(bundle, say) {
    const entries = list(bundle.entry);
    const addresses = entries.map((each) => each.fullUrl);
    const versions = entries.map((each) => `${each.fullUrl} ${each.resource?.meta?.versionId}`);
    if (new Set(versions).size < versions.length) say("bdl-7", "an address stands twice");
    const known = new Set(addresses);
    for (const { reference } of inside(bundle.entry)) {
      if (typeof reference === "string" && reference.startsWith("urn:") && !known.has(reference)) {
        say("reference", `${reference} is not in the bundle`);
      }
    }
    for (const each of entries) {
      if (each.request && !["batch", "transaction", "history"].includes(bundle.type)) {
        say("bdl-3", "a request in a collection");
      }
      if (each.fullUrl?.includes("/_history/")) say("bdl-8", each.fullUrl);
    }
    if (bundle.total !== undefined && !["searchset", "history"].includes(bundle.type)) {
      say("bdl-1", "a total");
    }
  },
  "Bundle.entry"(entry, say) {
    if (!entry.resource && !entry.request && !entry.response) say("bdl-5", "an empty entry");
  },
  Coding(coding, say) {
    const codes = HL7.test(coding.system ?? "") ? definitions.system(coding.system) : null;
    if (!codes || coding.code === undefined) return;
    if (!codes.has(coding.code)) say("coding", `${coding.system} has no ${coding.code}`);
    else if (coding.display !== undefined && coding.display !== codes.get(coding.code)) {
      say("display", `${coding.code} is ${codes.get(coding.code)}, not ${coding.display}`);
    }
  },
  Extension(extension, say) {
    if (hasValue(extension) === Array.isArray(extension.extension)) {
      say("ext-1", "value and extensions, or neither");
    }
  },
  Observation(observation, say) {
    if (observation.dataAbsentReason && hasValue(observation)) {
      say("obs-6", "a value, and why it is absent");
    }
    const same = (code) => JSON.stringify(code?.coding) === JSON.stringify(observation.code?.coding);
    const repeated = list(observation.component).some((each) => each.code?.coding && same(each.code));
    if (repeated && hasValue(observation)) say("obs-7", "a component has the code of the whole");
  },
  "Observation.referenceRange"(range, say) {
    if (!range.low && !range.high && !range.text) say("obs-3", "a range without anything");
  },
  "Parameters.parameter"(parameter, say) {
    const had = [hasValue(parameter), !!parameter.resource, !!parameter.part];
    if (had.filter(Boolean).length !== 1) say("inv-1", "not one of value, resource and part");
  },
  Period(period, say) {
    if (period.start && period.end && Date.parse(period.start) > Date.parse(period.end)) {
      say("per-1", "it ends before it begins");
    }
  },
  Quantity(quantity, say) {
    if (quantity.code !== undefined && quantity.system === undefined) {
      say("qty-3", "a code without its system");
    }
  },
  Range(range, say) {
    if (number(range.low) > number(range.high)) say("rng-2", "low is above high");
  },
  Reference(reference, say) {
    if (!reference.reference && !reference.identifier && !reference.display) {
      say("ref", "it says nothing");
    }
  },
  ServiceRequest(request, say) {
    if (request.orderDetail && !request.code) say("prr-1", "details without a code");
  },
  Task(task, say) {
    if (Date.parse(task.lastModified) < Date.parse(task.authoredOn)) {
      say("inv-1", "modified before it was written");
    }
  },
  Questionnaire(questionnaire, say) {
    const ids = items(questionnaire).map((each) => each.linkId);
    if (new Set(ids).size < ids.length) say("que-2", "a linkId stands twice");
    if (!/^[A-Z]\w{0,254}$/u.test(questionnaire.name ?? "A")) say("que-0", questionnaire.name);
    const known = new Set(ids);
    for (const { question } of items(questionnaire).flatMap((each) => list(each.enableWhen))) {
      if (!known.has(question)) say("enableWhen", `there is no ${question}`);
    }
  },
  "Questionnaire.item"(item, say) {
    if (item.type === "group" && !list(item.item).length) say("que-1", "a group without items");
    if (item.type === "display" && item.item) say("que-1", "items below a display");
    if (item.type === "display" && item.code) say("que-3", "a display with a code");
    if (item.answerOption && item.answerValueSet) say("que-4", "options and a value set");
    const offers = ["choice", "open-choice", "decimal", "integer", "date", "dateTime", "time", "string", "quantity"];
    if (item.answerOption && !offers.includes(item.type)) say("que-5", `options of a ${item.type}`);
    if (item.type === "display" && (item.required || item.repeats)) say("que-6", "a display");
    if (list(item.enableWhen).length > 1 && !item.enableBehavior) say("que-12", "any or all?");
  },
  "Questionnaire.item.enableWhen"(test, say) {
    if (test.operator === "exists" && test.answerBoolean === undefined) say("que-7", "exists");
  },
  "QuestionnaireResponse.item"(item, say) {
    if (item.item && list(item.answer).some((each) => each.item)) say("qrs-1", "items in both");
  },
};

/** Judges the invariants of one element, by its path in its definition. */
const invariants = (path, value, say) => RULES[path]?.(value, say);

module.exports = { invariants };
