# What one does with this project: `make` lists it. Works with GNU make 3.81 and newer.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# Not its command: that is a second process, which may pass Ctrl-C on to a program that had it from the terminal.
TSX := node --import tsx
LEGS := $(TSX) scripts/test_legs.ts
INSTALLED := node_modules/.package-lock.json

empty :=
comma := ,
space := $(empty) $(empty)

.PHONY: help setup demo run consumer cli broker kafka kafka-stop test test-unit test-contract test-kafka test-browser \
	test-node test-faults verify-broker bench bench-broker new bare drop docs test-docs test-template lint lint-layers format build clean need-node

help: ## List what there is
	@bold=; plain=; if [ -t 1 ]; then bold=$$(printf '\033[36m'); plain=$$(printf '\033[0m'); fi; \
	awk -v bold="$$bold" -v plain="$$plain" -F ':.*## ' \
	  '/^[a-z][a-z-]*:.*## / { printf "  %smake %-14s%s %s\n", bold, $$1, plain, $$2 }' Makefile

# The stamp of the last install. Order-only, since asking for the Node.js at hand must not install anew.
$(INSTALLED): package-lock.json | need-node
	@echo 'Installing packages ...' >&2
	@npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

need-node:
	@node -e 'var v = process.versions.node.split("."); process.exit(v[0] > 20 || (v[0] == 20 && v[1] >= 19) ? 0 : 1)' \
	  2>/dev/null || { echo "Node.js 20.19 or newer is needed; here is: $$(node --version 2>/dev/null || echo none)." >&2; exit 1; }

setup: $(INSTALLED) ## Install the packages (the other commands do so when needed)

demo: $(INSTALLED) ## See events go through Kafka (KAFKA_BROKERS=host:port: through that one)
	@$(TSX) examples/kafka_demo.ts

run: $(INSTALLED) ## Run the service
	@$(TSX) cmd/app/main.ts

consumer: $(INSTALLED) ## Run more consumers beside the service
	@$(TSX) cmd/consumer/main.ts

cli: $(INSTALLED) ## Look after topics, groups and messages (ARGS='topics list'; ARGS=--help tells more)
	@$(TSX) cmd/cli/main.ts $(ARGS)

broker: $(INSTALLED) ## Run the embedded broker (PORT=9092 DATA=folder TOPICS=orders:3,users:1)
	@$(TSX) cmd/broker/main.ts $(if $(PORT),--port $(PORT)) $(if $(DATA),--data "$$DATA") \
	  $(foreach topic,$(subst $(comma),$(space),$(TOPICS)),--topic $(topic))

kafka: $(INSTALLED) ## Start a real Apache Kafka and leave it running (PORT=9092 NODES=1, or NODES=3)
	@PORT='$(or $(PORT),9092)' NODES='$(or $(NODES),1)' $(TSX) scripts/apache_kafka/main.ts start

kafka-stop: $(INSTALLED) ## Stop that Apache Kafka
	@$(TSX) scripts/apache_kafka/main.ts stop

test: $(INSTALLED) ## Lint, build and run the tests that need nothing from elsewhere
	@$(LEGS) test

test-unit: $(INSTALLED) ## Build and run the unit tests
	@$(LEGS) test-unit

test-contract: $(INSTALLED) ## Build and run the contract suites on the embedded broker
	@$(LEGS) test-contract

test-kafka: $(INSTALLED) ## Build and test on Apache Kafka: contracts, failover, TLS, SASL, network (ROUNDS=2: the long ones)
	@$(LEGS) test-kafka

test-browser: $(INSTALLED) ## Build and use the API's page at /docs in Chromium
	@$(LEGS) test-browser

test-node: $(INSTALLED) ## Build and run the tests on Node.js 22 and 24
	@$(LEGS) test-node

test-faults: $(INSTALLED) ## Build and run kill, chaos and fuzz loops (ROUNDS=200 SEED=7)
	@ROUNDS='$(ROUNDS)' SEED='$(SEED)' $(LEGS) test-faults

# Their variables come by the environment, where make puts those of its command line: no shell reads what they say.
# What a shell exports under these names for ends of its own, as some do the host's as NAME, is not meant. DRY is:
# to write nothing does no harm.
$(foreach name,NAME KEEP PKG DOMAIN EVENT USECASE ON ROUTE,$(if $(filter command,$(origin $(name))),,$(eval unexport $(name))))

new: $(INSTALLED) ## Add to a domain (DOMAIN=orders EVENT=order.placed USECASE=place_order ROUTE='POST /orders'; asks without)
	@$(TSX) scripts/template/new/main.ts

bare: $(INSTALLED) ## Remove the samples (NAME=my-service KEEP=users,translations DRY=1)
	@$(TSX) scripts/template/bare/main.ts

drop: $(INSTALLED) ## Remove a package that the service can do without (PKG=devbroker DRY=1)
	@$(TSX) scripts/template/drop/main.ts

docs: $(INSTALLED) ## Write what follows from the code: docs/configuration.md
	@$(TSX) scripts/docs/main.ts

test-docs: $(INSTALLED) ## Run every command and compile every example of README and docs
	@$(LEGS) test-docs

test-template: $(INSTALLED) ## Try bare, new and drop on clones (ONLY=drop)
	@$(LEGS) test-template

verify-broker: $(INSTALLED) ## See kcat, the Java tools and others work with the embedded broker
	@$(TSX) scripts/verify_broker/main.ts

bench: $(INSTALLED) ## Compare pkg/kafka with raw kafkajs (DOCS=1 writes docs/benchmarks.md)
	@node_modules/.bin/tsc -p tsconfig.json
	@node --enable-source-maps dist/test/bench/main.js

bench-broker: $(INSTALLED) ## Compare the embedded broker with Apache Kafka
	@$(TSX) test/bench/broker/main.ts

lint: $(INSTALLED) ## Check style, formatting, layers and unused code
	@$(LEGS) lint

lint-layers: $(INSTALLED) ## Check who imports whom
	@$(TSX) scripts/lint_layers.ts

format: $(INSTALLED) ## Mend what can be mended by itself
	@node_modules/.bin/eslint --fix .
	@node_modules/.bin/prettier --write --log-level warn .

build: $(INSTALLED) ## Compile to dist
	@rm -rf dist
	@node_modules/.bin/tsc -p tsconfig.json

clean: ## Remove what was built (data stay in .data)
	@rm -rf dist coverage
