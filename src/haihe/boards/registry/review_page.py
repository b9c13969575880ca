"""The page where pairs are judged: side by side, with the keyboard, and what the judgements say so far."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from markupsafe import Markup
from nicegui import background_tasks, ui
from nicegui.events import KeyEventArguments

from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import judgement_actions, review_actions
from haihe.boards.registry.answers import Count, Facets, Sought, sought_of
from haihe.boards.registry.judgements import Opinion, Verdict
from haihe.boards.registry.labels import PLACE_LABEL, VERDICT_LABELS
from haihe.boards.registry.option_page import Choice, options
from haihe.boards.registry.pair_page import called, sides
from haihe.boards.registry.pieces_page import kind_words
from haihe.boards.registry.review import EDGES, Estimate, judged_of
from haihe.boards.registry.review_actions import Standing, Waiting
from haihe.boards.registry.weights import weights
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_, HaiheError
from haihe.store.opening import the_store
from haihe.store.work import job_at
from haihe.ui import dress, page_at, widgets
from haihe.ui.address import address, chosen
from haihe.ui.frame import frame
from haihe.ui.language import tr
from haihe.ui.markup import button, write
from haihe.ui.table import Column, plain_table
from haihe.ui.widgets import Standing as Progress
from haihe.ui.widgets import answer, coverage_line, empty_state, notice, section

VERDICTS: dict[str, Verdict] = {"s": "same", "d": "different", "u": "unsure"}
"""The verdicts by their keys."""

_COVERAGE = N_(
    "The estimate is of pairs of a score of at least {least} by the judged ones, a sample of each band; "
    "pairs of lower score and pairs left unsure are not in it."
)
_LOOK = N_("Compares all names, judges what the rules decide and puts what is doubtful in line.")
_ENDED = {"done", "failed", "stopped"}


def mount() -> None:
    """Register the page."""
    page_at("/registry/review")(review)


async def review() -> None:
    """The pairs that may be the same, one after the other."""
    asker = await asker_now()
    with frame(tr(N_("Which of these are the same"))):
        dress("boards/registry/review.css")
        queue = _Queue(asker)
        await queue.load()
        queue.draw()


class _Queue:
    """The pairs at hand, which of them is shown, and the judgements given on this page with their words."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.sought = sought_of(chosen("kind"), chosen("place"))
        self.pairs: Sequence[Waiting] = ()
        self.at = 0
        self.given: list[tuple[int, str]] = []
        self.busy = False

    async def load(self) -> None:
        """Fetch the next pairs and how things stand."""
        self.pairs = await to_thread(review_actions.waiting, the_store(), self.asker, self.sought)
        self.now = await to_thread(review_actions.standing, the_store(), self.asker)
        self.facets = await to_thread(review_actions.facets, the_store(), self.asker, self.sought)
        self.at = min(self.at, max(len(self.pairs) - 1, 0))

    def draw(self) -> None:
        """Everything on the page; what changes is drawn anew after every judgement."""
        self._all()
        ui.keyboard(self._key, repeating=False, ignore=["input", "textarea"])

    @ui.refreshable_method
    def _all(self) -> None:
        answer(_sentence(self.now))
        _filters(self.facets, self.sought)
        if self.pairs:
            self._pair(self.pairs[self.at])
        else:
            why = (
                N_("No pair of this choice waits.")
                if self.now.waiting
                else N_("No pair waits for a judgement.")
            )
            empty_state(tr(N_("Pairs that may be the same stand here.")), tr(why))
        self._last()
        with section(tr(N_("Look for pairs"))):
            write(tr(_LOOK), "p")
            self._search()
        _bands(self.now)
        coverage_line(tr(_COVERAGE, least=EDGES[0]), as_of=day_in_region(datetime.now(UTC)))

    def _pair(self, pair: Waiting) -> None:
        number = tr(N_("{at} of {count} at hand"), at=self.at + 1, count=len(self.pairs))
        score = tr(N_("Score {score}"), score=f"{pair.doubt.score:.2f}")
        with section(score, number):
            write(sides(pair), classes="hai-pair")
            write(tr(N_("; ")).join(tr(reason) for reason in pair.doubt.reasons), "p", "hai-note")
            with ui.element("div").classes("hai-verdicts"):
                for key, verdict in VERDICTS.items():
                    words = tr(VERDICT_LABELS[verdict])
                    _keyed(words, key, partial(self.judge, verdict), main=verdict == "same")
                _keyed(tr(N_("Next pair")), "j", partial(self.move, 1))
                _keyed(tr(N_("Previous pair")), "k", partial(self.move, -1))
                words = tr(N_("Reason, if one is needed"))
                self.reason = ui.input(placeholder=words).props("dense outlined maxlength=2000")
                self.reason.props["aria-label"] = words

    def _last(self) -> None:
        """What was judged last on this page, and the way to take it back."""
        if self.given:
            with ui.element("div").classes("hai-verdicts").props("role=status"):
                write(self.given[-1][1], "span")
                _keyed(tr(N_("Undo")), "z", self.undo)

    def _search(self) -> None:
        holder = ui.element("div")

        async def start() -> None:
            job = await to_thread(review_actions.look, the_store(), self.asker)
            holder.clear()
            with holder:
                widgets.progress(partial(_standing, job), on_done=self._later)

        with holder:
            button(tr(N_("Look for pairs")), start)

    async def _key(self, event: KeyEventArguments) -> None:
        pressed = event.action.keydown and not (
            event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta
        )
        if not pressed or self.busy:
            return
        self.busy = True
        try:
            await self._do(event.key.name.lower())
        finally:
            self.busy = False

    async def _do(self, key: str) -> None:
        if key == "z" and self.given:
            await self.undo()
        elif self.pairs and key in ("j", "k"):
            await self.move(1 if key == "j" else -1)
        elif self.pairs and key in VERDICTS:
            await self.judge(VERDICTS[key])

    async def move(self, step: int) -> None:
        """Show another of the pairs at hand."""
        self.at = (self.at + step) % len(self.pairs)
        self._all.refresh()

    async def judge(self, verdict: Verdict) -> None:
        """Judge the pair shown; what contradicts other judgements is said and changes nothing."""
        pair = self.pairs[self.at]
        opinion = Opinion(*pair.doubt.pair, verdict, (self.reason.value or "").strip())
        ends = " · ".join((called(pair, pair.first), called(pair, pair.second)))
        words = tr(N_("{pair}: {verdict}"), pair=ends, verdict=tr(VERDICT_LABELS[verdict]))
        try:
            given = await to_thread(judgement_actions.judge, the_store(), self.asker, opinion)
            self.given.append((given.id, words))
        except HaiheError as error:
            notice(error)
        await self.refresh()

    async def undo(self) -> None:
        """Take back the last judgement that was given here."""
        try:
            await to_thread(judgement_actions.undo, the_store(), self.asker, self.given.pop()[0])
        except HaiheError as error:
            notice(error)
        await self.refresh()

    def _later(self) -> None:
        background_tasks.create(self.refresh(), name="pairs that were found")

    async def refresh(self) -> None:
        """Fetch and draw everything again."""
        await self.load()
        self._all.refresh()


