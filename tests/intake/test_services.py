"""Each service as its documentation describes it: all pages, every field, and a total that is held against what came."""

from datetime import date

import pytest

from evidence.intake.incoming import Incoming
from evidence.intake.polite import Client, ServiceError
from evidence.intake.services import SERVICES, openalex, pages, pubmed
from evidence.intake.services.pages import ShortfallError
from tests.intake import servers

SINCE = date(2026, 11, 1)


@pytest.fixture
def fake(monkeypatch):
    fake = servers.Fake()
    monkeypatch.setattr(pubmed, "BATCH", 2)
    monkeypatch.delenv("EVIDENCE_OPENALEX_KEY", raising=False)
    with servers.running(fake) as address:
        for name in servers.SERVICES:
            monkeypatch.setenv(f"EVIDENCE_{name.upper()}_URL", f"{address}/{name}")
        yield fake


@pytest.fixture
def client(tmp_path):
    return Client(tmp_path / "watch", sleep=lambda seconds: None)


def found(client, service, since=None):
    return list(SERVICES[service].search(client, "fern", since))


EXPECTED = {
    "pubmed": Incoming(
        title="Invented: fern and H2O & sleep 1.", authors="Ivory, A. B.; Fern Group", year=2020, venue="Invented Journal",
        doi="10.5555/pub.1", pmid="901", registration="NCT00000001", kind="article",
        address="https://pubmed.ncbi.nlm.nih.gov/901/", retracted=True),
    "crossref": Incoming(
        title="Invented: fern & sleep 1", authors="Ivory, A. B.; Fern Group", year=2021, venue="Invented Journal",
        doi="10.5555/cross.1", kind="article", address="https://doi.org/10.5555/cross.1", retracted=True),
    "openalex": Incoming(
        title="Invented: fern and sleep 1", authors="Ann van Ivory", year=2022, venue="Invented Journal", doi="10.5555/open.1",
        pmid="801", kind="review", address="https://openalex.org/W1", retracted=True),
    "europepmc": Incoming(
        title="Invented: fern 1.", authors="Ivory, A. B.; Fern Group", year=2023, venue="Invented Journal", doi="10.5555/epmc.1",
        pmid="701", kind="article", address="https://europepmc.org/article/MED/701", retracted=True),
    "clinicaltrials": Incoming(
        title="Invented: fern trial 1", authors="Invented Sponsor", year=2024, venue="ClinicalTrials.gov",
        registration="NCT00000101", kind="registration", address="https://clinicaltrials.gov/study/NCT00000101"),
}  # fmt: skip


@pytest.mark.parametrize("service", servers.SERVICES)
def test_all_pages_are_read_and_every_field_arrives(fake, client, service):
    records = found(client, service)
    assert [record.title.rstrip(".")[-1] for record in records] == ["0", "1", "2"]
    assert records[1] == EXPECTED[service]
    assert [record.retracted for record in records] == [False, EXPECTED[service].retracted, False]


@pytest.mark.parametrize("service", servers.SERVICES)
def test_nothing_found_is_no_error(fake, client, service):
    fake.count[service] = 0
    assert found(client, service) == []


@pytest.mark.parametrize(
    ("service", "announced"),
    # PubMed is asked by position, up to the number it announced: it can send less, never more.
    [(name, 4) for name in servers.SERVICES] + [(name, 2) for name in servers.SERVICES if name != "pubmed"],
)
def test_another_number_than_announced_is_told_after_the_last_record(fake, client, service, announced):
    fake.announced[service] = announced
    records, search = [], SERVICES[service].search(client, "fern", None)
    with pytest.raises(ShortfallError, match=rf"announced {announced} records and sent 3"):
        for record in search:
            records.append(record)
    assert len(records) == 3


@pytest.mark.parametrize("service", servers.SERVICES)
def test_a_search_too_wide_is_refused_after_one_page(fake, client, service, monkeypatch):
    monkeypatch.setattr(pages, "MOST_RECORDS", 2)
    with pytest.raises(ServiceError, match="has 3 records for this search; at most 2 are read"):
        found(client, service)


