import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// Words stand in src/words. What is written in the page, said by an attribute, told as a notice or remembered by the
// history comes from there; names of keys and code are no words.
const WORDS = "[value=/^(?!Layerwright$).*\\p{L}{2}/su]";
const TEXT = `:matches(Literal${WORDS}, TemplateLiteral:has(> TemplateElement[value.raw=/\\p{L}{2}/u]))`;
const CHOSEN = `:matches(ConditionalExpression, LogicalExpression) > ${TEXT}`;
const SAID = "/^(title|label|placeholder|alt|aria-(label|description|roledescription|valuetext))$/";
const said = (selector) => ({ selector, message: "Say it in src/words and take it from there with t() or rich()." });
const wordsAtTheirPlace = [
  said(`JSXElement:not([openingElement.name.name=/^(kbd|code)$/]) > JSXText${WORDS}`),
  said(`JSXFragment > JSXText${WORDS}`),
  said(`:matches(JSXElement, JSXFragment) > JSXExpressionContainer > ${TEXT}`),
  said(`:matches(JSXElement, JSXFragment) > JSXExpressionContainer > ${CHOSEN}`),
  said(`JSXAttribute[name.name=${SAID}] > ${TEXT}`),
  said(`JSXAttribute[name.name=${SAID}] > JSXExpressionContainer > ${TEXT}`),
  said(`JSXAttribute[name.name=${SAID}] > JSXExpressionContainer > ${CHOSEN}`),
  said(`CallExpression[callee.property.name=/^(notify|edit)$/] > ${TEXT}:first-child`),
];

// Configuration files of tools must export a default; nothing in src may.
export default tseslint.config(
  { ignores: ["node_modules"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": reactHooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "no-restricted-syntax": ["error", { selector: "ExportDefaultDeclaration", message: "Export by name." }, ...wordsAtTheirPlace],
    },
  },
);