def _keyed(words: str, key: str, act: object, *, main: bool = False) -> None:
    with button("", act, main=main) as made:  # type: ignore[arg-type]  # any async deed
        write(Markup("{}<kbd>{}</kbd>").format(words, key), "span")
    made.props["aria-keyshortcuts"] = key


async def _standing(job: int) -> Progress:
    now = await to_thread(job_at, the_store().engine, job)
    words = now.note or N_("Waiting for a worker.")
    return Progress(now.progress, tr(words), now.state in _ENDED)


def _filters(found: Facets, sought: Sought) -> None:
    """The kinds and the jurisdictions of the pairs that wait; a press chooses one, or takes it out."""
    groups = {
        tr(N_("Kind")): _choices("kind", [(one, kind_words(one.code)) for one in found.kinds], sought.kinds),
        tr(PLACE_LABEL): _choices("place", [(one, one.name) for one in found.places], sought.adcodes),
    }
    if any(groups.values()):
        options(groups, tr(N_("Each number counts the pairs that wait and have one end or both of it.")))


def _choices(name: str, found: Sequence[tuple[Count, str]], now: Sequence[str]) -> list[Choice]:
    return [
        Choice(words, address(**{name: [] if one.code in now else [one.code]}), one.count, one.code in now)
        for one, words in found
    ]


def _sentence(now: Standing) -> str:
    judged = judged_of(now.bands)
    found = [
        tr(N_("{waiting} pairs wait; {judged} are judged."), waiting=f"{now.waiting:,}", judged=f"{judged:,}")
    ]
    above = judged_of(now.bands, weights().threshold)
    for words, estimate, count in (
        (
            N_("By {judged} judged pairs, precision is about {share} ({low} to {high})."),
            now.quality.precision,
            above,
        ),
        (
            N_("By {judged} judged pairs, recall is about {share} ({low} to {high})."),
            now.quality.recall,
            judged,
        ),
    ):
        if estimate:
            found.append(tr(words, judged=f"{count:,}", **_shares(estimate)))
    if not now.quality.recall and judged:
        found.append(tr(N_("How good the resolution is will be known when pairs of every band are judged.")))
    return " ".join(found)


def _shares(estimate: Estimate) -> dict[str, str]:
    return {name: f"{getattr(estimate, name):.1%}" for name in ("share", "low", "high")}


def _bands(now: Standing) -> None:
    """The bands of score with what is known of them, folded away."""
    labels = {
        "score": N_("Score"),
        "size": N_("Pairs"),
        "same": VERDICT_LABELS["same"],
        "different": VERDICT_LABELS["different"],
    }
    ends = (*(f"{least:.2f}" for least in EDGES[1:]), "1.00")
    rows = (
        {
            "score": f"{band.least:.2f}–{end}",
            "size": f"{band.size:,}",
            "same": f"{band.same:,}",
            "different": f"{band.different:,}",
        }
        for band, end in zip(now.bands, ends, strict=True)
    )
    table = plain_table(
        [Column(name, tr(words), numeric=name != "score") for name, words in labels.items()], rows
    )
    folded = Markup("<details><summary>{}</summary><div class=hai-scroll>{}</div></details>")
    write(folded.format(tr(N_("What is known of each band of score")), table), classes="hai-numbers")
