"""The client against a real server: what passes is tried again, what does not is told, nothing is fetched twice."""

import os
import socket
from email.utils import format_datetime

import pytest
import tenacity.nap
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import EvidenceError
from evidence.intake import polite
from evidence.intake.polite import Client, DownError, Service, ServiceError
from tests.intake import servers

CROSSREF = Service("crossref", "Crossref", "https://example.org", 1.0)


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self):
        self.now, self.slept = 1000.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(tenacity.nap, "time", clock)  # the pauses between tries
    return clock


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.delenv("EVIDENCE_CONTACT", raising=False)
    fake = servers.Fake()
    with servers.running(fake) as address:
        monkeypatch.setenv("EVIDENCE_CROSSREF_URL", f"{address}/crossref/")
        yield fake


@pytest.fixture
def client(clock, tmp_path):
    return Client(tmp_path / "watch", timeout=0.2, clock=lambda: clock.now, sleep=clock.sleep)


def ask(client, cursor="*", read=lambda data: data["message"]["total-results"]):
    return client.get_json(CROSSREF, "/works", {"cursor": cursor, "mailto": client.contact}, read)


def test_a_page_is_read_and_an_empty_parameter_is_left_out(fake, client):
    assert ask(client) == 3
    assert fake.requests("crossref") == [{"cursor": "*"}]


def test_requests_to_one_service_keep_their_distance(fake, client, clock):
    ask(client)
    clock.now += 0.25
    ask(client, "cur/+=2")
    assert clock.slept == [0.75]


@pytest.mark.parametrize("code", [429, 500, 501, 502, 503, 504])
def test_what_passes_is_tried_again_after_a_growing_pause(fake, client, clock, code):
    fake.faults["crossref"] = [servers.status(code), servers.status(code)]
    assert ask(client) == 3
    pauses = [pause for pause in clock.slept if pause]
    assert len(fake.asked) == 3
    assert 1 <= pauses[0] <= 2 <= pauses[1] <= 3


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_a_refusal_is_told_with_the_reason_and_not_tried_again(fake, client, code):
    fake.faults["crossref"] = [servers.status(code, b"unknown   filter")]
    with pytest.raises(
        ServiceError, match=rf"Crossref refuses the question \({code} .*\): unknown filter\. Check the query"
    ):
        ask(client)
    assert len(fake.asked) == 1


def test_a_key_is_never_repeated_from_a_refusal(fake, client):
    fake.faults["crossref"] = [servers.status(401, b"no such key: s3cret")]
    with pytest.raises(ServiceError, match="no such key: …") as raised:
        client.get_json(CROSSREF, "/works", {"api_key": "s3cret"}, lambda data: data)
    assert "s3cret" not in str(raised.value)


def test_the_pause_that_a_service_asks_for_is_kept(fake, client, clock):
    fake.faults["crossref"] = [servers.status(429, Retry_After="7")]
    assert ask(client) == 3
    assert 7.0 in clock.slept


def test_a_pause_beyond_patience_is_told_at_once(fake, client, clock):
    fake.faults["crossref"] = [servers.status(429, Retry_After="3600")]
    with pytest.raises(DownError, match=r"Crossref answers 429 .* asks for a pause of 3600 s; 1 try"):
        ask(client)
    assert clock.slept == []


def test_a_pause_may_be_given_as_a_date():
    from datetime import UTC, datetime, timedelta

    header = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < polite._retry_after(header) <= 60
    assert polite._retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@given(st.text())
def test_no_header_stops_the_run(header):
    assert polite._retry_after(header) is None or polite._retry_after(header) >= 0


def test_a_server_that_hangs_is_left_after_four_tries(fake, client):
    fake.faults["crossref"] = [servers.hang] * 4
    with pytest.raises(DownError, match=r"^Crossref did not answer in 0\.2 s; 4 tries\. Try again later\.$"):
        ask(client)
    assert len(fake.asked) == 4


