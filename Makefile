# make demo    build, and run the main job on examples/
# make test    install what the tests need, and run all of them
KUSTOMIZE  := v5.8.2
YQ         := v4.54.2
ACTIONLINT := v1.7.12
GORELEASER := v2.15.1
CYCLONEDX  := v1.10.0
VULNDB     := v0.0.0-20261105234957-e22db6528018
FUZZTIME   := 30s

# Of net/http, crypto/tls, crypto/x509 and mime/multipart: called by all who speak HTTPS, and mended in Go 1.26.10.
GO_MENDS := GO-2026-6603 GO-2026-6605 GO-2026-6607 GO-2026-6608 GO-2026-6610 GO-2026-6611 GO-2026-6612 GO-2026-6613 GO-2026-6617 GO-2026-6809

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
COMMIT   := $(shell git rev-parse HEAD 2>/dev/null)
DATE     := $(shell git log -1 --format=%cI 2>/dev/null)
BUILD    := github.com/kublr-encryption/kublr-encryption/internal/build
TOOLS    := $(CURDIR)/.tools
GO_CODE  := ./... ./.ci/vulndb/...
NODE     := policy/testdata/simulate/node_modules yamledit/testdata/suite/node_modules internal/report/testdata/sarif/node_modules

SHELL       := bash
.SHELLFLAGS := -o pipefail -c
export CGO_ENABLED := 0
export PATH        := $(TOOLS):$(PATH)

.PHONY: build demo test crash needs debian golden generate lint code release share vulns fuzz bench bench-doc
.DELETE_ON_ERROR:

build:
	go build -trimpath -ldflags '-w -X $(BUILD).version=$(VERSION) -X $(BUILD).commit=$(COMMIT) -X $(BUILD).date=$(DATE)' -o bin/ ./cmd/...

demo: build
	bin/kublr-encryption apply --diff -f examples/intent.yaml examples
	bin/kublr-encryption policy -f examples/intent.yaml

# -count=1: a test that runs a built binary would be cached past its sources.
test: needs
	@go test -count=1 -json $(GO_CODE) | go run .ci/report.go

# What the tests need beside Go. Where it cannot be had, they skip and say so.
needs: .tools/kustomize-$(KUSTOMIZE) .tools/actionlint-$(ACTIONLINT) debian $(NODE) .tools/servers .tools/checkers

debian:
	@missing=; for tool in jsonnet npm; do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
		python3 -c 'import ensurepip' 2>/dev/null || missing="$$missing python3-venv"; \
		test -z "$$missing" || test $$(id -u) != 0 || \
		{ apt-get update -q && apt-get install -qy --no-install-recommends $$missing; } </dev/null >&2 || \
		echo "make: could not be installed:$$missing" >&2

# An independent evaluator of IAM policies, the YAML test suite with a second parser,
# and a validator of SARIF, to check ours against.
$(NODE): %/node_modules: %/package-lock.json | debian
	@cd $* && npm ci --silent --no-audit --no-fund </dev/null >&2 && touch node_modules || echo 'make: what $* needs could not be installed' >&2

# The servers that stand for AWS; checkers of hooks, actions and pipelines.
.tools/servers:  internal/livekey/front/testdata/servers.txt
.tools/checkers: packaging/testdata/checkers.txt
.tools/servers .tools/checkers: | debian
	@rm -rf $@ && python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r $< </dev/null >&2 || \
		{ rm -rf $@; echo 'make: what $< names could not be installed' >&2; }

.tools/kustomize-$(KUSTOMIZE): module = sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE)
.tools/actionlint-$(ACTIONLINT): module = github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT)
.tools/goreleaser-$(GORELEASER): module = github.com/goreleaser/goreleaser/v2@$(GORELEASER)
.tools/cyclonedx-gomod-$(CYCLONEDX): module = github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@$(CYCLONEDX)
.tools/yq-$(YQ): module = github.com/mikefarah/yq/v4@$(YQ)
.tools/%:
	@mkdir -p .tools
	@GOBIN=$(TOOLS) GOTOOLCHAIN=local go install $(module) && touch $@ || echo 'make: $(module) could not be installed' >&2

