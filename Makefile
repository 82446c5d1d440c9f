# Every verb sets up what it needs first; nothing but Python, pip, venv, make and git is expected.
.DEFAULT_GOAL := help
.PHONY: help setup run demo test faults faults-long peers browser check eval bench lock clean

# Compiling every library anew in each of the many processes took half of the tests' time.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
PYTEST = $(BIN)/python -m pytest
# A file's tests stay together: many share a day, a model or a server that is made once.
SIDE_BY_SIDE = -n $(or $(WORKERS),2) --dist loadfile
# $(call marked,faults): the files that have such tests. To look through all of them takes each
# process a quarter of a minute. Whoever gives ARGS may name files there.
marked = $(if $(ARGS),$(ARGS),$(shell grep -rl --include='test_*.py' 'mark\.$(1)' tests))
# The oldest first: it is the one that the tests run on, and its CPU torch has a known checksum.
PYTHONS = $(BIN)/python python3.11 python3.12 python3.13 python3.14 python3 python
SUPPORTED = import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))
NO_PYTHON = Groundswell needs Python 3.11 to 3.14 with pip and venv; none of these is one: $(or $(PYTHON),$(PYTHONS)). \
	Install it (Debian, Ubuntu: apt install python3-venv; macOS: brew install python@3.13) \
	or name yours: make setup PYTHON=/path/to/python3

# $(call prepare,run|dev): does nothing, in a moment, when the stamp in .venv is still true.
prepare = @{ test -z "$(PYTHON)" && $(BIN)/python -S -m config.install --is-ready $(1); } 2>/dev/null \
	|| { for candidate in $(or $(PYTHON),$(PYTHONS)); do \
		if "$$candidate" -c '$(SUPPORTED)' >/dev/null 2>&1; \
		then exec "$$candidate" -m config.install $(1); fi; done; \
		echo "$(strip $(NO_PYTHON))" >&2; exit 1; }

help:
	@echo 'make setup   install everything into .venv (PYTHON=… chooses the Python, TORCH_INDEX=… the torch)'
	@echo 'make run     start Groundswell; without settings, on the demo workspace (ARGS="--port 8081")'
	@echo 'make demo    play the whole loop once and check each step'
	@echo 'make test    run the tests'
	@echo 'make check   formatting, lint, types and the architecture'
	@echo 'make eval    score detection on the labelled posts against the pinned floors'
	@echo 'make bench   measure speed'
	@echo 'make clean   remove .venv, caches and build output; your data stays'
	@echo
	@echo 'For those who change it: make lock (pin the libraries anew) and the slow'
	@echo 'suites, make faults (kills real processes; make faults-long at every place),'
	@echo 'make peers, make browser'

setup:
	$(call prepare,run)

run:
	$(call prepare,run)
	@$(BIN)/groundswell run $(ARGS)

demo:
	$(call prepare,run)
	@$(BIN)/groundswell demo --check $(ARGS)

test:
	$(call prepare,dev)
	$(PYTEST) $(SIDE_BY_SIDE) -m "not faults and not peers and not browser" $(ARGS)

# The slow suites, by their markers. 5 is pytest's word for "no test collected".
peers browser:
	$(call prepare,dev)
	$(PYTEST) -m $@ $(call marked,$@) || [ $$? -eq 5 ]

# Those that race against a clock have the machine to themselves. One part that fails hides no other.
faults:
	$(call prepare,dev)
	@failed=0; set -x; \
	$(PYTEST) $(SIDE_BY_SIDE) -m "faults and not alone" $(call marked,faults) || [ $$? -eq 5 ] || failed=1; \
	$(PYTEST) -m "faults and alone" $(call marked,alone) || [ $$? -eq 5 ] || failed=1; \
	exit $$failed

# A kill at every boundary there is, instead of at one of each kind and some of the rest.
faults-long:
	GROUNDSWELL_SWEEP=all $(MAKE) faults

check:
	$(call prepare,dev)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@if grep -q '^\[tool.importlinter' pyproject.toml; then $(BIN)/lint-imports; \
		else echo 'No import contracts in pyproject.toml: nothing to hold them to.'; fi
	$(if $(wildcard tests/test_architecture.py),$(PYTEST) -q tests/test_architecture.py)

eval:
	$(call prepare,run)
	@$(BIN)/groundswell evaluate data/gold $(ARGS)

bench:
	$(call prepare,dev)
	@$(BIN)/python -m tests.bench $(ARGS)

# Torch and what only its CUDA build needs stand in a file of their own, so that the CPU build
# can be installed instead. `make lock ARGS=--upgrade` moves to the newest versions.
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --only-binary :all: --no-annotate $(ARGS)
ONLY_TORCH = $$(sed -nE 's/^((torch|triton|nvidia|cuda)[a-z0-9-]*)==.*/--no-emit-package \1/p' requirements-torch.txt)

lock:
	@command -v uv >/dev/null || { echo 'make lock needs uv (pip install uv)' >&2; exit 1; }
	echo 'pip>=26.3' | $(COMPILE) - -o requirements-pip.txt
	sed -nE 's/^torch==([0-9.]+).*/torch==\1/p' requirements-torch-cpu.txt | sort -u \
		| $(COMPILE) - -o requirements-torch.txt
	$(COMPILE) pyproject.toml -c requirements-torch.txt $(ONLY_TORCH) -o requirements-run.txt
	$(COMPILE) pyproject.toml --extra dev -c requirements-torch.txt -c requirements-run.txt \
		$(ONLY_TORCH) -o requirements-dev.txt

clean:
	rm -rf .venv .venv-discarded build *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
