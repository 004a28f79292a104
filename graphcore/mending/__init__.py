"""Fixes: what may mend a problem, tried to the end of the graph before it is offered.

Proposals stand by code (`form`, `arguments`, `wiring`, `fitting`, `ranks`, `windows`, `inputs`), those of `fitting` by
what they change: what made a size (`above`), a wire (`between`), how tensors meet (`joins`). `lost` finds wires
that a join has lost, `trial` tries one.
A change that only moves a problem is no fix; where the next problem has a mend of its own, both are tried together and
offered as one.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from ..catalog import CATALOG
from ..diagnostics import MOST_SHOWN, Diagnostic, Fix
from ..edits import GONE, Records, as_json, diff_of, records
from ..formats import read_text
from ..formats.document import to_document
from ..judge import Judged, judge, judge_again
from ..migrate import migrate
from ..model import JSON
from ..patch import patched, patched_text
from ..report import weigh
from ..source import Limits
from . import arguments, fitting, form, inputs, ranks, windows, wiring
from .case import Case, Proposal, cases
from .deed import deed
from .trial import Trial, Tries, identity

Proposer = Callable[[Case], Iterator[Proposal]]

PROPOSERS: Mapping[str, Sequence[Proposer]] = {
    **form.PROPOSERS,
    **arguments.PROPOSERS,
    **wiring.PROPOSERS,
    **fitting.PROPOSERS,
    **ranks.PROPOSERS,
    **windows.PROPOSERS,
    **inputs.PROPOSERS,
    "GC201": (*form.PROPOSERS["GC201"], *arguments.PROPOSERS["GC201"]),
    "GC208": (*arguments.PROPOSERS["GC208"], windows.channels_last, *fitting.PROPOSERS["GC208"]),
}
"""What may mend a problem of each code, the likeliest first."""

MOST_OFFERED = 4
"""Fixes of one problem."""
MOST_SEARCHED = 3
"""Problems that are looked at for each try that is left: some have nothing to try."""
MOST_PROPOSED = 12
"""Changes that are tried for one problem."""
FEW = 2
"""Fixes of one problem beside which no changes are looked for that only work together."""
MOST_TOGETHER = 3
"""Changes of several problems that are offered as one."""
MOST_TOLD = 1_000
"""Records in all fixes of a report, beyond which a fix that mends several problems is told once."""
MOST_APPLIED = 200
"""Safe fixes that are made one after the other."""


def offer(judged: Judged, limits: Limits, *, only_safe: bool = False, most: int | None = None) -> Judged:
    """The same file, each problem with the fixes that were tried and hold. At most `most` fixes are looked for."""
    if not judged.found:
        return judged
    tries = Tries(judged, limits)
    mendable = (case for case in cases(judged) if case.problem.code in PROPOSERS)
    first = islice(mendable, MOST_SEARCHED * tries.left)
    searches = deque((case.problem, _search(case, tries, only_safe)) for case in first)
    found: dict[int, list[_Found]] = {}
    count = 0
    # In turn: one try for each problem before the second for any.
    while searches and tries.left > 0 and (most is None or count < most):
        problem, search = searches.popleft()
        for success in search:
            if success is not None:
                found.setdefault(id(problem), []).append(success)
                count += 1
            if len(found.get(id(problem), ())) < MOST_OFFERED:
                searches.append((problem, search))
            break
    _share(judged, found)
    return _with_fixes(judged, found) if found else judged


def _share(judged: Judged, found: dict[int, list[_Found]]) -> None:
    """Give a fix to the other problems of its code that it solves too: one may be for all layers of a class."""
    by_code: dict[str, dict[str, _Found]] = {}
    for problem in judged.found:
        by_code.setdefault(problem.code, {}).update((one.key, one) for one in found.get(id(problem), ()))
    for problem in judged.found[:MOST_SHOWN]:
        mine = found.get(id(problem), [])
        known = {one.key for one in mine}
        for key, one in by_code[problem.code].items():
            if key not in known and len(mine) < MOST_OFFERED and one.trial.solves(problem):
                mine.append(one)
        if mine:
            found[id(problem)] = mine


def apply(judged: Judged, fix: Fix, limits: Limits) -> Judged:
    """The file with a fix in it, in its own text where there is one."""
    source = judged.source
    if source is None:
        return judged
    value, text = source.value, source.text
    for stage in fix.stages:
        value = patched(value, stage)
        text = patched_text(text, stage) if text is not None else None
    if text is not None:
        return judge(read_text(source, text, limits), limits, contracts=judged.contracts)
    return judge_again(judged, value, limits)


def apply_named(judged: Judged, ids: Sequence[str], limits: Limits) -> tuple[Judged, list[str], list[str]]:
    """The file with fixes that `offer` named in it, what they are called, and those ids that could not be made."""
    offered = offer(judged, limits)
    by_id = {fix.id: (problem, fix) for problem in offered.found for fix in problem.fixes}
    missing: list[str] = []
    titles: list[str] = []
    for id in ids:
        if id not in by_id:
            missing.append(id)
            continue
        problem, fix = by_id[id]
        if titles:  # places have moved: it is found anew by what it does
            offered = offer(judged, limits)
            again = _again(problem, fix, offered)
            if again is None:
                if any(identity(found) == identity(problem) for found in judged.found):
                    missing.append(id)
                continue  # else an earlier one has mended it too
            fix = again
        judged = apply(judged, fix, limits)
        titles.append(fix.title)
    return judged, titles, missing


def _again(problem: Diagnostic, fix: Fix, offered: Judged) -> Fix | None:
    """The fix that does the same among those that are offered now, of the same problem before others of its code."""
    wanted = deed(fix)
    same = [
        (identity(found) != identity(problem), n, other)
        for n, found in enumerate(offered.found)
        if found.code == problem.code
        for other in found.fixes
        if deed(other) == wanted
    ]
    return min(same, default=(True, 0, None), key=lambda one: one[:2])[2]


def apply_safe(judged: Judged, limits: Limits) -> tuple[Judged, list[Fix]]:
    """The file with every safe fix in it, and the fixes that were made."""
    made: list[Fix] = []
    while len(made) < MOST_APPLIED:
        offered = offer(judged, limits, only_safe=True, most=1)
        fix = next((fix for problem in offered.found for fix in problem.fixes), None)
        if fix is None:
            break
        judged = apply(judged, fix, limits)
        made.append(fix)
    return judged, made


# --- the search -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """A change that holds, of one proposal or of several that only work together."""

    made: tuple[Proposal, ...]
    trial: Trial

    @property
    def title(self) -> str:
        said, *others = (proposal.title for proposal in self.made)
        for title in others:
            also = title[:1].lower() + title[1:]
            said = f"{said}, and {also}"
        return said

    @property
    def safe(self) -> bool:
        return all(proposal.safe for proposal in self.made)

    @property
    def key(self) -> str:
        return repr(self.trial.stages)


def proposals(case: Case) -> Iterator[Proposal]:
    """What may mend a problem, without doubles."""
    seen: set[str] = set()
    for propose in PROPOSERS.get(case.problem.code, ()):
        for proposal in propose(case):
            key = repr(proposal.patch)
            if proposal.patch and key not in seen:
                seen.add(key)
                yield proposal
                if len(seen) >= MOST_PROPOSED:
                    return


def _search(case: Case, tries: Tries, only_safe: bool) -> Iterator[_Found | None]:
    """One try after the other: a change that holds, or None where it does not."""
    moved: list[tuple[Proposal, Trial]] = []
    count = 0
    for proposal in proposals(case):
        if only_safe and not proposal.safe:
            continue
        trial = tries.of(case.judged, proposal.patch)
        if trial is None or not trial.solves(case.problem):
            yield None
            continue
        errors = trial.new_errors()
        if not errors or (proposal.safe and all(trial.is_revealed(error) for error in errors)):
            count += 1
            yield _Found((proposal,), trial)
            continue
        moved.append((proposal, trial))
        yield None
    # No advice is worth another problem. Where one change does it, only the same again is tried: each skip cropped.
    if count < FEW and not only_safe and case.problem.severity == "error":
        for proposal, trial in moved:
            yield from _together(case, _Found((proposal,), trial), tries, MOST_TOGETHER - 1, only_alike=count > 0)


def _together(
    case: Case, so_far: _Found, tries: Tries, depth: int, *, only_alike: bool = False
) -> Iterator[_Found | None]:
    """Go on where a change has moved the problem to; `only_alike`: with the same layer in another wire."""
    error = so_far.trial.new_errors()[0]
    next_case = next((other for other in cases(so_far.trial.after) if other.problem is error), None)
    if next_case is None:
        return
    for proposal in proposals(next_case):
        if only_alike and not proposal.is_alike(so_far.made[0]):
            continue
        trial = tries.of(so_far.trial.after, proposal.patch)
        if trial is None or not trial.solves(error):
            yield None
            continue
        whole = Trial(so_far.trial.before, trial.after, (*so_far.trial.stages, *trial.stages))
        if not whole.solves(case.problem):
            yield None
            continue
        found = _Found((*so_far.made, proposal), whole)
        if not whole.new_errors():
            yield found
        elif depth > 1:
            yield from _together(case, found, tries, depth - 1, only_alike=only_alike)
        else:
            yield None


# --- the offer --------------------------------------------------------------------------------------------------------


def _with_fixes(judged: Judged, found: Mapping[int, Sequence[_Found]]) -> Judged:
    before = _records(judged)
    made: dict[str, Fix] = {}
    told: set[str] = set()
    records_told = 0
    numbers: Counter[str] = Counter()
    problems: list[Diagnostic] = []
    for problem in judged.found:
        fixes = []
        for n, one in enumerate(found.get(id(problem), ())):
            fix = made.get(one.key)
            if fix is None:
                diff = _diff(before, _records(one.trial.after))
                fix = made[one.key] = Fix("", one.title, one.safe, diff, _effect(one.trial), one.trial.stages)
            fixes.append((_cost(one, fix, n), one.key))
        ordered = [made[key] for _, key in sorted(dict.fromkeys(fixes))]
        for i, fix in enumerate(ordered):
            if not fix.id:
                numbers[problem.code] += 1
                named = replace(fix, id=f"{problem.code}-{numbers[problem.code]}")
                made[repr(fix.stages)] = ordered[i] = named
        shown = []
        for fix in ordered:  # a fix of 300 layers is told at the first ones of them
            records_told += sum(map(len, fix.diff.values()))
            if fix.id not in told or records_told <= MOST_TOLD:
                shown.append(fix)
                told.add(fix.id)
        problems.append(replace(problem, fixes=tuple(shown)) if shown else problem)
    return replace(judged, found=tuple(problems))


def _cost(found: _Found, fix: Fix, n: int) -> tuple[int, int, int, int, int]:
    """Safe ones first, then those that leave fewer problems, touch fewer layers, and change the parameters least."""
    before, after = fix.effect["params"]
    change = 0 if before is None or after is None else abs(after - before)
    return (not fix.safe, len(found.trial.after.found), _touched(fix.diff), change, n)


def _touched(diff: Mapping[str, JSON]) -> int:
    """Changes that a user has to follow: one argument in many layers is one."""
    added, updated, removed = (_but_calls(diff[part]) for part in ("added", "updated", "removed"))
    edited = {_edited(was, to) for was, to in updated.values()}
    # A layer that goes counts twice: nobody gets it back by reading what is left.
    return len(added) + 2 * len(removed) + len(edited)


def _but_calls(changes: Any) -> dict[str, Any]:
    return {key: change for key, change in changes.items() if not key.startswith("call/")}


def _edited(was: JSON, to: JSON) -> str:
    """What was changed in a layer, whichever layer it is: the new values of the arguments that are others."""
    if not (isinstance(was, dict) and isinstance(to, dict)):
        return repr(to)
    before, after = was.get("config"), to.get("config")
    if not (isinstance(before, dict) and isinstance(after, dict)) or was.get("class_name") != to.get("class_name"):
        return repr(to)
    return repr({key: after.get(key) for key in {**before, **after} if before.get(key) != after.get(key)})


def change_between(before: Judged, after: Judged) -> tuple[Mapping[str, JSON], Mapping[str, JSON]]:
    """What makes one model the other, as a diff of records, and what that does, as a fix tells it."""
    return _diff(_records(before), _records(after)), _effect(Trial(before, after, ()))


def document_of(judged: Judged) -> dict[str, JSON]:
    """The document that the file is in the editor; no document where there is no graph."""
    graph, source = judged.graph, judged.source
    if graph is None:
        return {}
    if graph.dialect == "document" and source is not None and isinstance(source.value, dict):
        return source.value
    return to_document(migrate(graph, CATALOG))


def _records(judged: Judged) -> Records:
    return records(document_of(judged)) if judged.graph is not None else {}


def _diff(before: Records, after: Records) -> Mapping[str, JSON]:
    wanted: dict[str, Any] = {key: GONE for key in before if key not in after}
    return as_json(diff_of(before, {**wanted, **after}))


def _effect(trial: Trial) -> Mapping[str, JSON]:
    """What a fix does to the model."""
    before, after = trial.before, trial.after
    left = Counter((problem.code, problem.at.path, problem.at.layer) for problem in after.found)
    solved: Counter[str] = Counter()
    for problem in before.found:
        key = (problem.code, problem.at.path, problem.at.layer)
        if left[key] > 0:
            left[key] -= 1
        else:
            solved[problem.code] += 1
    return {
        "params": [_params(before), _params(after)],
        "outputs": [_outputs(before), _outputs(after)],
        "solves": dict(solved),
        "reveals": len(trial.new_errors()),
        "known": _known(after) - _known(before),
    }


def _params(judged: Judged) -> int | None:
    return None if judged.inference is None else weigh(judged.inference).totals(judged.inference).total


def _outputs(judged: Judged) -> list[JSON]:
    if judged.graph is None or judged.inference is None:
        return []
    shapes = [judged.inference.spec(ref).shape for ref in judged.graph.output_refs]
    return [None if shape is None else list(shape) for shape in shapes]


def _known(judged: Judged) -> int:
    """Calls whose outputs are known."""
    if judged.inference is None:
        return 0
    return sum(bool(specs) and specs[0].shape is not None for specs in judged.inference.specs.values())