# What is released, into dist/: nothing is sent, and but for the tools nothing is fetched.
release: .tools/goreleaser-$(GORELEASER) .tools/cyclonedx-gomod-$(CYCLONEDX) share
	goreleaser release --snapshot --clean

# What stands beside the programs. kublr-encryption-live writes the pages of `key` anew, with its flags.
share: build
	@rm -rf share && mkdir -p share/man share/man.live share/completions
	go run -tags man ./cmd/kublr-encryption share/man && go run -tags man ./cmd/kublr-encryption-live share/man.live
	@mv share/man.live/kublr-encryption-key*.1 share/man && rm -r share/man.live && cp packaging/man/*.1 share/man && gzip -9n share/man/*.1
	@for shell in bash/kublr-encryption.bash zsh/_kublr-encryption fish/kublr-encryption.fish; do \
		bin/kublr-encryption completion $${shell%%/*} >share/completions/$${shell#*/} || exit; done
	go run ./packaging/notices >share/THIRD_PARTY_NOTICES

# Every call of the live key with every fault, and that the tests see what breaks it.
crash: needs
	LIVEKEY_CRASH=all go test -count=1 -v -timeout 60m -run 'TestCrashes|TestMutants' ./internal/livekey

# Read `git diff` afterwards: a golden file that nobody read is not a test.
golden:
	go test -count=1 $$(go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./... | awk '/goldie/ {print $$1}') -update

generate:
	go generate ./...

lint: code vulns

code:
	@files=$$(gofmt -l .); test -z "$$files" || { echo "gofmt: format with gofmt -w:" $$files >&2; exit 1; }
	go mod tidy -diff
	for os in windows darwin; do GOOS=$$os go vet ./cmd/... || exit; done
	go vet $(GO_CODE) && go vet .ci/report.go && go vet -tags man ./cmd/...
	go tool staticcheck $(GO_CODE)

# What is known to be vulnerable and called by what ships: the packages that may
# be imported, and the programs with what they reach of internal/. What links
# net/http is looked at alone: what Go mends there is let be, and said.
HTTP := ./cmd/kublr-encryption-live ./fn/filter
vulns: .tools/vulndb-$(VULNDB)
	go tool govulncheck -show version -db file://$(CURDIR)/$< $$(go list ./... | grep -v -e /bench -e /internal/ -e /packaging $(HTTP:.%=-e %$$))
	@for p in $(HTTP); do out=$$(go tool govulncheck -db file://$(CURDIR)/$< $$p 2>&1); code=$$?; \
		found=$$(sed -n 's/^Vulnerability #[0-9]*: //p' <<<"$$out" | sort | xargs); other=$$(comm -23 <(tr ' ' '\n' <<<"$$found") <(tr ' ' '\n' <<<'$(GO_MENDS)')); \
		if test $$code = 0; then echo "$$p: none"; \
		elif test $$code != 3 -o -n "$$other"; then echo "$$out" >&2; exit 1; \
		else echo "WARNING: $$p calls what $$(go env GOVERSION) has and Go 1.26.10 mends: $$found" >&2; fi; done

# Without it nothing is known, which is not green.
.tools/vulndb-$(VULNDB):
	@rm -rf $@.new && mkdir -p .tools
	@go mod download -json golang.org/x/vulndb@$(VULNDB) | go run ./.ci/vulndb $@.new && mv $@.new $@ || \
		{ echo 'make: known vulnerabilities not checked, as golang.org/x/vulndb@$(VULNDB) could not be had; run `make vulns` once with a network, and .tools keeps it' >&2; exit 1; }

fuzz:
	@for p in $$(go list ./...); do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; go test $$p -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

# Takes ten minutes and 6 GB; BENCH='-n 1,100,1000' is enough for a look.
bench: build .tools/yq-$(YQ)
	@go build -o .tools/ ./bench/peers/...
	@PATH="$(CURDIR)/bin:$$PATH" go run ./bench $(BENCH)

# The same, kept: docs/benchmarks.md ends with the table.
bench-doc:
	@$(MAKE) --no-print-directory -s bench | tee .tools/bench.md
	@sed '/^<!-- make bench -->/q' docs/benchmarks.md | cat - .tools/bench.md >.tools/benchmarks.md
	@cp .tools/benchmarks.md docs/benchmarks.md
