"""Asking a service over the network as its keepers ask to be asked: slowly, with a name, and never twice for the same page.

Every answer is bounded in size and time. What passes (a time-out, a broken line, 429, 500 to 504) is tried again with
growing pauses; what does not pass is told in one sentence. Pages already fetched stay in a folder until their search has
reached its end, so that a run that was broken off goes on where it stopped.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from evidence.editions.files import digest, write_whole
from evidence.errors import EvidenceError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    import httpx

CONTACT = "EVIDENCE_CONTACT"
ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+")
# Ours: all five services answer a page in a few seconds when they are well.
TIMEOUT = 30.0
DEADLINE = 120.0  # for one whole answer: a server that sends a byte now and then never runs into a time-out
TRIES = 4
FIRST_PAUSE, LONGEST_PAUSE, JITTER = 1.0, 30.0, 1.0
# Ours: a service that asks for a longer pause is asked again on another day.
LONGEST_RETRY_AFTER = 120.0
# Ours: 100 Crossref works with their reference lists are a few megabytes.
MOST_BYTES = 32 * 1024 * 1024
# Ours, and shorter than NCBI keeps a result set on its history server: a run broken off longer ago starts afresh.
KEPT_FOR = 6 * 3600.0
EXCERPT = 200

T = TypeVar("T")


class ServiceError(EvidenceError):
    """A service did not answer, refused, or answered in another form than it documents."""


class DownError(ServiceError):
    """A service gave no answer after several tries, or asks for a long pause; asking it more in this run is of no use."""


@dataclass(frozen=True)
class Service:
    """One service: how people call it, where it stands, how often it may be asked, and what helps when it refuses."""

    key: str
    name: str
    base: str
    interval: float
    advice: str = "Check the query in data/searches.csv."

    @property
    def address(self) -> str:
        """Its base address, unless EVIDENCE_…_URL names another."""
        return os.environ.get(self.variable, self.base).rstrip("/")

    @property
    def variable(self) -> str:
        """The environment variable that names another address."""
        return f"EVIDENCE_{self.key.upper()}_URL"


class _PassingError(Exception):
    """Something that may be gone on the next try; `after` holds the seconds that the service itself asks for."""

    def __init__(self, message: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(message)


class Client:
    """Asks services for pages.

    Parameters
    ----------
    kept
        Folder for the pages of searches that have not reached their end; safe to delete.
    timeout
        Seconds without a byte after which a try has failed.
    clock, sleep
        Time, and waiting for it.

    Attributes
    ----------
    contact
        An e-mail address from EVIDENCE_CONTACT, told to the services; empty where none is set.
    notes
        What a person should know though nothing failed, each once.

    Raises
    ------
    EvidenceError
        If the extra is not installed, or EVIDENCE_CONTACT is not an e-mail address.
    """

    def __init__(self, kept: Path, *, timeout: float = TIMEOUT,
                 clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:  # fmt: skip
        self._http, self._timeout = _open(contact := _contact(), timeout), timeout
        self._clock, self._sleep = clock, sleep
        self._kept, self._used = kept, list[Path]()
        self._asked: dict[str, float] = {}
        self.contact, self.notes = contact, list[str]()
        _sweep(kept)
        if not contact:
            self.note(f"No contact address is told to the services: set {CONTACT} to your e-mail address.")

    def note(self, text: str) -> None:
        """Keep a word for the person, once."""
        if text not in self.notes:
            self.notes.append(text)

    def get_json(self, service: Service, path: str, params: Mapping[str, str], read: Callable[[Any], T]) -> T:
        """One page of JSON, turned by `read` into what the caller needs.

        Parameters
        ----------
        service, path, params
            What to ask; parameters without a value are left out.
        read
            May raise what Python raises on a missing key or a wrong type: that becomes a ServiceError.

        Raises
        ------
        ServiceError
            If there is no answer, or not one of the documented form. Such an answer is never kept.
        """
        return self._get(service, path, params, lambda text: read(json.loads(text)))

    def get_xml(self, service: Service, path: str, params: Mapping[str, str], read: Callable[[Element], T]) -> T:
        """One page of XML, as `get_json`; entities are refused."""
        from defusedxml.ElementTree import fromstring

        return self._get(service, path, params, lambda text: read(fromstring(text)))

    def forget(self) -> None:
        """Drop the pages fetched since the last call: their search has reached its end, and the next asks anew."""
        for place in self._used:
            place.unlink(missing_ok=True)
        self._used.clear()

    def keep(self) -> None:
        """Leave the pages fetched since the last call for the next run: their search was broken off."""
        self._used.clear()

    def _get(self, service: Service, path: str, params: Mapping[str, str], read: Callable[[str], T]) -> T:
        filled = {name: value for name, value in sorted(params.items()) if value}
        url = service.address + path
        place = self._kept / f"{digest(json.dumps([url, filled]).encode())}.txt"
        text = place.read_text(encoding="utf-8") if place.is_file() else self._ask(service, url, filled)
        try:
            result = read(text)
        except (ValueError, LookupError, TypeError, AttributeError, SyntaxError, RecursionError) as error:
            place.unlink(missing_ok=True)
            raise ServiceError(_unexpected(service, text, error)) from None
        if not place.is_file():
            write_whole(place, text)
        self._used.append(place)
        return result

    def _ask(self, service: Service, url: str, params: Mapping[str, str]) -> str:
        import stamina

        tries = 0
        try:
            for attempt in stamina.retry_context(
                on=_pause,
                attempts=TRIES,
                timeout=None,
                wait_initial=FIRST_PAUSE,
                wait_max=LONGEST_PAUSE,
                wait_jitter=JITTER,
            ):
                tries = attempt.num
                with attempt:
                    return self._once(service, url, params)
        except _PassingError as error:
            counted = f"{tries} tries" if tries > 1 else "1 try"
            raise DownError(f"{service.name} {error}; {counted}. Try again later.") from None
        raise AssertionError("the last try returns or raises")

    def _once(self, service: Service, url: str, params: Mapping[str, str]) -> str:
        import httpx

        self._wait_for_turn(service)
        try:
            with self._http.stream("GET", url, params=params) as answer:
                _refuse(service, answer, params.get("api_key", ""))
                return self._body(service, answer)
        except httpx.TimeoutException:
            raise _PassingError(f"did not answer in {self._timeout:g} s") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise ServiceError(f"{service.name}: {url!r} is not a web address. Check {service.variable}.") from None
        except httpx.ConnectError:
            raise _PassingError("could not be reached") from None
        except httpx.HTTPError:
            raise _PassingError("broke off in the middle of its answer") from None

    def _wait_for_turn(self, service: Service) -> None:
        pause = self._asked.get(service.key, -service.interval) + service.interval - self._clock()
        if service.key in self._asked and pause > 0:
            self._sleep(pause)
        self._asked[service.key] = self._clock()

    def _body(self, service: Service, answer: httpx.Response) -> str:
        content, begun = bytearray(), self._clock()
        for part in answer.iter_bytes():
            content += part
            if len(content) > MOST_BYTES:
                raise ServiceError(
                    f"{service.name} sent more than {MOST_BYTES // 1024**2} MB for one page; it was not read."
                )
            if self._clock() - begun > DEADLINE:
                raise _PassingError(f"was not done with its answer after {DEADLINE:g} s")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ServiceError(f"{service.name} sent a page that is not UTF-8. {_TELL}") from None


_TELL = (
    "Try again; if it stays so, the service has changed and its module in src/evidence/intake/services/ must follow."
)


def _open(contact: str, timeout: float) -> httpx.Client:
    try:
        import defusedxml  # noqa: F401
        import httpx
        import stamina  # noqa: F401
    except ImportError as error:
        raise EvidenceError(
            f"Asking services needs the intake extra ({error.name} is missing): run `make intake`."
        ) from None
    # stamina tells of retries through logging, which prints a bare event name where nobody set it up; we tell the outcome.
    logging.getLogger("stamina").addHandler(logging.NullHandler())
    agent = f"evidence/{version('evidence')}" + (f" (mailto:{contact})" if contact else "")
    return httpx.Client(timeout=timeout, follow_redirects=True, headers={"User-Agent": agent})


def _contact() -> str:
    contact = os.environ.get(CONTACT, "").strip()
    if contact and not (ADDRESS.fullmatch(contact) and contact.isascii()):
        raise EvidenceError(f"{CONTACT}: {contact!r} is not an e-mail address.")
    return contact


def _sweep(kept: Path) -> None:
    for place in kept.glob("*.txt"):
        if time.time() - place.stat().st_mtime > KEPT_FOR:
            place.unlink(missing_ok=True)


def _pause(error: Exception) -> bool | float:
    """Whether to try again, and after how many seconds where the service says so."""
    if not isinstance(error, _PassingError):
        return False
    if error.after is None:
        return True
    return error.after if error.after <= LONGEST_RETRY_AFTER else False


def _refuse(service: Service, answer: httpx.Response, secret: str) -> None:
    status = f"{answer.status_code} {answer.reason_phrase}".strip()
    if answer.status_code == 429 or 500 <= answer.status_code <= 504:
        after = _retry_after(answer.headers.get("Retry-After", ""))
        asks = f" and asks for a pause of {after:g} s" if after else ""
        raise _PassingError(f"answers {status}{asks}", after)
    if answer.status_code >= 400:
        said = " ".join(next(answer.iter_text(EXCERPT), "").split())
        said = said.replace(secret, "…") if secret else said
        raise ServiceError(
            f"{service.name} refuses the question ({status}): {said or 'no reason given'}. {service.advice}"
        )


def _retry_after(header: str) -> float | None:
    """Seconds, from a number of seconds or from a date (RFC 9110, section 10.2.3)."""
    if header.strip().isdecimal():
        return float(header)
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _unexpected(service: Service, text: str, error: Exception) -> str:
    if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
        what = "a web page instead of data"
    elif isinstance(error, (json.JSONDecodeError, SyntaxError)):
        what = f"data that cannot be read whole ({error})"
    else:
        what = f"data in another form than it documents ({type(error).__name__}: {error})"
    return f"{service.name} sent {what}. {_TELL}"
