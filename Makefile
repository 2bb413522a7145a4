# The list of everything. Two doors matter to a newcomer: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test soak power-cuts vm-test deb board board-short fuzz lint fmt bench startup-order build clean swift packages test-packages

# Release flags: Swift's runtime inside, C libraries from the distribution (it updates them).
RELEASE := -c release --static-swift-stdlib
CHECKED := --explicit-target-dependency-import-check error

# What the programs link, the broker, and what compiles the example workloads to WebAssembly.
PACKAGES := libmosquitto-dev libsqlite3-dev libjansson-dev libyaml-dev libarchive-dev libssl-dev \
	libcurl4-openssl-dev libseccomp-dev pkg-config mosquitto clang-14 lld-14 wasi-libc libclang-rt-14-dev-wasm32
TEST_PACKAGES := binutils curl e2fsprogs gzip iproute2 openssl skopeo docker-registry
# The emulated machine: qemu, and what its root is made of besides the programs' own libraries.
MACHINE_PACKAGES := qemu-system-x86 busybox-static cpio e2fsprogs systemd systemd-sysv udev dbus procps \
	mosquitto-clients
# Why so few tests at once: with all of them under way, each look of one waits for a turn of all others,
# a minute, and what it watches for is over. Swift 6.2's test library does not know the variable.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 8
# Why apart: the suite keeps every core busy, and tests with brokers and processes watch the time.
SUITE := ^ConformanceTests\.
SERVICES := ^(UplinkTests|IntegrationTests|SupervisorTests|PowerCuts)\.
SWIFT_SOURCES := Package.swift Sources Tests config/examples/workloads

help: ## Lists the doors
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: build ## The main job: a pod over MQTT runs, survives a dead link and a killed daemon
	@config/examples/demo .build/release

# Random lives of a node, against a model: `make test` lives SCHEDULES of them in about a minute.
SCHEDULES ?= 100000
test: swift packages test-packages lint ## Everything that is tested
	swift build --build-tests $(CHECKED)
	swift test --skip-build --skip '$(SUITE)' --skip '$(SERVICES)'
	swift test --skip-build --filter '$(SUITE)'
	swift test --skip-build --no-parallel --filter '$(SERVICES)'
	swift build $(RELEASE) $(CHECKED)
	Tests/Limits/check-sizes .build/release
	.build/release/simulate $(SCHEDULES)
	@$(MAKE) --no-print-directory vm-test

soak: build ## A thousand power cuts, faults at every write, ten million random lives of a node (or SCHEDULES): hours
	@$(MAKE) --no-print-directory power-cuts
	.build/release/simulate $(if $(filter command%,$(origin SCHEDULES)),$(SCHEDULES),10000000)

vm-test: deb ## An emulated machine with systemd: package installed, daemon killed, hung, upgraded, rebooted
	@.ci/install-packages $(MACHINE_PACKAGES)
	Tests/Machine/run .build-deb/swiftlet_*_$(ARCH).deb

# Cuts and faults of a long run; `make test` has a short one.
POWER_CUTS ?= 1000
power-cuts: swift packages ## POWER_CUTS power cuts of the recorded daemon, each booted, and a fault at every write
	swift build --build-tests $(CHECKED)
	SWIFTLET_POWER_CUTS=$(POWER_CUTS) SWIFTLET_DISK_FAULTS=all swift test --skip-build --no-parallel --filter '^PowerCuts\.'

# Seconds for each of the three fuzzers: `make fuzz SECONDS=3600` for a night.
SECONDS ?= 60
FUZZ_PACKAGES := python3-venv
fuzz: swift ## Fuzzes the interpreter, and compares it with Wasmtime, SECONDS each
	@.ci/install-packages $(FUZZ_PACKAGES)
	Tests/Fuzz/run .build/fuzz $(SECONDS)

build: swift packages ## The four programs, in .build/release
	swift build $(RELEASE) $(CHECKED)

# The package's own tools, and for ARCH=arm64 the cross tools and what runs its programs here.
DEB_PACKAGES := dpkg-dev lintian binutils
CROSS_PACKAGES := binutils-aarch64-linux-gnu qemu-user-static debian-archive-keyring
ARCH := $(shell dpkg --print-architecture 2>/dev/null || echo amd64)
deb: packages ## swiftlet_VERSION_ARCH.deb in .build-deb; ARCH=arm64 cross-builds on x86-64
	@.ci/install-packages $(DEB_PACKAGES)
ifeq ($(ARCH),$(shell dpkg --print-architecture 2>/dev/null))
	@$(MAKE) --no-print-directory build
	packaging/deb/build $(ARCH) .build/release .build-deb
else
	@.ci/install-packages $(CROSS_PACKAGES)
	packaging/cross/build .build-board/cross
	packaging/deb/build $(ARCH) .build-board/cross/bin .build-deb .build-board/cross/sysroot
endif
	packaging/deb/check .build-deb $(ARCH)

# The emulated gateway: qemu, what makes its disk, and the cloud's side.
BOARD_PACKAGES := qemu-system-arm qemu-user-static debian-archive-keyring cpio e2fsprogs kmod systemd xz-utils \
	$(TEST_PACKAGES)
CUTS ?= 100
# `make board PARTS="day idle"` tries these alone, on the disk of an earlier install; Tests/Board/run tells of each.
PARTS ?= conform install cuts day idle
board: ## An emulated AArch64 gateway of 256 MB, in PARTS: package, pods, CUTS power cuts, a hard day, an idle one
	@$(MAKE) --no-print-directory deb ARCH=arm64
	@.ci/install-packages $(BOARD_PACKAGES)
ifneq ($(filter conform,$(PARTS)),)
	SWIFTLET_CROSS_PROGRAMS=conform packaging/cross/build .build-board/cross
endif
	Tests/Board/run .build-deb/swiftlet_*_arm64.deb .build-board/cross/bin .build-board/cross/sysroot .build-board/board \
		$(CUTS) $(PARTS)

board-short: ## The package installed, one pod, an image over a bad link, and ten power cuts
	@$(MAKE) --no-print-directory board CUTS=10 PARTS="install cuts"

lint: swift ## Checks form; changes nothing
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

fmt: swift ## Formats every Swift file
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

BENCH_PACKAGES := hyperfine python3-venv $(TEST_PACKAGES)
bench: build ## Speed beside other engines; what pods, pulls, gateways, controllers and links wait for and cost
	@.ci/install-packages $(BENCH_PACKAGES)
	Tests/Benchmarks/latency .build/release
	Tests/Benchmarks/start .build/release
	Tests/Benchmarks/fleet .build/release
	Tests/Benchmarks/wire .build/release
	Tests/Benchmarks/pull .build/release
	SWIFTLET_BENCH_PYTHON=$$(.ci/wasmtime .build/wasmtime) Tests/Benchmarks/run .build/release
	Tests/Benchmarks/scale .build/release --pods 100 --boot
	Tests/Benchmarks/scale .build/release --pods 1000 --boot

startup-order: build ## Lists what every run of swiftlet-run and swiftlet-pull comes by, for the linker
	@.ci/install-packages valgrind $(TEST_PACKAGES)
	Tests/Benchmarks/startup-order .build/release

clean: ## Removes what was built
	rm -rf .build .build-deb .build-board

swift:
	@.ci/check-swift

packages:
	@.ci/install-packages $(PACKAGES)

test-packages:
	@.ci/install-packages $(TEST_PACKAGES)
