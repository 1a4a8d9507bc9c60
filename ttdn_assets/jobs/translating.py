"""Human words of the catalogue into the other languages, kept there as drafts that say which machine wrote them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.captions.translate import Translated, Translator, translate
from ttdn_assets.catalogue.records import AssetRecord
from ttdn_assets.errors import ToolMissing, UsageError
from ttdn_assets.jobs.library import catalogue_of, open_library, terms_of
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import FIELDS, LANGUAGES, Event, Field, Finding, Lang, Progress, Text, silent
from ttdn_assets.settings import Library
from ttdn_assets.terms import TermBase
from ttdn_assets.tools.argos import Argos
from ttdn_assets.tools.argos_package import PackageInfo, install, installed
from ttdn_assets.tools.chat import Chat
from ttdn_assets.tools.opus import install_opus

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue

_BATCH = 200
_SHOWN = 500


class TranslatedText(msgspec.Struct, frozen=True, kw_only=True):
    """One text a machine wrote: of which asset, and whether it was put into the catalogue.

    It is not where a person's words stand or a text was taken up, nor where it has a fault and the composed text, which
    has none, would have to go.
    """

    asset: str
    source: str
    field: Field
    lang: Lang
    value: str
    engine: str
    kept: bool
    findings: tuple[Finding, ...] = ()


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A text to translate: a person's, in ``source``."""

    record: AssetRecord
    field: Field
    source: Lang
    target: Lang
    value: str

    @property
    def relative(self) -> str:
        return self.record.files[0].relative if self.record.files else self.record.id[:8]


def open_translator(library: Library, engine: str | None = None) -> Translator:
    """The engine that is asked for, else the one of the settings.

    Raises:
        UsageError: ``engine-unknown``; ``chat-settings`` where ``url`` or ``model`` is not set; ``chat-url``.
        ToolMissing: ``argos-missing``.
    """
    chosen = library.settings.translation
    wanted = engine or chosen.engine
    if wanted == "argos":
        return Argos(library.models)
    if wanted != "http":
        raise UsageError("engine-unknown", {"engine": wanted})
    if not chosen.url or not chosen.model:
        raise UsageError("chat-settings")
    return Chat(chosen.url, chosen.model, timeout_s=chosen.timeout_s)


def translate_captions(
    library: Library | Path | None,
    assets: Sequence[str] = (),
    *,
    languages: Sequence[Lang] = (),
    engine: str | None = None,
    who: str | None = None,
    progress: Progress = silent,
) -> Iterator[TranslatedText]:
    """Translate what people wrote, and keep it as drafts; each text as it is done.

    Args:
        library: the library, or its folder.
        assets: ids or their beginnings; all where none is named.
        languages: those to translate into; the settings' where none is named.
        engine: ``argos`` or ``http``; the settings' where ``None``.
        who: the name written into the history; the system's user where ``None``.
        progress: told after every batch.

    Raises:
        ToolMissing: ``translation-missing`` where no package leads to a language, before anything is changed; what the
            engine raises.
    """
    opened = _opened(library)
    terms = terms_of(opened)
    name = who or system_user()
    with catalogue_of(opened) as catalogue:
        wanted = [
            one
            for record in catalogue.assets(assets or None)
            for one in _wanted(record, languages or opened.settings.languages)
        ]
        if not wanted:
            return
        translator = open_translator(opened, engine)
        _require(translator, wanted)
        done = 0
        for batch in _batches(wanted):
            for one, found in zip(batch, _translated(batch, translator, terms, opened), strict=True):
                yield _keep(catalogue, one, found, engine=translator.name(one.source, one.target), who=name)
            done += len(batch)
            progress(Event(stage="translate", done=done, total=len(wanted)))


def _wanted(record: AssetRecord, targets: Sequence[Lang]) -> Iterator[_Wanted]:
    """The texts of one asset that a person wrote in one language and nobody in another."""
    for field in FIELDS:
        texts: dict[Lang, Text] = getattr(record.captions, field)
        human = [lang for lang in LANGUAGES if lang in texts and texts[lang].origin == "human"]
        for target in targets if human else ():
            standing = texts.get(target)
            if standing is None or (standing.origin != "human" and standing.status == "draft"):
                source, value = human[0], texts[human[0]].value
                yield _Wanted(record=record, field=field, source=source, target=target, value=value)