@pytest.mark.parametrize(
    ("service", "name", "value"),
    [
        ("pubmed", "mindate", "2026/11/01"),
        ("pubmed", "maxdate", "3000"),
        ("pubmed", "datetype", "edat"),
        ("crossref", "filter", "from-created-date:2026-11-01"),
        ("openalex", "filter", "from_publication_date:2025-11-01"),
        ("europepmc", "query", "(fern) AND (FIRST_IDATE:[2026-11-01 TO 3000-01-01])"),
        ("clinicaltrials", "filter.advanced", "AREA[StudyFirstPostDate]RANGE[2026-11-01,MAX]"),
    ],
)
def test_a_day_is_asked_for_as_the_service_documents_it(fake, client, service, name, value):
    found(client, service, SINCE)
    assert fake.requests(service)[0][name] == value


@pytest.mark.parametrize("service", servers.SERVICES)
@pytest.mark.parametrize(
    "content", [b'{"message": ', b"<html>down</html>", b"null", b"[]", b'{"meta": {}, "message": {"items": 3}}']
)
def test_a_page_in_another_form_is_told(fake, client, service, content):
    fake.faults[service] = [servers.body(content)]
    with pytest.raises(ServiceError, match=SERVICES[service].service.name):
        found(client, service)


@pytest.mark.parametrize(
    "content",
    [b"<PubmedArticleSet><PubmedArticle><Medl", b"<eFetchResult><ERROR>expired</ERROR></eFetchResult>", b"{}"],
)
def test_pubmed_xml_in_another_form_is_told(fake, client, content):
    search = SERVICES["pubmed"].search(client, "fern", None)
    assert next(search).pmid == "900"
    fake.faults["pubmed"] = [servers.body(content)]
    with pytest.raises(ServiceError, match=r"PubMed sent data .*(read whole|expired)"):
        list(search)


def test_pubmed_says_which_words_it_left_out(fake, client):
    fake.changed["pubmed"] = {"errorlist": {"phrasesnotfound": ["moonfern"], "fieldsnotfound": []}}
    found(client, "pubmed")
    assert "PubMed does not know moonfern and searched 'fern' without." in client.notes


def test_an_error_of_pubmed_with_status_200_is_told(fake, client):
    fake.changed["pubmed"] = {"ERROR": "Search Backend failed: invented"}
    with pytest.raises(ServiceError, match="Search Backend failed: invented"):
        found(client, "pubmed")


def test_a_record_without_a_title_is_named_and_counted(fake, client):
    fake.changed["crossref"] = {0: {"title": []}}
    assert len(found(client, "crossref")) == 2
    assert "Crossref: left out for want of a title: https://doi.org/10.5555/cross.0." in client.notes


def test_a_record_sent_twice_does_not_hide_one_that_is_missing(fake, client):
    fake.changed["crossref"] = {2: {"DOI": "10.5555/Cross.0"}}
    with pytest.raises(ShortfallError, match="announced 3 records and sent 2"):
        found(client, "crossref")


def test_a_notice_of_retraction_is_not_the_retracted_work(fake, client):
    fake.changed["crossref"] = {0: {"update-to": [{"DOI": "10.5555/x", "type": "retraction"}]}}
    assert not found(client, "crossref")[0].retracted


def test_a_work_without_a_day_has_no_year(fake, client):
    fake.changed["crossref"] = {0: {"issued": {"date-parts": [[None]]}}}
    assert found(client, "crossref")[0].year is None


def test_openalex_gets_its_key_and_says_where_to_get_one(fake, client, monkeypatch):
    fake.faults["openalex"] = [servers.status(401, b"key required")]
    with pytest.raises(
        ServiceError, match=r"get a free one at https://openalex\.org/settings/api and set EVIDENCE_OPENALEX_KEY"
    ):
        found(client, "openalex")
    monkeypatch.setenv(openalex.KEY, "k")
    assert len(found(client, "openalex")) == 3
    assert fake.requests("openalex")[-1]["api_key"] == "k"
