"""Asking again as a scheduler would: what comes is registered, what fails is told, and a broken run goes on."""

import json
from dataclasses import dataclass
from datetime import date

import pytest
import stamina

from evidence.checking import check
from evidence.errors import EvidenceError
from evidence.intake.polite import Client
from evidence.intake.services import pubmed
from evidence.intake.watch import as_dict, watch, watch_text
from evidence.records.sources import read_sources
from evidence.records.tidy import tidy
from tests.intake import servers

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Done:
    new: int
    repeated: int


class Register:
    """Knows a record by its address, as the real one knows it by its numbers."""

    def __init__(self):
        self.known, self.calls = set(), []

    def __call__(self, workspace, incoming, search, today):
        self.calls.append((search, len(incoming), today))
        new = {record.address for record in incoming} - self.known
        self.known |= new
        return Done(len(new), len(incoming) - len(new))


@pytest.fixture
def fake(monkeypatch):
    fake = servers.Fake()
    monkeypatch.setattr(pubmed, "BATCH", 2)
    monkeypatch.setenv("EVIDENCE_CONTACT", "ivory@example.org")
    with servers.running(fake) as address, stamina.set_testing(True, attempts=4, cap=True):
        for name in servers.SERVICES:
            monkeypatch.setenv(f"EVIDENCE_{name.upper()}_URL", f"{address}/{name}")
        yield fake


@pytest.fixture
def watched(moonwort, fake):
    """The invented topic with one search for each service."""
    path = moonwort.table("searches")
    path.write_text(path.read_text() + "".join(f"fern-{name},{name},{name},fern,,,,\n" for name in servers.SERVICES))
    path.write_text(tidy(moonwort).get("data/searches.csv", path.read_text()))
    return moonwort


def client(workspace):
    return Client(workspace.build / "watch", timeout=0.2, sleep=lambda seconds: None)


def run(workspace, register, **words):
    return watch(workspace, TODAY, client(workspace), register=register, **words)


def cells(workspace):
    rows = read_sources(workspace).tables["searches"].rows
    return {row.cells["service"]: (row.cells["ran_on"], row.cells["found"]) for row in rows}


def test_every_search_with_a_service_is_asked_and_its_day_and_number_noted(watched, fake):
    register = Register()
    result = run(watched, register)
    assert [(one.received, one.new, one.repeated, one.problem) for one in result.searches] == [(3, 3, 0, "")] * 5
    assert {search for search, *_ in register.calls} == {f"fern-{name}" for name in servers.SERVICES}
    assert {cells(watched)[name] for name in servers.SERVICES} == {("2026-11-24", "3")}
    assert cells(watched)[""] == ("2020-06-30", "40")
    assert "data/searches.csv" not in tidy(watched)
    assert "PubMed: 3 new, 0 known already" in watch_text(result)
    assert list((watched.build / "watch").iterdir()) == []


def test_the_next_run_asks_from_two_weeks_before_and_adds_what_is_new(watched, fake):
    register = Register()
    run(watched, register)
    fake.count["crossref"] = 4
    result = run(watched, register)
    assert fake.requests("crossref")[-1]["filter"] == "from-created-date:2026-11-10"
    assert {one.service: (one.new, one.repeated) for one in result.searches}["crossref"] == (1, 3)
    assert (cells(watched)["crossref"], cells(watched)["pubmed"]) == (("2026-11-24", "4"), ("2026-11-24", "3"))


def test_one_service_down_stops_no_other_and_is_asked_no_more(watched, fake):
    path = watched.table("searches")
    path.write_text(path.read_text() + "fern-openalex-2,openalex,openalex,fern sleep,,,,\n")
    fake.faults["openalex"] = [servers.status(503)] * 4
    result = run(watched, Register())
    told = {one.search: one.problem for one in result.problems}
    assert told == {
        "fern-openalex": "OpenAlex answers 503 Service Unavailable; 4 tries. Try again later.",
        "fern-openalex-2": "Not asked: OpenAlex answers 503 Service Unavailable; 4 tries. Try again later.",
    }
    assert len(fake.requests("openalex")) == 4
    assert result.new == 12
    assert cells(watched)["openalex"] == ("", "")
    text = watch_text(result)
    assert "OpenAlex: nothing; 2 of 2 searches not answered" in text
    assert text.endswith(
        "12 new records. Still due: OpenAlex. Run `make watch` again; what was fetched is not fetched twice."
    )


