"""The services that `make watch` can ask, by the names of the column `service` of data/searches.csv."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from evidence.intake.incoming import Incoming
from evidence.intake.polite import Client, Service
from evidence.intake.services import clinicaltrials, crossref, europepmc, openalex, pubmed


@dataclass(frozen=True)
class Searchable:
    """A service, and how it is searched: every record for some words, entered since a day if one is given."""

    service: Service
    search: Callable[[Client, str, date | None], Iterator[Incoming]]


SERVICES: Mapping[str, Searchable] = MappingProxyType({
    module.SERVICE.key: Searchable(module.SERVICE, module.search)
    for module in (pubmed, crossref, openalex, europepmc, clinicaltrials)
})  # fmt: skip
