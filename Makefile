# 宣评 · make 不带参数即显示本说明
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export GOTOOLCHAIN ?= local
export XUANPING_FONTS ?= $(CURDIR)/fonts/node_modules/@expo-google-fonts

# What the program itself needs, and what tests need on top of it.
RUN_PACKAGES  := postgresql fonts-lxgw-wenkai
TEST_PACKAGES := $(RUN_PACKAGES) chromium poppler-utils qpdf fonts-noto-cjk zbar-tools clamav-daemon
PACKAGES ?= $(TEST_PACKAGES)
demo run: PACKAGES := $(RUN_PACKAGES)

TOOL := go tool -modfile=tools/go.mod
GOFILES = $(shell find . -name '*.go' -not -path './fonts/*' -not -path './.*/*')
ARGS ?=

.PHONY: help
help: ## 显示本说明
	@echo '宣评：认证机构宣传工作年度评价'
	@echo
	@echo '用法：make <目标> [ARGS="…"]'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1m%-9s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: deps fonts ## 演示：24 家虚构机构在几分钟内走完一年，结束后网站可随意点看
	go -C standalone run . demo $(ARGS)

.PHONY: run
run: deps fonts ## 单机正式运行：数据保留在本机，重启后从原处继续
	go -C standalone run . run $(ARGS)

.PHONY: test
test: deps fonts axe ## 全部测试（两个模块）
	@main=0; go test -timeout 15m ./... || main=$$?; \
	go -C standalone test -timeout 20m ./... || exit $$?; \
	exit $$main

.PHONY: check
check: ## 格式、vet、staticcheck、workflowcheck、房间图
	@bad="$$(gofmt -l $(GOFILES))"; if [ -n "$$bad" ]; then echo "以下文件未经 gofmt，请运行 gofmt -w："; echo "$$bad"; exit 1; fi
	go vet ./...
	go -C standalone vet ./...
	$(TOOL) staticcheck ./...
	$(TOOL) workflowcheck ./workflows/...
	go mod verify
	go test .

.PHONY: bench
bench: deps fonts ## 性能：证书每秒每核、网页的中位数、年度流程与裸流程之比
	@echo '== 证书与文书（单核），Chromium 打印同一证书作比较（不限核数）'
	go test -run '^$$' -bench '^Benchmark(Certificate|SealedCertificate|LedgerOnCertificate|ResultNotice|Verify)$$' -benchtime 3s -cpu 1 ./pdf
	go test -run '^$$' -timeout 20m -bench 'MemoryOver10000Papers$$' -benchtime 1x -cpu 1 ./pdf
	go test -run '^$$' -bench 'CertificateInChromium$$' -benchtime 5x ./pdf
	@echo '== 伪造票据（单核）、入账（有无账本叶子之比）、重放（与 SDK 自带重放之比，单核和双核）'
	go test -run '^$$' -bench 'Forged$$' -benchtime 1s -cpu 1 ./ticket
	go test -run '^$$' -bench 'LedgerAppend$$' -benchtime 1500x ./store
	go test -run '^$$' -bench 'Replay$$' -benchtime 6x -cpu 1 ./audit
	go test -run '^$$' -bench 'Replay$$' -benchtime 6x -cpu 2 ./audit
	@echo '== 网页：1,500 家机构、60,000 件证据材料，每页的中位数和语句数（上限 50 毫秒、20 条）'
	go test -run '^$$' -bench 'BenchmarkPages$$' -benchtime 50x ./web
	@echo '== 机构年度：本系统与裸流程交替运行（真实引擎、虚拟时间）'
	go -C standalone test -run '^$$' -bench 'Year$$' -benchtime 5x -timeout 15m .

	@echo '== 账本占全年用时之比：有、无账本的年度交替进行（真实引擎、网站和服务）'
	go -C standalone test -run '^$$' -bench 'LedgerYear$$' -benchtime 3x -timeout 40m .

LETTERS ?= 10000
.PHONY: exactly
exactly: deps fonts ## 邮件恰好一次：10,000 件邮件、1,000 处故障，丢失和重复的件数（LETTERS=件数）
	go test -count=1 -timeout 60m -v -run '^TestR3MailExactness$$' ./activities -exactly $(LETTERS)

INSTITUTIONS ?= 200
.PHONY: seal200
seal200: deps fonts ## 200 家机构走完一年、封存并查验：用时、每秒重放数、内存峰值（约二十分钟）
	go -C standalone test -run '^$$' -bench 'SealedYear$$' -benchtime 1x -timeout 120m . -institutions $(INSTITUTIONS)