def test_a_search_broken_off_registers_nothing_and_goes_on_where_it_stopped(watched, fake):
    register = Register()
    search = [servers.status(200, fake.crossref("/works", {"cursor": "*"}).encode()), servers.status(404)]
    fake.faults["crossref"] = search
    result = run(watched, register, services=["crossref"])
    assert (result.searches[0].received, register.calls) == (None, [])
    assert len(fake.requests("crossref")) == 2
    result = run(watched, register, services=["crossref"])
    assert result.searches[0].received == 3
    assert [params["cursor"] for params in fake.requests("crossref")[2:]] == ["cur/+=2", "cur/+=4"]


def test_a_run_that_was_killed_fetches_no_page_twice(watched, fake):
    class Killed(BaseException):
        pass

    def kill(seconds):
        raise Killed

    killed = Client(watched.build / "watch", sleep=kill)  # at the wait before the second page
    with pytest.raises(Killed):
        watch(watched, TODAY, killed, ["clinicaltrials"], Register())
    assert len(fake.requests("clinicaltrials")) == 1
    result = run(watched, Register(), services=["clinicaltrials"])
    assert result.searches[0].received == 3
    assert [params.get("pageToken") for params in fake.requests("clinicaltrials")] == [None, "2"]


def test_a_shortfall_is_registered_and_told_and_stays_due(watched, fake):
    fake.announced["europepmc"] = 9
    register = Register()
    result = run(watched, register, services=["europepmc"])
    assert result.searches[0].problem == "Europe PMC announced 9 records and sent 3. The search stays due."
    assert (result.searches[0].new, cells(watched)["europepmc"]) == (3, ("", ""))
    fake.announced.clear()
    assert run(watched, register, services=["europepmc"]).searches[0].problem == ""


def test_a_rehearsal_asks_and_writes_nothing(watched, fake):
    before = watched.table("searches").read_bytes()
    result = run(watched, None, rehearsal=True)
    assert [(one.received, one.new) for one in result.searches] == [(3, None)] * 5
    assert watched.table("searches").read_bytes() == before
    assert "PubMed: 3 received" in watch_text(result)
    assert "Nothing was written" in watch_text(result)
    asked = len(fake.asked)
    assert run(watched, Register()).new == 15
    assert len(fake.asked) == asked


def test_a_run_is_plain_data(watched, fake):
    fake.faults["pubmed"] = [servers.hang] * 4
    plain = json.loads(json.dumps(as_dict(run(watched, Register()))))
    assert (plain["day"], plain["new"]) == ("2026-11-24", 12)
    first = {one["service"]: one for one in plain["searches"]}["pubmed"]
    assert first == {"search": "fern-pubmed", "service": "pubmed", "asked": "fern", "since": None, "received": None, "new": None,
                     "repeated": None, "problem": "PubMed did not answer in 0.2 s; 4 tries. Try again later."}  # fmt: skip


def test_the_real_register_takes_the_records_of_every_service(watched, fake):
    first = run(watched, None)
    assert (first.problems, first.new) == ((), 15)
    rows = read_sources(watched).tables["records"].rows
    assert {row.cells["search"] for row in rows} == {"all", *(f"fern-{name}" for name in servers.SERVICES)}
    again = run(watched, None)
    assert [(one.new, one.repeated) for one in again.searches] == [(0, 3)] * 5
    assert check(watched) == []


def test_an_unknown_service_is_named(watched):
    with pytest.raises(EvidenceError, match="No service is called scopus; there are pubmed, crossref"):
        run(watched, Register(), services=["scopus"])


def test_without_searches_to_ask_the_person_is_told_what_to_do(moonwort):
    result = run(moonwort, Register())
    assert result.searches == ()
    assert "give rows of data/searches.csv a `service`" in watch_text(result)


def test_a_table_that_cannot_be_read_whole_stops_the_run_before_anything_is_asked(watched, fake):
    path = watched.table("searches")
    path.write_text(path.read_text() + "one,cell\n")
    with pytest.raises(EvidenceError, match=r"data/searches\.csv:8 .* T005"):
        run(watched, Register())
    assert fake.asked == []


def test_nothing_new_is_said(watched, fake):
    register = Register()
    run(watched, register)
    assert watch_text(run(watched, register)).endswith("Nothing new.")
