# make        lists the targets
# PYTHON=...  the CPython 3.11-3.13 to use        ARGS=...        arguments for the program or pytest
# PACKAGES=skip  leave system packages alone      UPGRADE=1       with lock: newest versions
# OSV=https://...  with vulnerabilities: the OSV service to ask, and no other

SETUP := packaging/setup
SUPPLY := packaging/supply
PREPARE := bash $(SETUP)/prepare
IN_VENV := .venv/bin/python

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test test-others test-all test-packages coverage check audit faults bench fuzz soak pictures resources package package-linux package-windows package-macos bills vulnerabilities supply format lock clean

# Qt complains about any character set but UTF-8, and a complaint fails a test.
test test-others test-all test-packages coverage check audit bench fuzz soak pictures faults: export LC_ALL := C.UTF-8

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Open the window; with no display, do the main job in the sandbox and leave a picture
	@$(PREPARE) run
	@bash $(SETUP)/first-run $(ARGS)

test: ## Run the tests
	@$(PREPARE) development
	$(IN_VENV) -m pytest $(ARGS)

test-others: ## Run the tests on each other CPython 3.11-3.13 of this machine
	@$(PREPARE) development
	@bash $(SETUP)/test-others $(ARGS)

test-all: test test-others ## Run the tests on every CPython 3.11-3.13 of this machine

coverage: ## Run the tests and hold their coverage to 90 % in all, 95 % without the screen
	@$(PREPARE) development
	@mkdir -p build
	$(IN_VENV) -m coverage erase
	$(IN_VENV) -m coverage run -m pytest $(ARGS)
	$(IN_VENV) -m coverage combine --quiet
	$(IN_VENV) -m coverage report --skip-covered --show-missing --fail-under=90
	$(IN_VENV) -m coverage report --omit='deepbrain_desktop/ui/*' --format=total --fail-under=95

check: ## Run ruff, mypy --strict, the import table and the bans
	@$(PREPARE) development
	$(IN_VENV) -m ruff check deepbrain_desktop tests packaging
	$(IN_VENV) -m ruff format --check deepbrain_desktop tests packaging
	$(IN_VENV) -m mypy
	$(IN_VENV) -m pytest -q tests/test_imports.py tests/test_bans.py

audit: ## Type made-up secrets into the window and look for them everywhere; eleven planted leaks
	@$(PREPARE) development
	$(IN_VENV) tests/audit

faults: ## Try every known fault at full length, and print what held, by group
	@$(PREPARE) development
	$(IN_VENV) tests/faults $(ARGS)

bench: ## Measure start, memory, requests and idling beside a bare window
	@$(PREPARE) development
	$(IN_VENV) tests/bench $(ARGS)

fuzz: ## Put odd input in bulk through client, decoder, window and files; ARGS=--seed N repeats
	@$(PREPARE) development
	$(IN_VENV) tests/fuzz $(ARGS)

soak: ## Open, request, end, kill and set clocks thousands of times, and see what is left
	@$(PREPARE) development
	$(IN_VENV) tests/soak $(ARGS)

pictures: ## Take a picture of every state of the window into build/pictures
	@$(PREPARE) development
	$(IN_VENV) tests/pictures $(ARGS)

package: $(if $(filter Darwin,$(shell uname)),package-macos,package-linux package-windows) ## Build all that this system can build, into build/dist

package-linux: ## Build .deb, .rpm, sdist and wheel into build/dist
	@bash packaging/linux/package

test-packages: package-linux package-windows ## Install the packages in a clean Debian and in Wine, use, update and remove them (takes root)
	@$(PREPARE) development
	$(IN_VENV) -m pytest -p no:randomly --timeout 900 packaging/tests $(ARGS)

resources: ## Draw the icons anew from the SVG, and compile what the program embeds
	@$(PREPARE) development
	$(IN_VENV) packaging/resources/make_icons.py

package-windows: ## On Linux: freeze for Windows in Wine, make the installer, into build/dist
	@bash packaging/windows/package

package-macos: ## On macOS: freeze, sign, pack and notarize into build/dist
	@bash $(SETUP)/environment build/packaging-venv "$$(bash $(SETUP)/find-python)" packaging
	@bash packaging/macos/build build/packaging-venv/bin/python

bills: ## Write what is shipped into build/supply, with licences and notices, and check it
	@bash $(SUPPLY)/prepare
	build/supply/venv/bin/python $(SUPPLY)/sbom.py build/supply/sbom.cdx.json
	build/supply/venv/bin/python $(SUPPLY)/notices.py build/supply/THIRD-PARTY-NOTICES.txt
	build/supply/venv/bin/python -m pytest -q -c $(SUPPLY)/tests/pytest.ini $(SUPPLY)/tests

vulnerabilities: ## Look up known weaknesses of all that is locked; 3 is the status if nobody answers
	@bash $(SUPPLY)/prepare
	build/supply/venv/bin/python $(SUPPLY)/vulnerabilities.py

supply: bills vulnerabilities ## Both of these

format: ## Format the code
	@$(PREPARE) development
	$(IN_VENV) -m ruff check --fix-only --quiet deepbrain_desktop tests packaging
	$(IN_VENV) -m ruff format deepbrain_desktop tests packaging

lock: ## Write the locks in packaging/requirements anew from pyproject.toml
	@bash $(SETUP)/lock

clean: ## Remove all that make has made, the environments too
	rm -rf -- build .venv .venv-3.* .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find deepbrain_desktop tests packaging -name __pycache__ -type d -prune -exec rm -rf -- {} +
