"""The catalogue of open figures as DCAT 3, with what DCAT-AP 3.0 asks for, so that portals can harvest it.

Every table of a release is a dataset of a series, with its files.
Sources: https://www.w3.org/TR/vocab-dcat-3/, https://semiceu.github.io/DCAT-AP/releases/3.0.0/. The licence
lets everybody use the figures who names the source, as Decree 47/2020/NĐ-CP, article 18 wants of open data.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rdflib import DCTERMS, FOAF, PROV, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef

from marketplace.statistics.releases.documents import NAMES, TITLES, TO_DATE
from marketplace.statistics.releases.models import Release
from marketplace.statistics.releases.services import last_day_of

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib has that of version 2
ADMS, SPDX = Namespace("http://www.w3.org/ns/adms#"), Namespace("http://spdx.org/rdf/terms#")
EU = "http://publications.europa.eu/resource/authority/"
MONTHLY = URIRef(f"{EU}frequency/MONTHLY")
PUBLIC = URIRef(f"{EU}access-right/PUBLIC")
THEME = URIRef(f"{EU}data-theme/ECON")
LANGUAGE = URIRef(f"{EU}language/VIE")
PLACE = URIRef("https://sws.geonames.org/1583477/")  # Tỉnh Điện Biên
MEDIA = "https://www.iana.org/assignments/media-types/"
FILES = {
    "csv": ("text/csv", "CSV"),
    "json": ("application/json", "JSON"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
}
FORMATS = {"jsonld": ("json-ld", "application/ld+json"), "ttl": ("turtle", "text/turtle; charset=utf-8")}
KEPT_S = 3_600
ABOUT = gettext_noop(
    "What Điện Biên sells on this market, published month by month, signed and never changed."
)


def version() -> str:
    """Return what the catalogue follows from: the hash of the newest release, or "none". One query."""
    newest = Release.objects.order_by("-number").values_list("hash", flat=True).first()
    return newest or "none"


def serialised(form: str, *, of: str) -> str:
    """Return the catalogue as ``form`` of FORMATS, kept for an hour by ``of``, its version()."""
    key = f"catalogue:{form}:{of}"
    text = cache.get(key)
    if text is None:
        text = graph().serialize(format=FORMATS[form][0])
        cache.set(key, text, KEPT_S)
    return str(text)


def graph() -> Graph:
    """Return the whole catalogue, its texts in the language of the market. One query."""
    with translation.override(settings.LANGUAGE_CODE):
        return _Catalogue().graph


def tables_of(release: Release) -> dict[str, str]:
    """Return the digest of each table of ``release``, by name. In January the year so far is the month."""
    digests: dict[str, str] = json.loads(release.header)["tables"]
    is_january = release.month.month == 1
    return {name: digests[name] for name in sorted(digests) if not (is_january and name.endswith(TO_DATE))}


class _Catalogue:
    def __init__(self) -> None:
        self.base = settings.PUBLIC_BASE_URL
        self.graph = Graph()
        for prefix, namespace in (("adms", ADMS), ("dcat", DCAT), ("spdx", SPDX)):
            self.graph.bind(prefix, namespace)
        self.catalogue = self._at("releases", "#catalogue")
        self.publisher = self._at("releases", "#publisher")
        self._describe()
        releases = list(Release.objects.order_by("number"))
        newest = {release.month: release.number for release in releases}
        for name in NAMES:
            self._series(name, releases)
        for release in releases:
            for name, digest in tables_of(release).items():
                dataset = self._dataset(name, release, digest)
                if newest[release.month] != release.number:
                    self._say(dataset, ADMS.status, URIRef(f"{EU}dataset-status/DEPRECATED"))

    def _describe(self) -> None:
        say, about = self._say, self.catalogue
        say(self.publisher, RDF.type, FOAF.Agent)
        say(self.publisher, FOAF.name, self._words("Mường Then, sàn số của tỉnh Điện Biên"))
        say(self.publisher, FOAF.homepage, URIRef(f"{self.base}/"))
        say(about, RDF.type, DCAT.Catalog)
        say(about, DCTERMS.title, self._words(_("Open figures of the market Mường Then")))
        say(
            about,
            DCTERMS.description,
            self._words(
                _("What Điện Biên sells on this market, published month by month, signed and never changed.")
            ),
        )
        say(about, DCTERMS.publisher, self.publisher)
        say(about, DCTERMS.license, URIRef(LICENCE))
        say(about, DCTERMS.language, LANGUAGE)
        say(about, DCTERMS.spatial, PLACE)
        say(about, FOAF.homepage, self._at("open-data"))
        say(about, DCAT.themeTaxonomy, URIRef(f"{EU}data-theme"))

    def _series(self, name: str, releases: list[Release]) -> None:
        series = self._at("releases", f"#{name}")
        self._common(series, name, _title(name))
        self._say(series, RDF.type, DCAT.DatasetSeries)
        self._say(series, DCTERMS.accrualPeriodicity, MONTHLY)
        self._say(self.catalogue, DCAT.dataset, series)
        if releases:
            self._period(series, releases[0], releases[-1])

    def _dataset(self, name: str, release: Release, digest: str) -> URIRef:
        address = self._at("release-table", args=[release.number, name])
        dataset = URIRef(f"{address}#dataset")
        month = f"{release.month:%m/%Y}"
        self._common(dataset, name, f"{_title(name)}, {month}")
        say = self._say
        say(dataset, RDF.type, DCAT.Dataset)
        say(dataset, DCAT.inSeries, self._at("releases", f"#{name}"))
        say(dataset, DCTERMS.identifier, Literal(f"muongthen/{release.number}/{name}"))
        say(dataset, DCAT.version, Literal(str(release.revision)))
        say(dataset, DCTERMS.issued, Literal(release.made_at))
        say(dataset, DCTERMS.modified, Literal(release.made_at))
        say(dataset, DCAT.landingPage, address)
        say(address, RDF.type, FOAF.Document)
        if release.changelog:
            say(dataset, ADMS.versionNotes, self._words(release.changelog))
        if name.endswith(TO_DATE):
            self._period(dataset, release, release, from_january=True)
        else:
            self._period(dataset, release, release)
        say(self.catalogue, DCAT.dataset, dataset)
        for form in FILES:
            self._distribution(dataset, name, release, form, digest if form == "json" else "")
        return dataset

    def _distribution(self, dataset: URIRef, name: str, release: Release, form: str, digest: str) -> None:
        route = "release-data" if form in ("csv", "json") else "release-file"
        file = self._at(route, kwargs={"number": release.number, "name": name, "format": form})
        distribution, (media, label) = URIRef(f"{file}#distribution"), FILES[form]
        say = self._say
        say(dataset, DCAT.distribution, distribution)
        say(distribution, RDF.type, DCAT.Distribution)
        say(distribution, DCTERMS.title, Literal(label))
        say(distribution, DCAT.accessURL, file)
        say(distribution, DCAT.downloadURL, file)
        say(distribution, DCAT.mediaType, URIRef(MEDIA + media))
        say(distribution, DCTERMS["format"], URIRef(f"{EU}file-type/{label}"))
        say(distribution, DCTERMS.license, URIRef(LICENCE))
        if digest:  # of the bytes as they are served
            checksum = BNode(f"sum-{release.number}-{name}")
            say(distribution, SPDX.checksum, checksum)
            say(checksum, RDF.type, SPDX.Checksum)
            say(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
            say(checksum, SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary))

    def _common(self, resource: URIRef, name: str, title: str) -> None:
        say = self._say
        say(resource, DCTERMS.title, self._words(title))
        say(resource, DCTERMS.description, self._words(f"{_title(name)}. {_(ABOUT)}"))
        say(resource, DCTERMS.publisher, self.publisher)
        say(resource, DCTERMS.accessRights, PUBLIC)
        say(resource, DCTERMS.spatial, PLACE)
        say(resource, DCTERMS.language, LANGUAGE)
        say(resource, DCAT.theme, THEME)
        say(resource, PROV.wasGeneratedBy, self._at("open-data", "#method"))
        for word in (_("sales"), _("communes"), "Điện Biên"):
            say(resource, DCAT.keyword, self._words(word))

    def _period(self, resource: URIRef, first: Release, last: Release, *, from_january: bool = False) -> None:
        period = BNode(f"period-{first.number}-{last.number}{'-year' * from_january}")
        first_day = first.month.replace(month=1) if from_january else first.month
        self._say(resource, DCTERMS.temporal, period)
        self._say(period, RDF.type, DCTERMS.PeriodOfTime)
        self._say(period, DCAT.startDate, Literal(first_day))
        self._say(period, DCAT.endDate, Literal(last_day_of(last.month)))

    def _say(self, subject: URIRef | BNode, predicate: URIRef, found: URIRef | BNode | Literal) -> None:
        self.graph.add((subject, predicate, found))

    def _at(self, route: str, fragment: str = "", **arguments: object) -> URIRef:
        return URIRef(f"{self.base}{reverse(route, **arguments)}{fragment}")  # type: ignore[arg-type]

    def _words(self, words: str) -> Literal:
        return Literal(words, lang=settings.LANGUAGE_CODE)


def _title(name: str) -> str:
    title = _(TITLES[name.removesuffix(TO_DATE)])
    return _("%(table)s, the year so far") % {"table": title} if name.endswith(TO_DATE) else title
