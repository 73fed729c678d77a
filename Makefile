# Every target says what it leaves behind. `make` alone prints this list.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
EVIDENCE := $(RUN)/evidence
export PYTHONHASHSEED := 0

.DEFAULT_GOAL := help
.PHONY: help report lab study intake watch screen check tidy preview changes unattended history retractions review trace verify docs test lint pdf audit bench mutants clean

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# One stamp for each lock: the environment is made anew only when its lock changed.
$(VENV)/report.stamp: locks/report.txt pyproject.toml
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV) from locks/report.txt"
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/report.txt
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(RUN)/python -m compileall -q src
	@touch $@

$(VENV)/dev.stamp: locks/dev.txt $(VENV)/report.stamp
	@echo "Adding the test tools from locks/dev.txt"
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	@touch $@

$(VENV)/intake.stamp: locks/intake.txt $(VENV)/report.stamp
	@echo "Adding what reads new records from locks/intake.txt"
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/intake.txt
	@touch $@

$(VENV)/lab.stamp: locks/lab.txt $(VENV)/report.stamp
	@echo "Adding JupyterLab from locks/lab.txt"
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/lab.txt
	@touch $@

report: $(VENV)/report.stamp ## Set up if needed, and render the current edition into reports/   (EDITION=2026-11 AS_OF= FORCE=1)
	@$(EVIDENCE) edition --edition "$(EDITION)" --as-of "$(AS_OF)" $(if $(FORCE),--force)

lab: $(VENV)/lab.stamp ## Open the notebooks in JupyterLab
	@$(RUN)/jupyter lab --notebook-dir=notebooks

study: $(VENV)/report.stamp ## Start a new study: KIND=survey KEY=smith2026, or carry a record into the tables: FROM=record
	@$(EVIDENCE) new "$(KIND)" "$(KEY)" $(if $(FROM),--from "$(FROM)")

intake: $(VENV)/intake.stamp ## Read new records from a file into data/records.csv: FILE=export.ris SEARCH=name   (DRY_RUN=1)
	@$(if $(FILE),$(EVIDENCE) intake "$(FILE)" --search "$(SEARCH)" $(if $(DRY_RUN),--dry-run),echo "The tools for new records are set up. Name a FILE= and its SEARCH=.")

watch: $(VENV)/intake.stamp ## Ask PubMed, Crossref, OpenAlex, Europe PMC and ClinicalTrials.gov again   (DRY_RUN=1)
	@$(EVIDENCE) watch $(if $(DRY_RUN),--dry-run)

screen: $(VENV)/intake.stamp ## Show the next records that wait for a decision   (SCREENER=AB)
	@$(EVIDENCE) screen --screener "$(SCREENER)"

check: $(VENV)/report.stamp ## Check tables, citations and rules; changes nothing   (FORMAT=text|json|sarif)
	@$(EVIDENCE) check --format $(or $(FORMAT),text)

tidy: $(VENV)/report.stamp ## Put tables and .bib files into canonical order and quoting
	@$(EVIDENCE) tidy

preview: $(VENV)/report.stamp ## Render one page into build/preview/: QUESTION=withdrawal or STUDY=vicknasingam2020
	@$(EVIDENCE) preview --question "$(QUESTION)" --study "$(STUDY)"

changes: $(VENV)/report.stamp ## Say what moved since the newest edition, and why; writes nothing   (FORMAT=text|markdown|json)
	@$(EVIDENCE) changes --format $(or $(FORMAT),text)

unattended: $(VENV)/intake.stamp ## What a scheduler runs: ask the sources, check, render, say what moved; log in build/log/   (EDITION=2026-11)
	@$(EVIDENCE) run --edition "$(EDITION)"

history: $(VENV)/report.stamp ## Reconstruct the back editions of the days that the topic names, into reports/history/
	@$(EVIDENCE) history

retractions: $(VENV)/intake.stamp ## Ask whether anything cited was retracted; new notices become proposals   (CSV=retraction_watch.csv DRY_RUN=1)
	@$(EVIDENCE) retractions $(if $(CSV),--csv "$(CSV)") $(if $(DRY_RUN),--dry-run)

review: $(VENV)/report.stamp ## Print the checksum to sign and what changed since a review: QUESTION=withdrawal, or the edition
	@$(EVIDENCE) review --question "$(QUESTION)" --edition "$(EDITION)"

trace: $(VENV)/report.stamp ## Follow a sentence, a row, a study or an entry: ID=withdrawal.1
	@$(EVIDENCE) trace "$(ID)"

verify: $(VENV)/report.stamp ## Render the newest edition again and require no difference; publishes nothing
	@$(EVIDENCE) verify

docs: $(VENV)/report.stamp ## Write docs/rules.md, docs/codebook.md and the README's block on what is known
	@$(EVIDENCE) docs

test: $(VENV)/dev.stamp ## Set up if needed, and run the tests
	@$(RUN)/python -m pytest -n auto

lint: $(VENV)/dev.stamp ## Style and types of the library and its tests; changes nothing
	@$(RUN)/ruff check src tests benchmarks && $(RUN)/ruff format --check src tests benchmarks && $(RUN)/mypy

pdf: $(VENV)/dev.stamp ## Print the board and the question pages of the newest edition into one PDF in build/   (EDITION=2026-11)
	@$(EVIDENCE) pdf --edition "$(EDITION)"

audit: $(VENV)/dev.stamp ## Open every page of the newest edition in Chromium: links, overflow, requests, accessibility (some minutes)
	@$(RUN)/python -m tests.audit

bench: $(VENV)/dev.stamp ## Measure rendering against named baselines, and how answering grows; prints ratios
	@$(RUN)/python benchmarks/rendering.py
	@$(RUN)/python benchmarks/answering.py
	@$(RUN)/python benchmarks/subsets.py

mutants: $(VENV)/dev.stamp ## Change the rules one by one and print which change no test notices (some minutes)
	@$(RUN)/python benchmarks/mutants.py

clean: ## Remove build/ (safe at any time); the environment stays
	@rm -rf build
