"""A score as it is read from top to bottom: columns between tabs."""

from __future__ import annotations

from collections.abc import Iterator

from haihe.boards.reader.scoring import Agreement, Fault, Rate, Score

_HEAD = ("kind", "labelled", "read", "precision", "recall", "f1", "f1 95 %", "overlap f1", "overlap f1 95 %")


def score_lines(score: Score) -> Iterator[str]:
    """The agreement of each kind, its parts and fields, then every fault."""
    yield "\t".join(_HEAD)
    for kind, one in score.kinds.items():
        yield f"{kind}\t{_agreement(one.exact)}\t{_rate(one.overlap.f1)}"
        for part, agreement in one.parts.items():
            yield f"{kind}.{part}\t{_agreement(agreement)}"
        for name, share in one.fields.items():
            yield f"{kind}.{name}\t{share.of}\t{share.right}\t{share.right / share.of:.3f}"
    yield from map(_fault, score.faults)


def _agreement(one: Agreement) -> str:
    precision, recall = (rate.value for rate in (one.precision, one.recall))
    rates = ("-" if value is None else f"{value:.3f}" for value in (precision, recall))
    return "\t".join((str(one.labelled), str(one.read), *rates, _rate(one.f1)))


def _rate(rate: Rate) -> str:
    return "-\t-" if rate.value is None else f"{rate.value:.3f}\t{rate.low:.3f}–{rate.high:.3f}"


def _fault(fault: Fault) -> str:
    wrong = (f"{name}: {labelled} ≠ {read}" for name, (labelled, read) in (fault.fields or {}).items())
    instead = fault.instead or ", ".join(wrong)
    cells = (fault.document, fault.kind, fault.fault, fault.start, fault.quote, instead, fault.context)
    return "\t".join(" ".join(str(cell).split()) for cell in cells)