PAPERS ?= papers
.PHONY: papers
papers: deps fonts ## 把每种文书印成图片，供人查看（PAPERS=文件夹，默认 papers/）
	@mkdir -p '$(PAPERS)'; rm -f '$(PAPERS)'/*.pdf '$(PAPERS)'/*.png
	go test -count=1 -run '^Test(PapersAreSoundAndEqual|PL19SelfEvaluationPaper)$$' ./pdf -out "$$(cd '$(PAPERS)' && pwd)"
	@for f in '$(PAPERS)'/*.pdf; do pdftoppm -r 110 -png "$$f" "$${f%.pdf}"; done; ls '$(PAPERS)'/*.png

PAGES ?= pages
.PHONY: pages
pages: deps fonts axe ## 把每一种页面画成 1280 与 375 像素宽的图片（PAGES=文件夹，默认 pages/）
	@mkdir -p '$(PAGES)'; rm -f '$(PAGES)'/*.png
	go test -count=1 -run '^TestBrowserPages$$' ./web -shots "$$(cd '$(PAGES)' && pwd)"
	@ls '$(PAGES)'/*.png | wc -l

.PHONY: record
record: deps ## 重新录制流程历史（发布之后才做，供回放测试）
	go -C standalone test -count=1 -timeout 20m -run TestYear . -record
	go test -count=1 -run MustFail ./workflows -update

.PHONY: fonts
fonts: ## 取宋体、黑体（需要 npm；没有则用霞鹜文楷）
	@if [ ! -f fonts/package.json ]; then exit 0; fi; \
	if [ fonts/node_modules/.package-lock.json -nt fonts/package-lock.json ]; then exit 0; fi; \
	if ! command -v npm >/dev/null; then echo '提示：没有 npm，文书使用霞鹜文楷；安装 npm 后再运行 make fonts 可得宋体、黑体。'; exit 0; fi; \
	npm ci --prefix fonts --ignore-scripts --no-audit --no-fund --loglevel=error && touch fonts/node_modules/.package-lock.json \
	|| echo '提示：字体下载失败，文书使用霞鹜文楷；网络恢复后再运行 make fonts。'

AXE := web/testdata/axe
.PHONY: axe
axe: ## 取 axe-core，供无障碍测试（需要 npm）
	@if [ $(AXE)/node_modules/.package-lock.json -nt $(AXE)/package-lock.json ]; then exit 0; fi; \
	if ! command -v npm >/dev/null; then echo '没有 npm，取不到 axe-core，无障碍测试会失败；请安装 npm 后再运行 make axe。'; exit 0; fi; \
	npm ci --prefix $(AXE) --ignore-scripts --no-audit --no-fund --loglevel=error && touch $(AXE)/node_modules/.package-lock.json \
	|| echo '下载 axe-core 失败，无障碍测试会失败；网络恢复后再运行 make axe。'

.PHONY: tools
tools: ## 预先编译检查工具
	$(TOOL) staticcheck -version
	go build -modfile=tools/go.mod -o /dev/null go.temporal.io/sdk/contrib/tools/workflowcheck

.PHONY: secrets
secrets: ## 为 docker compose 生成缺少的密钥文件（secrets/）
	@mkdir -p secrets && chmod 700 secrets; \
	new() { [ -s "secrets/$$1" ] || { printf '%s' "$$2" > "secrets/$$1"; chmod 444 "secrets/$$1"; echo "已生成 secrets/$$1"; }; }; \
	key() { od -An -N"$$1" -tx1 /dev/urandom | tr -d ' \n'; }; \
	new postgres_password "$$(key 24)"; \
	new temporal_password "$$(key 24)"; \
	new xuanping_password "$$(key 24)"; \
	new database_url "postgres://xuanping:$$(cat secrets/xuanping_password)@postgres:5432/xuanping?sslmode=disable"; \
	new ticket_secret "$$(key 32)"

# The list is checked by what each package brings, so that other systems and
# hand-installed programs count as well; apt is only touched when one is missing.
.PHONY: deps
deps: ## 检查并在允许时安装所需的系统软件
	@have() { case "$$1" in \
		postgresql)        command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' || [ -n "$${XUANPING_PG_BIN:-}" ] ;; \
		chromium)          command -v chromium || command -v chromium-browser || command -v google-chrome ;; \
		poppler-utils)     command -v pdftotext ;; \
		zbar-tools)        command -v zbarimg ;; \
		clamav-daemon)     command -v clamd || [ -x /usr/sbin/clamd ] ;; \
		fonts-lxgw-wenkai) compgen -G '/usr/share/fonts/truetype/lxgw-wenkai/*.ttf' || { command -v fc-list >/dev/null && fc-list | grep -i wenkai; } ;; \
		fonts-noto-cjk)    compgen -G '/usr/share/fonts/opentype/noto/Noto*CJK*' || { command -v fc-list >/dev/null && fc-list | grep -i 'cjk'; } ;; \
		*)                 command -v "$$1" ;; \
	esac >/dev/null; }; \
	missing=; for p in $(PACKAGES); do have "$$p" || missing="$$missing $$p"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	as=; if [ "$$(id -u)" != 0 ]; then as='sudo -n'; fi; \
	if ! command -v apt-get >/dev/null || { [ -n "$$as" ] && ! sudo -n true 2>/dev/null; }; then \
		echo "缺少系统软件：$$missing"; \
		echo "请由管理员安装后重试，例如（Debian/Ubuntu）：sudo apt-get install$$missing"; exit 1; fi; \
	echo "正在安装缺少的系统软件：$$missing"; \
	$$as apt-get update -qq; \
	$$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	for p in $$missing; do have "$$p" || { echo "已安装 $$p，但仍找不到它提供的程序或字体，请检查安装。"; exit 1; }; done
