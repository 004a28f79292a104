import { diffOf, type Diff, type Document } from "../document";
import { isObject, without, type Json, type JsonObject } from "../json";

// What the user says of a class whose code is not here: docs/custom-layers.md has all that a contract takes.

/** The parts of a contract that a hand can say in the page; the others come from a file and stay. */
export type Term = "output" | "parameters" | "treat_as";

/** The contract of a layer's class and the name that it stands under: what is said of the one layer counts first. */
export function contractOf(document: Document, record: JsonObject): { readonly name: string; readonly contract: JsonObject } {
  const cls = text(record.class_name);
  const registered = text(record.registered_name) || cls;
  const names = [`${cls}/${text(record.name)}`, registered, cls];
  const name = names.find((one) => document.records.has(`contracts/${one}`)) ?? registered;
  const contract = document.records.get(`contracts/${name}`);
  return { name, contract: isObject(contract) ? contract : {} };
}

/** Says one term of a class's contract; an empty text takes it back. Who treats it as another class says nothing else. */
export function setContract(document: Document, name: string, term: Term, said: string): Diff {
  const key = `contracts/${name}`;
  const before = document.records.get(key);
  const contract = isObject(before) ? before : {};
  const kept = without(contract, term);
  const value: Json = term === "parameters" && /^\d{1,15}$/.test(said) ? Number(said) : said;
  const next: JsonObject = said === "" ? kept : term === "treat_as" ? { treat_as: said } : { ...without(kept, "treat_as"), [term]: value };
  return diffOf(document, new Map([[key, Object.keys(next).length === 0 ? undefined : next]]));
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