def _require(translator: Translator, wanted: Sequence[_Wanted]) -> None:
    """Every direction must be there before the first text is changed."""
    for source, target in dict.fromkeys((one.source, one.target) for one in wanted):
        if not translator.hops(source, target):
            raise ToolMissing("translation-missing", {"source": source, "target": target})


def _batches(wanted: Sequence[_Wanted]) -> Iterator[list[_Wanted]]:
    """Texts of one direction at a time."""
    for pair in dict.fromkeys((one.source, one.target) for one in wanted):
        same = [one for one in wanted if (one.source, one.target) == pair]
        for start in range(0, len(same), _BATCH):
            yield same[start : start + _BATCH]


def _translated(
    batch: Sequence[_Wanted], translator: Translator, terms: TermBase, library: Library
) -> Iterator[Translated]:
    """The translations of a batch; keywords are translated one by one and joined again."""
    parts = [one.value.split(";") if one.field == "keywords" else [one.value] for one in batch]
    texts = translate(
        [part for several in parts for part in several],
        batch[0].source,
        batch[0].target,
        translator=translator,
        terms=terms,
        spelling=library.settings.vietnam_spelling,
    )
    waiting = iter(texts)
    for several in parts:
        yield _joined(list(itertools.islice(waiting, len(several))))


def _joined(found: Sequence[Translated]) -> Translated:
    if len(found) == 1:
        return found[0]
    return Translated(
        value=";".join(dict.fromkeys(one.value for one in found if one.value)),
        how=found[0].how,
        findings=tuple(finding for one in found for finding in one.findings),
    )


def _keep(catalogue: Catalogue, one: _Wanted, found: Translated, *, engine: str, who: str) -> TranslatedText:
    name = "terms" if found.how in ("term", "copied") else f"{engine} (split)" if found.how == "split" else engine
    standing = getattr(one.record.captions, one.field).get(one.target)
    worse = found.needs_review and standing is not None and standing.origin == "composed"
    asset, field, target = one.record.id, one.field, one.target
    kept = bool(found.value.strip()) and not worse
    kept = kept and catalogue.set_text(asset, field, target, found.value, who=who, origin="machine", engine=name)
    subject = f"{one.relative} [{field}]"
    findings = tuple(msgspec.structs.replace(f, subject=subject, lang=target) for f in found.findings)
    offered = _offered(found, subject, target) if worse else ()
    if worse or kept:
        catalogue.note(asset, subject, target, [*findings, *offered], who=who)
    return TranslatedText(
        asset=asset,
        source=one.relative,
        field=field,
        lang=target,
        value=found.value,
        engine=name,
        kept=kept,
        findings=findings,
    )


def _offered(found: Translated, subject: str, lang: Lang) -> Iterator[Finding]:
    """A rendering that was not put in place of a better text, for a person to see."""
    yield Finding(rule="translation-offered", level="info", subject=subject, lang=lang, measured=found.value[:_SHOWN])


def list_packages(library: Library | Path | None) -> tuple[PackageInfo, ...]:
    """The translation packages of a library."""
    return installed(_opened(library).models)


def install_package(library: Library | Path | None, what: str) -> PackageInfo:
    """Install a package file, or a pair such as ``vi-en`` from the index, which is the only thing here that downloads.

    Raises:
        InputError: ``package-hostile``, ``package-damaged``, ``package-not-indexed``, ``package-unknown``.
        ToolError: ``download-failed``, ``disk-full``.
    """
    return install(what, _opened(library).models)


def install_opus_model(
    library: Library | Path | None, folder: Path, *, pair: str | None = None, prefix: str = ""
) -> PackageInfo:
    """Convert a Marian model of OPUS-MT into a package and install it; see ``tools.opus.install_opus``."""
    return install_opus(folder, _opened(library).models, pair=pair, prefix=prefix)


def _opened(library: Library | Path | None) -> Library:
    return library if isinstance(library, Library) else open_library(library)
