import type { Diagnostic, Report } from "./api";

// What a file could do is asked with its problems, and is none of them: the model is as good as it was.

const DANGER = /^GC80\d$/;
const NOT_LOOKED_THROUGH = "GC806";

/** A report without what the file could do, and that by itself. */
export function apart(report: Report): { readonly report: Report; readonly dangers: readonly Diagnostic[] } {
  const diagnostics = report.diagnostics.filter((problem) => !DANGER.test(problem.code));
  return { report: { ...report, diagnostics }, dangers: report.diagnostics.filter((problem) => DANGER.test(problem.code)) };
}

/** What stays true of the file that was opened, whatever is changed in the document: what stands beside its config. */
export function besideConfig(dangers: readonly Diagnostic[] | null): readonly Diagnostic[] {
  return (dangers ?? []).filter((danger) => danger.pointer === "" && danger.member !== null);
}

/** How much the file could do; what could not be looked through is not counted. */
export function dangerCount(dangers: readonly Diagnostic[] | null): number {
  return (dangers ?? []).filter((danger) => danger.code !== NOT_LOOKED_THROUGH).length;
}
