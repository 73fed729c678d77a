"""A server on this machine that speaks the documented format of each of the five services, and fails on request."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SERVICES = ("pubmed", "crossref", "openalex", "europepmc", "clinicaltrials")


class Fake:
    """Records by number, two to a page; each request is noted; faults are met once each, in order."""

    def __init__(self):
        self.count = dict.fromkeys(SERVICES, 3)
        self.announced = {}
        self.asked, self.faults = [], {name: [] for name in SERVICES}
        self.changed = {name: {} for name in SERVICES}

    def total(self, service):
        return self.announced.get(service, self.count[service])

    def requests(self, service):
        return [params for name, path, params in self.asked if name == service]

    def page(self, service, start, size):
        return list(range(start, min(start + size, self.count[service])))

    def answer(self, service, path, params):
        return getattr(self, service)(path, params)

    def pubmed(self, path, params):
        if path == "/esearch.fcgi":
            result = {
                "count": str(self.total("pubmed")),
                "retmax": "0",
                "retstart": "0",
                "querykey": "1",
                "webenv": "MCID_invented",
                "idlist": [],
                "querytranslation": params["term"],
                **self.changed["pubmed"],
            }
            return json.dumps({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result})
        assert (params["WebEnv"], params["query_key"]) == ("MCID_invented", "1")
        articles = map(pubmed_article, self.page("pubmed", int(params["retstart"]), int(params["retmax"])))
        return (
            '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
            '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
            f"<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>"
        )

    def crossref(self, path, params):
        start = 0 if params["cursor"] == "*" else int(params["cursor"].removeprefix("cur/+="))
        items = [crossref_work(n) | self.changed["crossref"].get(n, {}) for n in self.page("crossref", start, 2)]
        message = {
            "total-results": self.total("crossref"),
            "items-per-page": 2,
            "items": items,
            "next-cursor": f"cur/+={start + 2}",
        }
        return json.dumps({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message})

    def openalex(self, path, params):
        start = 0 if params["cursor"] == "*" else int(params["cursor"])
        works = [openalex_work(n) for n in self.page("openalex", start, 2)]
        following = str(start + 2) if works else None
        return json.dumps(
            {"meta": {"count": self.total("openalex"), "per_page": 2, "next_cursor": following}, "results": works}
        )

    def europepmc(self, path, params):
        start = 0 if params["cursorMark"] == "*" else int(params["cursorMark"])
        numbers = self.page("europepmc", start, 2)
        more = {"nextCursorMark": str(start + 2)} if start + 2 < self.count["europepmc"] else {}
        return json.dumps(
            {
                "version": "6.9",
                "hitCount": self.total("europepmc"),
                **more,
                "resultList": {"result": [europepmc_result(n) for n in numbers]},
            }
        )

    def clinicaltrials(self, path, params):
        start = int(params.get("pageToken", "0"))
        first = {"totalCount": self.total("clinicaltrials")} if not start else {}
        more = {"nextPageToken": str(start + 2)} if start + 2 < self.count["clinicaltrials"] else {}
        return json.dumps({**first, "studies": [study(n) for n in self.page("clinicaltrials", start, 2)], **more})


def pubmed_article(n):
    kind = "Retracted Publication" if n == 1 else "Journal Article"
    title = f"Invented: fern and H<sub>2</sub>O &amp; sleep {n}."
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{900 + n}</PMID><Article PubModel="Print">'
        "<Journal><JournalIssue><PubDate><Year>2020</Year><Month>Jan</Month></PubDate></JournalIssue>"
        "<Title>Invented Journal</Title></Journal>"
        f"<ArticleTitle>{title}</ArticleTitle><AuthorList><Author><LastName>Ivory</LastName><ForeName>Ann Bea</ForeName>"
        "<Initials>AB</Initials></Author><Author><CollectiveName>Fern Group</CollectiveName></Author></AuthorList>"
        "<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>"
        f"NCT0000000{n}</AccessionNumber></AccessionNumberList></DataBank></DataBankList>"
        f"<PublicationTypeList><PublicationType>{kind}</PublicationType></PublicationTypeList></Article>"
        f'</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="doi">10.5555/Pub.{n}</ArticleId>'
        "</ArticleIdList></PubmedData></PubmedArticle>"
    )


def crossref_work(n):
    retraction = (
        {"updated-by": [{"DOI": "10.5555/notice", "type": "retraction", "source": "retraction-watch"}]}
        if n == 1
        else {}
    )
    return {
        "DOI": f"10.5555/Cross.{n}",
        "type": "journal-article",
        "title": [f"Invented: <i>fern</i> &amp; sleep {n}"],
        "author": [{"given": "Ann Bea", "family": "Ivory"}, {"name": "Fern Group"}],
        "issued": {"date-parts": [[2021, 2]]},
        "container-title": ["Invented Journal"],
        **retraction,
    }


def openalex_work(n):
    return {
        "id": f"https://openalex.org/W{n}",
        "doi": f"https://doi.org/10.5555/Open.{n}",
        "title": f"Invented: fern and sleep {n}",
        "publication_year": 2022,
        "type": "review",
        "ids": {"pmid": f"https://pubmed.ncbi.nlm.nih.gov/{800 + n}"},
        "primary_location": {"source": {"display_name": "Invented Journal"}},
        "is_retracted": n == 1,
        "authorships": [{"author": {"display_name": "Ann van Ivory"}}],
    }


def europepmc_result(n):
    kinds = ["Journal Article", "Retracted Publication"] if n == 1 else ["review"]
    return {
        "id": str(700 + n),
        "source": "MED",
        "pmid": str(700 + n),
        "doi": f"10.5555/Epmc.{n}",
        "title": f"Invented: fern {n}.",
        "authorList": {
            "author": [
                {"fullName": "Ivory AB", "lastName": "Ivory", "initials": "AB"},
                {"collectiveName": "Fern Group"},
            ]
        },
        "journalInfo": {"journal": {"title": "Invented Journal"}},
        "pubYear": "2023",
        "pubTypeList": {"pubType": kinds},
    }


def study(n):
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT0000010{n}",
                "briefTitle": "Invented: fern",
                "officialTitle": f"Invented: fern trial {n}",
            },
            "statusModule": {"studyFirstPostDateStruct": {"date": "2024-05-06", "type": "ACTUAL"}},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Invented Sponsor", "class": "OTHER"}},
        }
    }


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urlsplit(self.path)
        service, _, rest = parts.path.lstrip("/").partition("/")
        params = {name: values[0] for name, values in parse_qs(parts.query).items()}
        fake = self.server.fake
        fake.asked.append((service, f"/{rest}", params))
        fake.agent = self.headers["User-Agent"]
        fault = fake.faults[service].pop(0) if fake.faults[service] else None
        if fault is None:
            self.reply(200, fake.answer(service, f"/{rest}", params).encode())
        else:
            fault(self)

    def reply(self, status, body, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def status(code, body=b"", **headers):
    return lambda handler: handler.reply(code, body, **headers)


def body(content):
    return lambda handler: handler.reply(200, content)


def cut(handler):
    handler.reply(200, b'{"message": {"total-res', length=5000)
    handler.close_connection = True


def hang(handler):
    time.sleep(0.5)


@contextmanager
def running(fake):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.fake, server.daemon_threads, server.block_on_close = fake, True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
