"""The page where pairs are judged: side by side, with the keyboard, and what the judgements say so far."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from markupsafe import Markup
from nicegui import background_tasks, ui
from nicegui.events import KeyEventArguments

from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import judgement_actions, review_actions
from haihe.boards.registry.answers import Card
from haihe.boards.registry.judgements import Opinion, Verdict
from haihe.boards.registry.kinds import kinds
from haihe.boards.registry.labels import NAME_LABELS, PLACE_LABEL, TIER_LABELS, VERDICT_LABELS
from haihe.boards.registry.review import EDGES, Estimate, differing
from haihe.boards.registry.review_actions import Standing, Waiting
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_, HaiheError
from haihe.store.opening import the_store
from haihe.store.work import job_at
from haihe.ui import dress, page_at, widgets
from haihe.ui.frame import frame
from haihe.ui.language import language, tr
from haihe.ui.markup import button, link, write
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
    """The pairs at hand, which of them is shown, and the judgements given on this page."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.pairs: Sequence[Waiting] = ()
        self.at = 0
        self.given: list[int] = []
        self.busy = False

    async def load(self) -> None:
        """Fetch the next pairs and how things stand."""
        self.pairs = await to_thread(review_actions.waiting, the_store(), self.asker)
        self.now = await to_thread(review_actions.standing, the_store(), self.asker)
        self.at = min(self.at, max(len(self.pairs) - 1, 0))

    def draw(self) -> None:
        """Everything on the page; what changes is drawn anew after every judgement."""
        self._all()
        ui.keyboard(self._key, repeating=False, ignore=["input", "textarea"])

    @ui.refreshable_method
    def _all(self) -> None:
        answer(_sentence(self.now))
        if self.pairs:
            self._pair(self.pairs[self.at])
        else:
            what, why = (
                tr(N_("Pairs that may be the same stand here.")),
                tr(N_("No pair waits for a judgement.")),
            )
            empty_state(what, why)
        with section(tr(N_("Look for pairs"))):
            write(tr(_LOOK), "p")
            self._search()
        _bands(self.now)
        coverage_line(tr(_COVERAGE, least=EDGES[0]), as_of=day_in_region(datetime.now(UTC)))

    def _pair(self, pair: Waiting) -> None:
        number = tr(N_("{at} of {count} at hand"), at=self.at + 1, count=len(self.pairs))
        score = tr(N_("Score {score}"), score=f"{pair.doubt.score:.2f}")
        with section(score, number):
            write(_sides(pair), classes="hai-pair hai-scroll")
            write(tr(N_("; ")).join(tr(reason) for reason in pair.doubt.reasons), "p", "hai-note")
            with ui.element("div").classes("hai-verdicts"):
                for key, verdict in VERDICTS.items():
                    words = tr(VERDICT_LABELS[verdict])
                    _keyed(words, key, partial(self.judge, verdict), main=verdict == "same")
                _keyed(tr(N_("Next pair")), "j", partial(self.move, 1))
                _keyed(tr(N_("Previous pair")), "k", partial(self.move, -1))
                if self.given:
                    _keyed(tr(N_("Undo")), "z", self.undo)
                words = tr(N_("Reason, if one is needed"))
                self.reason = ui.input(placeholder=words).props("dense outlined maxlength=2000")
                self.reason.props["aria-label"] = words

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
        opinion = Opinion(*self.pairs[self.at].doubt.pair, verdict, (self.reason.value or "").strip())
        try:
            given = await to_thread(judgement_actions.judge, the_store(), self.asker, opinion)
            self.given.append(given.id)
        except HaiheError as error:
            notice(error)
        await self.refresh()

    async def undo(self) -> None:
        """Take back the last judgement that was given here."""
        try:
            await to_thread(judgement_actions.undo, the_store(), self.asker, self.given.pop())
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


def _sentence(now: Standing) -> str:
    judged = sum(band.judged for band in now.bands)
    found = [
        tr(N_("{waiting} pairs wait; {judged} are judged."), waiting=f"{now.waiting:,}", judged=f"{judged:,}")
    ]
    for words, estimate in (
        (N_("Precision is about {share} ({low} to {high})."), now.quality.precision),
        (N_("Recall is about {share} ({low} to {high})."), now.quality.recall),
    ):
        if estimate:
            found.append(tr(words, **_shares(estimate)))
    if not now.quality.recall and judged:
        found.append(tr(N_("How good the resolution is will be known when pairs of every band are judged.")))
    return " ".join(found)


def _shares(estimate: Estimate) -> dict[str, str]:
    return {name: f"{getattr(estimate, name):.1%}" for name in ("share", "low", "high")}


def _sides(pair: Waiting) -> Markup:
    """The two entities as a table, a row for each thing known of one, with what differs marked."""
    told = [dict(_told(card)) for card in (pair.first, pair.second)]
    rows = [
        {"what": what, "first": _marked(mine, theirs), "second": _marked(theirs, mine)}
        for what in dict.fromkeys((*told[0], *told[1]))
        for mine, theirs in [(told[0].get(what, ""), told[1].get(what, ""))]
    ]
    pages = [link(tr(N_("Open its page")), f"/entity/{card.entity.id}") for card in (pair.first, pair.second)]
    rows.append({"what": "", "first": pages[0], "second": pages[1]})
    columns = [Column("what", ""), Column("first", tr(N_("One"))), Column("second", tr(N_("The other")))]
    return plain_table(columns, rows)


def _told(card: Card) -> Iterator[tuple[str, str]]:
    """What is known of an entity, each thing with its label."""
    kind = kinds()[card.entity.kind]
    labels = {name: prop.label[language()] for name, prop in kind.properties.items()}
    labels |= {prop.scheme: prop.label[language()] for prop in kind.properties.values() if prop.scheme}
    labels |= {name: tr(label) for name, label in NAME_LABELS.items()}
    yield tr(N_("Full name")), card.entity.name
    yield tr(N_("Kind")), kind.label[language()]
    yield tr(PLACE_LABEL), card.entity.place or ""
    stated: dict[str, list[str]] = {}
    for fact in (*card.names, *card.identifiers, *card.properties):
        stated.setdefault(labels.get(fact.name, fact.name), []).append(str(fact.value))
    for label, values in stated.items():
        yield label, tr(N_(", ")).join(values)
    yield tr(N_("Tier")), tr(TIER_LABELS[card.entity.tier])


def _marked(mine: str, other: str) -> Markup:
    marked = Markup("<mark>{}</mark>")
    return Markup("").join(
        marked.format(text) if lacking and other else Markup.escape(text)
        for text, lacking in differing(mine, other)
    )


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
