# The book, built and proved. `make` alone lists what there is to make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BROWSER_READY := $(VENV)/.ready-browser
PDF_READY := $(VENV)/.ready-pdf
ENGINES := .venv-engines
ENGINES_READY := $(ENGINES)/.ready
AUDIT := .venv-audit
BENCH := .venv-bench
BENCH_READY := $(BENCH)/.ready
FAST := .venv-fast
FAST_READY := $(FAST)/.ready
LOWEST := .venv-lowest
LOWEST_READY := $(LOWEST)/.ready
# The tests of the package, as against those of the book.
PACKAGE_TESTS = $(filter-out %_book.py %_notebooks.py %_environment.py %_workflows.py, \
	$(filter-out tests/test_bookkit% tests/test_colours.py, $(wildcard tests/test_*.py)))
BOOK := _build/html/index.html
BOOK_BUILT := _build/.built
# What a page is made from. The address that a published page has is none of these, so that a book
# with an address is built each time.
BOOK_SOURCES = _config.yml _toc.yml CITATION.cff $(shell find chapters code -type f \
	! -path '*/.*' ! -path '*/__pycache__/*' ! -path '*.egg-info/*')
PORT ?= 8000
# Every list of exact versions.
PINNED = $(wildcard requirements.txt .ci/requirements.txt */requirements.txt tests/*/requirements.txt)
CLASSROOM := .venv-classroom
CLASSROOM_READY := $(CLASSROOM)/.ready
# As many test processes as processors; `make test JOBS=0` runs everything in one.
JOBS ?= auto

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: always help book pdf epub assignments grade serve notebooks lock clean \
	check test test-browser test-classroom test-engines test-fast test-lowest test-pdf \
	test-published bench bench-class bench-live links audit

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

book: $(BOOK_BUILT) ## the HTML book, strictly: _build/html/index.html

# Nothing is built that is there already; Sphinx itself builds only the pages that changed.
$(BOOK_BUILT): $(READY) $(BOOK_SOURCES) $(if $(wildcard $(BOOK)),$(if $(GITHUB_REPOSITORY),always),always)
	$(BIN)/jupyter-book build . -W --keep-going -n
	@$(if $(GITHUB_REPOSITORY),rm -f,touch) $@

pdf: $(READY) ## the book on paper, by LaTeX: _build/pdf/back-propagation.pdf
	@$(BIN)/python -m bookkit.latex --check
	$(BIN)/jupyter-book build . --builder latex -W --keep-going -n
	$(BIN)/python -m bookkit.latex

epub: $(READY) ## the book for a reader of e-books: _build/epub/back-propagation.epub
	$(BIN)/jupyter-book build . --all --builder custom --custom-builder epub -W --keep-going -n

test: $(READY) ## prove it: the package, every cell of every chapter, the book
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --cov --cov-report=term

notebooks: $(READY) ## run the chapters and store what they print and draw
	$(BIN)/python -m bookkit.notebooks chapters

check: $(READY) ## style and types: ruff, mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-browser: book $(BROWSER_READY) $(CLASSROOM_READY) ## the built pages in a real Chromium (CHROMIUM=... names one)
	@$(BIN)/python -m bookkit.chromium --install >/dev/null
	$(BIN)/python -m pytest -o addopts= -n $(JOBS) --dist worksteal tests/browser

bench-live: book $(BROWSER_READY) ## how fast the live figures answer, and what a page weighs
	@$(BIN)/python -m bookkit.chromium --install >/dev/null
	$(BIN)/python bench/live_figures.py --store bench/live_figures.md

test-pdf: book pdf $(PDF_READY) ## the printed book: LaTeX's log, every page, every link
	$(BIN)/python -m pytest -o addopts= tests/pdf

test-engines: $(ENGINES_READY) ## the gradient against PyTorch and JAX, in an environment of their own
	$(ENGINES)/bin/python -m pytest -o addopts= -o filterwarnings=default tests/engines

test-fast: $(FAST_READY) ## the extra `fast`: the step compiled by Numba, in an environment of its own
	$(FAST)/bin/python -m pytest -o addopts= tests/fast

# Old packages may warn of each other there, and an old Matplotlib sets its labels a little closer:
# neither is ours to mend.
test-lowest: $(LOWEST_READY) ## the package at the lowest versions that pyproject.toml allows
	$(LOWEST)/bin/python -m pytest -o addopts= -o filterwarnings=default -p no:cacheprovider \
		-k 'not legible and not still_picture' $(PACKAGE_TESTS)

bench: $(BENCH_READY) ## sgd beside its peers, in an environment of their own: bench/training.json
	$(BENCH)/bin/python bench/training.py

bench-class: $(CLASSROOM_READY) ## grade a class of 200, twice: bench/whole_class.json (a quarter of an hour)
	$(CLASSROOM)/bin/python bench/whole_class.py --store bench/whole_class.json

assignments: $(CLASSROOM_READY) ## the student versions, in one zip: _build/assignments/
	$(CLASSROOM)/bin/python -m classroom assignments

# Ctrl-C stops it; the same command goes on where it stopped.
grade: $(CLASSROOM_READY) ## grade a class: make grade SUBMISSIONS=<folder or zip>
	@$(CLASSROOM)/bin/python -m classroom grade $(if $(UNPROTECTED),--unprotected) \
		$(if $(ASSIGNMENT),--assignment "$(ASSIGNMENT)") $(if $(SUBMISSIONS),"$(SUBMISSIONS)")

test-classroom: $(CLASSROOM_READY) ## assignments and grading, with everything that goes wrong
	$(CLASSROOM)/bin/python -m pytest -o addopts= -o filterwarnings=default -n $(JOBS) \
		--dist loadfile --doctest-modules code/classroom tests/classroom

test-published: $(BROWSER_READY) ## a fork's pages, links and notebooks, as they are published
	$(BIN)/python -m pip install --disable-pip-version-check --quiet \
		-r tests/published/requirements.txt
	$(BIN)/python -m pytest -o addopts= tests/published

serve: $(READY) ## write and read: the book at http://localhost:8000, built anew on every change
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet watchfiles
	@$(BIN)/python -m bookkit.serve --port $(PORT)

links: $(READY) ## follow every link to another host (needs the network)
	$(BIN)/jupyter-book build . --builder custom --custom-builder linkcheck --keep-going

# What cannot be looked up has not been audited: that is a failure, too.
audit: ## the workflows, and known weaknesses in what is pinned (needs the network)
	@$(call need_python)
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --disable-pip-version-check --quiet -r .ci/requirements.txt
	$(AUDIT)/bin/zizmor --offline .github
	@for list in $(PINNED); do \
		echo "== $$list"; \
		sed -n 's/^\([a-zA-Z0-9][^ ;]*==[^ ;]*\).*/\1/p' $$list > $(AUDIT)/pinned.txt; \
		$(AUDIT)/bin/pip-audit --strict --disable-pip --no-deps -r $(AUDIT)/pinned.txt \
			|| failed=1; \
	done; exit $${failed:-0}

lock: $(READY) ## write requirements.txt anew from pyproject.toml (UPGRADE=1: newest versions)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m bookkit.lock $(if $(UPGRADE),--upgrade)

clean: ## remove what was built; the environments stay
	rm -rf _build build *.egg-info code/*.egg-info .coverage .coverage.* \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis
	find assignments bench code tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt
	$(environment)

$(BROWSER_READY): tests/browser/requirements.txt $(READY)
	$(more)

$(PDF_READY): tests/pdf/requirements.txt $(READY)
	$(more)

$(ENGINES_READY): tests/engines/requirements.txt pyproject.toml
	$(environment)

$(BENCH_READY): bench/requirements.txt pyproject.toml
	$(environment)

$(FAST_READY): tests/fast/requirements.txt pyproject.toml
	$(environment)

$(CLASSROOM_READY): assignments/requirements.txt pyproject.toml
	$(environment)

$(LOWEST_READY): pyproject.toml
	@rm -f $@
	@$(call need_python)
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --disable-pip-version-check --quiet uv
	VIRTUAL_ENV=$(LOWEST) $(LOWEST)/bin/uv pip install --quiet --resolution lowest-direct -e .
	$(LOWEST)/bin/python -m pip install --disable-pip-version-check --quiet \
		autograd hypothesis ipykernel nbclient pytest quickjs
	@touch $@

# An environment from the first file that its mark depends on. The mark is set last: an installation
# that was broken off is begun again.
define environment
@rm -f $@
@$(call need_python)
@echo "Installing $< into $(@D); this takes a minute or more."
$(PYTHON) -m venv $(@D)
$(@D)/bin/python -m pip install --disable-pip-version-check --quiet -r $<
@touch $@
endef

# The same, into the environment that is there.
define more
@rm -f $@
$(@D)/bin/python -m pip install --disable-pip-version-check --quiet -r $<
@touch $@
endef

define need_python
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1 || true)." \
		"Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
endef
