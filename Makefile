# `make run` and `make test` need Python 3.11 or newer and nothing else.
PYTHON ?= python3
PORT ?= 8000
# Seconds of each target.
FUZZ_SECONDS ?= 600
FUZZED := query html text records columnar
VENV := .venv
BIN := $(VENV)/bin
NODE := tests/browser/node_modules
AXE := $(NODE)/axe-core/package.json
NPM_INSTALL := npm install --prefix tests/browser --no-package-lock --no-audit --no-fund --silent
WHOOSH_FREE := tests/browser tests/soak $(wildcard $(addprefix tests/test_,bench_* breakouts.py deploy.py extract* fuzz.py \
	hostile.py malformed_requests.py messages.py sandbox.py settings.py watch.py web_server.py web_soak.py web_worker.py))

.PHONY: run test check lint lock audit messages lighthouse screenshots soak fuzz bench bench-http bench-load eval test-suite test-whoosh3 clean

run: $(VENV)/.run
	$(BIN)/python -m indexer
	PORT=$(PORT) $(BIN)/gunicorn app:app

test: $(VENV)/.dev $(AXE)
	$(BIN)/python -m pytest

check: lint audit test test-whoosh3

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# requirements.lock: all packages that requirements.txt brings, for every Python and system, with their hashes.
lock: $(VENV)/.dev
	{ echo '# Every package that Dateline runs on, on any system, held to its hashes. `make lock` makes it of requirements.txt.'; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url requirements.txt; } > requirements.lock.new
	mv requirements.lock.new requirements.lock

# Known weaknesses of those packages, where the database of them can be reached.
audit: $(VENV)/.dev
	$(BIN)/python .ci/audit.py

# The words that readers see, gathered from the source and handed on to the catalogue of each language.
messages: $(VENV)/.dev
	$(BIN)/pybabel -q extract -F pyproject.toml -k lazy_gettext -k gettext_noop -k QueryError --omit-header --sort-output --add-location=file \
		-o translations/messages.pot .
	$(BIN)/pybabel -q update -i translations/messages.pot -d translations --omit-header --no-fuzzy-matching --ignore-obsolete

# The API against its own description: two thousand requests of each operation, some minutes of them. Every hostile file by
# itself, with its memory and time; the index against whatever befalls it (docs/reliability.md), an hour; ten thousand
# captures and queries that would break out; fuzzing. Three hours.
soak: $(VENV)/.dev
	DATELINE_EXAMPLES=2000 $(BIN)/python -m pytest -s tests/test_web_soak.py
	DATELINE_SOAK=1 $(BIN)/python -m pytest -s tests/test_hostile.py tests/soak
	DATELINE_BREAKOUTS=10000 $(BIN)/python -m pytest tests/test_breakouts.py tests/browser/test_breakouts.py
	$(MAKE) fuzz

# What reads hostile bytes, fed bytes that nobody wrote, $(FUZZ_SECONDS) seconds each; what is found lies in build/fuzz.
fuzz: $(FUZZED:%=fuzz-%)

fuzz-%: $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzz $* --seconds $(FUZZ_SECONDS)

# Lighthouse on the page of results and the page of an article: the median of five, and what is not passed.
lighthouse: $(VENV)/.dev $(NODE)/lighthouse/package.json
	$(BIN)/python -m tests.browser.lighthouse

# The pictures of every page in docs/screenshots. With a folder as its argument, the command draws all variants of each.
screenshots: $(VENV)/.dev
	$(BIN)/python -m tests.browser.screenshots

# Speed beside plain Whoosh, SQLite FTS5, tantivy and bm25s; bench/README.md says how.
bench: .venv-bench/.done
	.venv-bench/bin/python -m bench.speed

# Pages and JSON over HTTP beside Datasette.
bench-http: .venv-bench/.done
	.venv-bench/bin/python -m bench.http

# Requests a second, percentiles and memory under a load from wrk, with and without slow clients beside it.
bench-load: $(VENV)/.run
	command -v wrk >/dev/null || apt-get install -y -qq --no-install-recommends wrk >/dev/null
	$(BIN)/python -m bench.load

# Extraction and ranking beside their peers, on the ground truth in $$DATELINE_SHARED; the tests hold the floor of both.
eval: $(VENV)/.dev .venv-bench/.done
	$(BIN)/python -m bench.extraction
	.venv-bench/bin/python -m bench.relevance

# Whoosh's own tests, fetched from PyPI, with the columnar codec as the default codec.
test-suite: $(VENV)/.dev
	$(BIN)/python tests/whoosh_suite/run.py

# The same suite on Whoosh's maintained fork, which has the same import name and so needs a home of its own; without what
# comes to an index through the same few calls or to none at all.
test-whoosh3: .venv-whoosh3/.dev
	.venv-whoosh3/bin/python -m pytest $(WHOOSH_FREE:%=--ignore=%)

clean:
	rm -rf $(VENV) $(NODE) .venv-whoosh3 .venv-bench data build

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

$(VENV)/.fuzz: $(VENV)/.dev tests/fuzz/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/fuzz/requirements.txt || \
		{ echo "NOT FUZZED: there is no atheris for this Python or this machine (tests/fuzz/requirements.txt)" >&2; exit 1; }
	touch $@

# Where there is no npm, the tests that need it are skipped and say so.
$(AXE): tests/browser/package.json
	-command -v npm >/dev/null && $(NPM_INSTALL) --omit=dev && touch $@

$(NODE)/lighthouse/package.json: tests/browser/package.json
	$(NPM_INSTALL) && touch $@

.venv-whoosh3/.dev: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv .venv-whoosh3
	.venv-whoosh3/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	.venv-whoosh3/bin/python -m pip uninstall --quiet --yes Whoosh
	.venv-whoosh3/bin/python -m pip install --quiet --disable-pip-version-check whoosh3==3.54.0
	touch $@

.venv-bench/.done: requirements.txt bench/requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	touch $@