def test_a_line_that_breaks_is_tried_again(fake, client):
    fake.faults["crossref"] = [servers.cut]
    assert ask(client) == 3


def test_an_answer_that_is_cut_every_time_is_told(fake, client):
    fake.faults["crossref"] = [servers.cut] * 4
    with pytest.raises(DownError, match="Crossref broke off in the middle of its answer; 4 tries"):
        ask(client)


def test_a_refused_connection_is_told(client, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("EVIDENCE_CROSSREF_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(DownError, match="Crossref could not be reached; 4 tries"):
            ask(client)


def test_an_address_that_is_none_is_named(client, monkeypatch):
    monkeypatch.setenv("EVIDENCE_CROSSREF_URL", "ftp://nowhere")
    with pytest.raises(ServiceError, match=r"is not a web address. Check EVIDENCE_CROSSREF_URL"):
        ask(client)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html><html>Maintenance</html>", "a web page instead of data"),
        (b'{"message": {"total-results": 3, "items": [', "data that cannot be read whole"),
        (b"", "data that cannot be read whole"),
        (b"[" * 200_000, "data"),
        (b'{"message": null}', r"another form than it documents \(TypeError"),
        (b'{"status": "ok"}', r"another form than it documents \(KeyError"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_an_answer_in_another_form_is_told_and_not_kept(fake, client, content, words):
    fake.faults["crossref"] = [servers.body(content)]
    with pytest.raises(ServiceError, match=f"Crossref sent .*{words}"):
        ask(client)
    assert ask(client) == 3


def test_an_answer_without_end_is_not_read(fake, client, monkeypatch):
    monkeypatch.setattr(polite, "MOST_BYTES", 1024 * 1024)
    fake.faults["crossref"] = [servers.body(b" " * (1024 * 1024 + 1))]
    with pytest.raises(ServiceError, match="Crossref sent more than 1 MB for one page"):
        ask(client)


def test_xml_with_entities_is_refused(fake, client):
    fake.faults["crossref"] = [servers.body(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')]
    with pytest.raises(ServiceError, match="EntitiesForbidden"):
        client.get_xml(CROSSREF, "/works", {}, lambda root: root.text)


def test_a_page_that_was_fetched_is_not_fetched_again_until_it_is_forgotten(fake, client, tmp_path):
    ask(client)
    again = Client(tmp_path / "watch")
    ask(again)
    assert len(fake.asked) == 1
    again.forget()
    ask(again)
    assert len(fake.asked) == 2


def test_an_old_page_is_fetched_again(fake, client, tmp_path):
    ask(client)
    for place in (tmp_path / "watch").iterdir():
        os.utime(place, (0, 0))
    assert ask(Client(tmp_path / "watch")) == 3
    assert len(fake.asked) == 2


def test_without_a_contact_it_works_and_says_so_once(fake, client):
    ask(client)
    ask(client, "cur/+=2")
    assert client.notes == ["No contact address is told to the services: set EVIDENCE_CONTACT to your e-mail address."]
    assert "mailto" not in fake.agent


def test_a_contact_is_told_to_the_service(fake, monkeypatch, tmp_path):
    monkeypatch.setenv("EVIDENCE_CONTACT", "ivory@example.org")
    client = Client(tmp_path / "watch")
    ask(client)
    assert fake.requests("crossref")[0]["mailto"] == "ivory@example.org"
    assert fake.agent.endswith("(mailto:ivory@example.org)")
    assert client.notes == []


@pytest.mark.parametrize("contact", ["ivory", "a@b\r\nX: y", "ivöry@example.org", "<a@b>"])
def test_a_contact_that_is_no_address_is_named(monkeypatch, tmp_path, contact):
    monkeypatch.setenv("EVIDENCE_CONTACT", contact)
    with pytest.raises(EvidenceError, match=r"EVIDENCE_CONTACT: .* is not an e-mail address"):
        Client(tmp_path / "watch")
